"""Make the bytes of a CSV file that spreadsheet programs open as it was meant."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from django.utils.text import slugify

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
_ROWS_A_PIECE: Final = 500
_LONGEST_NAME: Final = 100  # characters


def guard(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula: one that could be gets an apostrophe in front.

    Cells that begin with = + - @, tab or CR are altered, and nothing else (the quality rules, section 2).
    """
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell


def unguard(cell: str) -> str:
    """The cell before it was guarded: an apostrophe in front of what could be a formula is taken for ours."""
    return cell[1:] if cell.startswith("'") and cell.startswith(_FORMULAS, 1) else cell


def csv_row(cells: Iterable[object]) -> bytes:
    """One line of a CSV file, as `csv_lines` writes it."""
    return _piece([cells])


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """A CSV file in pieces of 500 rows, as they are asked for: nothing is kept, whatever the number of rows.

    UTF-8 with a byte order mark, for Excel; commas and CRLF; every cell guarded. Cells are written as `str()`
    gives them, None as an empty cell. The header comes first and alone, so that a download begins at once.
    """
    yield codecs.BOM_UTF8 + _piece([header])
    remaining = iter(rows)
    while piece := list(islice(remaining, _ROWS_A_PIECE)):
        yield _piece(piece)


def _piece(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[guard("" if cell is None else str(cell)) for cell in row] for row in rows])
    return text.getvalue().encode()


def safe_filename(*parts: str, ending: str = "csv") -> str:
    """A file name of some words or names, such as `users-litware-2026-05-01.csv`.

    Letters and digits of every script stay, everything else becomes a hyphen or is left out; at most 100
    characters before the dot. What leaves nothing is called `file`.
    """
    name = slugify("-".join(parts), allow_unicode=True)[:_LONGEST_NAME].rstrip("-_")
    return f"{name or 'file'}.{ending}"
