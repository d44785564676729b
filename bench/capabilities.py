"""All rows of the benchmark. A capability that is measured has a module of its own, and adds its rows here."""

from __future__ import annotations

from typing import Final

from bench import changes, downloads, licenses, lists, subscriptions, transfers, uploads, whole
from bench.rows import Row

# Changes of rows come last: they leave the tables as they are not found otherwise.
ROWS: Final[tuple[Row, ...]] = (
    *lists.ROWS, *downloads.ROWS, *whole.ROWS, *uploads.ROWS, *changes.ROWS, *licenses.ROWS,
    *subscriptions.ROWS, *transfers.ROWS,
)  # fmt: skip
