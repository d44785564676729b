"""The export of all customers."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from typing import Any, Final

from django.core.cache import caches
from django.db import connection

from bench.rows import Figures, Row
from bench.stage import Stage
from bench.timing import medians, seconds_of
from customers.selectors.customers import ORDERS, customers_of

EXPORT: Final = "/customers/export/?all=1"
SHELF: Final = "/bench/shelf/export/"


class Nowhere:
    """A file that forgets what is written to it."""

    def write(self, line: bytes) -> None:
        pass


def rows_a_second(stage: Stage) -> Figures:
    """Rows that reach the server, against those that COPY alone writes to nowhere."""
    times = medians(
        {"ours": partial(_read, stage, EXPORT), "copy": partial(_copy, stage)}, seconds=stage.size.seconds, least=3
    )
    compressed = seconds_of(partial(_read, stage, EXPORT, compressed=True))
    theirs = seconds_of(partial(_read, stage, SHELF))
    count = stage.size.customers
    note = f"compressed with gzip on the way, as browsers ask for it, {count / compressed:,.0f} rows/s"
    return Figures(count / times["ours"], count / theirs, count / times["copy"], note)


def _read(stage: Stage, address: str, *, compressed: bool = False) -> None:
    caches["default"].clear()  # what counts downloads for the throttle
    for _ in stage.browser.pieces(address, compressed=compressed):
        pass


def _copy(stage: Stage) -> None:
    rows = ORDERS["name"].sort(customers_of(stage.partner))
    sql, params = rows.values_list("tenant_id", "name", "domain", "relationships", "tag_ids").query.sql_with_params()
    with connection.cursor() as cursor:
        query = cursor.mogrify(sql, params).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv)", Nowhere())


def first_byte(stage: Stage) -> Figures:
    """Seconds until the first byte of a download, in a process of its own."""
    ours, theirs = (_in_a_process(stage, address) for address in (EXPORT, SHELF))
    note = f"the first row comes after {ours['first_row']:.2f} s, off the shelf after {theirs['first_row']:.2f} s"
    return Figures(ours["first_byte"], theirs["first_byte"], note=note)


def memory(stage: Stage) -> Figures:
    """How much memory a process needs more for a download than for a page."""
    ours, theirs = (_in_a_process(stage, address) for address in (EXPORT, SHELF))
    return Figures(ours["memory"], theirs["memory"])


def _in_a_process(stage: Stage, address: str) -> dict[str, Any]:
    caches["default"].clear()
    command = [sys.executable, "-m", "bench.download", stage.admin.principal_name, address]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(answer.stdout.splitlines()[-1]))


ROWS: Final = (
    Row(
        "export of all customers", "rows/s", "≥ 50 % of COPY TO alone",
        lambda figures: figures.ours >= 0.5 * (figures.limit or 0), rows_a_second,
        limit_is="COPY TO alone of the same rows, columns and order; off the shelf is StreamingHttpResponse over "
        "values_list().iterator()",
    ),
    Row("export, first byte", "s", "≤ 0.3 s", lambda figures: figures.ours <= 0.3, first_byte),
    Row("export, additional memory", "MB", "≤ 60 MB", lambda figures: figures.ours <= 60, memory),
)  # fmt: skip
