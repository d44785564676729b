"""`python -m bench`: what `make bench` does. SIZE is whole, small or tiny; ROWS picks rows by a part of their name."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench.sizes import SIZES
from partnercenter import embedded

KEPT = Path(__file__).resolve().parent.parent / "var"


def main() -> int:
    """Measure all rows on servers and data of their own, print the table, keep it, and leave nothing behind."""
    size = os.environ.get("SIZE") or "whole"
    kept = Path(os.environ.get("VAR") or KEPT).resolve()
    if size not in SIZES:
        sys.stderr.write(f"SIZE={size} is none. Give one of {', '.join(SIZES)}.\n")
        return 1
    kept.mkdir(parents=True, exist_ok=True)
    var = Path(tempfile.mkdtemp(prefix="bench-", dir=kept))
    try:
        with embedded.owned(var), embedded.running(var, redis=False):
            _prepare(var)
            return _measure(size, os.environ.get("ROWS") or "", kept)
    finally:
        shutil.rmtree(var, ignore_errors=True)


def _prepare(var: Path) -> None:
    """An empty database and collected static files, as `make run` prepares them."""
    for name in ("DATABASE_URL", "REDIS_URL", "DEBUG"):
        os.environ.pop(name, None)
    given = {"VAR": str(var), "DJANGO_SETTINGS_MODULE": "bench.settings", "DEMO": "1"}
    os.environ.update(given | {"PUBLIC_URL": "http://127.0.0.1:8000"})
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)


def _measure(size: str, wanted: str, kept: Path) -> int:
    from bench import report
    from bench.capabilities import ROWS
    from bench.rows import Result
    from bench.stage import set_stage

    begun = time.perf_counter()

    def say(words: str) -> None:
        sys.stderr.write(f"{time.perf_counter() - begun:6.1f} s  {words}\n")

    stage = set_stage(SIZES[size], say)
    results = []
    for row in (row for row in ROWS if wanted in row.what):
        results.append(Result(row, row.measure(stage)))
        say(f"{row.what}: {report.shown(results[-1].figures.ours, row)}")
    seconds = time.perf_counter() - begun
    report.write(results, kept / "bench.json", size=size, seconds=seconds)
    sys.stdout.write(f"\n{report.table_of(results)}\n\n{size}, {seconds:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
