"""The file of a campaign: a customer in each row, with the partner that it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.userfiles.reading import clean
from partnercenter.csvfiles import CsvRow, read_csv
from partnercenter.errors import Refused
from partnercenter.folding import fold

MAX_ROWS: Final = 10_000
MEGABYTE: Final = 1024 * 1024
MAX_BYTES: Final = 2 * MEGABYTE


class Column(Enum):
    """The columns of the file; a note is a column that may be absent."""

    CUSTOMER = "customer"
    SOURCE = "source"
    NOTE = "note"


TITLES: Final[Mapping[Column, Promise]] = {
    Column.CUSTOMER: gettext_lazy("Microsoft ID of the customer"),
    Column.SOURCE: gettext_lazy("Current partner"),
    Column.NOTE: gettext_lazy("Note"),
}


@dataclass(frozen=True)
class FileLine:
    """One row of the file: the line in which it begins, and what it says."""

    number: int
    customer: str
    source: str
    note: str = ""


def read_campaign(content: bytes) -> list[FileLine]:
    """The rows of a file. Raises `Refused`, with what to do, for one that cannot be read or lacks columns.

    Columns that are not known are passed over: what was exported of a campaign can be corrected and uploaded again.
    """
    table = read_csv(content, max_bytes=MAX_BYTES, max_rows=MAX_ROWS)
    if not table.rows:
        raise Refused(_("The file has the names of the columns, but no rows below them."))
    places = _places(table.header.cells)
    return [_line(row, places) for row in table.rows]


def _places(header: tuple[str, ...]) -> dict[Column, int]:
    """Where each column stands; its name may be written in any of the languages of the portal."""
    known: dict[str, Column] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            known |= {fold(str(title)): column for column, title in TITLES.items()}
    found = {known[fold(clean(name))]: place for place, name in enumerate(header) if fold(clean(name)) in known}
    missing = [str(TITLES[column]) for column in (Column.CUSTOMER, Column.SOURCE) if column not in found]
    if missing:
        raise Refused(_("The file lacks these columns: %(columns)s.") % {"columns": ", ".join(missing)})
    return found


def _line(row: CsvRow, places: Mapping[Column, int]) -> FileLine:
    cells = {column: clean(row.cells[place]) for column, place in places.items() if place < len(row.cells)}
    return FileLine(row.line, cells.get(Column.CUSTOMER, ""), cells.get(Column.SOURCE, ""), cells.get(Column.NOTE, ""))
