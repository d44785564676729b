"""The portal as a whole: requests a second, weight, start."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from django.conf import settings

from bench.lists import LIST, PLAIN, SHELF
from bench.rows import Figures, Row
from bench.stage import Stage
from bench.timing import medians

REQUESTS: Final = 10
KB: Final = 1_000
STATIC: Final = re.compile(rb'(?:href|src)="(/static/[^"#?]+)')
SECONDS_TO_START: Final = 120


def requests(stage: Stage) -> Figures:
    """Pages a second of one process, one after another."""
    get = stage.browser.get

    def batch(address: str) -> None:
        for _ in range(REQUESTS):
            get(address)

    times = medians(
        {address: partial(batch, address) for address in (LIST, PLAIN, SHELF)}, seconds=2 * stage.size.seconds
    )
    ours, plain, shelf = (REQUESTS / times[address] for address in (LIST, PLAIN, SHELF))
    return Figures(ours, shelf, plain)


def _weights(stage: Stage) -> dict[str, int]:
    """Bytes on the wire of the list page and of each file it names, as they come to a browser of today."""
    page = stage.browser.get(LIST, compressed=True)
    names = dict.fromkeys(name.decode() for name in STATIC.findall(stage.browser.get(LIST)))
    return {LIST: len(page)} | {name: len(stage.browser.get(name, compressed=True)) for name in names}


def weight_of(ending: str) -> Callable[[Stage], Figures]:
    """How to weigh the files of the list page whose names end so; all of them for an empty ending."""

    def weigh(stage: Stage) -> Figures:
        weights = {name: size for name, size in _weights(stage).items() if name.endswith(ending)}
        return Figures(sum(weights.values()) / KB, note=", ".join(f"{name} {size:,}" for name, size in weights.items()))

    return weigh


def start(stage: Stage) -> Figures:
    """Seconds until the portal answers, from an empty directory, with prepared requirements."""
    var = Path(tempfile.mkdtemp(prefix="start-", dir=settings.VAR))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {"VAR": str(var), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR", "LANG"}}
    begun = time.perf_counter()
    portal = subprocess.Popen(
        [sys.executable, "-m", "partnercenter"], env=kept | given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        for line in portal.stdout or ():
            if line.startswith("Ready:"):
                return Figures(time.perf_counter() - begun)
        raise RuntimeError("The portal did not start.")
    finally:
        portal.send_signal(signal.SIGINT)
        portal.wait(SECONDS_TO_START)
        shutil.rmtree(var, ignore_errors=True)


ROWS: Final = (
    Row(
        "requests: list page, one process", "requests/s", "≥ 75 % of a plain template, ≥ 6 × off the shelf",
        lambda figures: figures.ours >= 0.75 * (figures.limit or 0) and figures.ours >= 6 * (figures.peer or 0),
        requests, limit_is="the plain template of the first row",
    ),
    Row("weight: list page with everything", "kB", "≤ 40 kB", lambda figures: figures.ours <= 40, weight_of("")),
    Row("weight: style sheet", "kB", "≤ 12 kB", lambda figures: figures.ours <= 12, weight_of(".css")),
    Row("weight: script", "kB", "≤ 25 kB", lambda figures: figures.ours <= 25, weight_of(".js")),
    Row("start of make run on prepared requirements", "s", "≤ 10 s", lambda figures: figures.ours <= 10, start),
)  # fmt: skip
