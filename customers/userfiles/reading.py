"""Make user rows of an uploaded file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from customers.userfiles.columns import Column, find_columns
from customers.userfiles.limits import MAX_BYTES, MAX_ROWS
from partnercenter.csvfiles import SURROUNDING, CsvRow, open_csv, read_csv, unguard
from partnercenter.errors import Refused

TELLING: Final = 5  # rows by which a person sees how a file was read

_NO_ROWS: Final = _(
    "The file has the names of the columns, but no users below them. Add a line for each user and upload it again."
)


class UserRow(NamedTuple):
    """One user of a file, each cell without what surrounds its text (see `clean`).

    `number` counts the rows below the header from 1, `line` is where the row begins in the file. `cells` are as
    uploaded, in the order of the file. `surplus` is how many cells the row has more than the header, below 0 how
    many it has fewer: then its cells may stand in the wrong columns.
    """

    number: int
    line: int
    first_name: str
    last_name: str
    display_name: str
    email: str
    status_update: str = ""
    cells: tuple[str, ...] = ()
    surplus: int = 0


@dataclass(frozen=True, slots=True)
class UserFile:
    """An uploaded user file: how it was written, its header as uploaded, where its columns stand, and its rows."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    columns: Mapping[Column, int]
    rows: list[UserRow]


def read_user_file(content: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> UserFile:
    """Read the bytes of an uploaded user file, in the encoding and with the delimiter given, or those it seems to have.

    Raises Refused, with what to do, for a file that is no CSV file, is too large, has other columns than the
    template, or no users in it (the product rules, section 10).
    """
    table = read_csv(content, max_bytes=MAX_BYTES, max_rows=MAX_ROWS, encoding=encoding, delimiter=delimiter)
    columns = find_columns(table.header.cells)
    if not table.rows:
        raise Refused(_NO_ROWS)
    rows = list(_user_rows(table.rows, table.header.cells, columns))
    return UserFile(table.encoding, table.delimiter, table.header.cells, columns, rows)


def telling_rows(content: bytes, encoding: str, delimiter: str) -> list[UserRow]:
    """Up to five rows by which a person sees whether a file is read rightly: the first that are not only ASCII.

    An empty list for a file that is not readable in this way.
    """
    try:
        _, header, rows = open_csv(content, encoding, delimiter)
        users = _user_rows(rows, header.cells, find_columns(header.cells))
        return list(islice((user for user in users if not "".join(user.cells).isascii()), TELLING))
    except Refused:
        return []


def clean(cell: str) -> str:
    """The text of a cell: without white space, byte order marks and spaces of no width around it.

    So is the apostrophe that our downloads put before what could be a formula: a result can be uploaded again.
    """
    plain = cell.strip(SURROUNDING)
    return unguard(plain).strip(SURROUNDING) if plain[:1] == "'" else plain


def _user_rows(rows: Iterable[CsvRow], header: tuple[str, ...], columns: Mapping[Column, int]) -> Iterator[UserRow]:
    width = len(columns)
    places = [columns.get(column, width) for column in Column]  # an absent status column is an empty one behind
    in_order, needed = itemgetter(*places), max(places) + 1
    for number, (line, cells) in enumerate(rows, start=1):
        whole = cells if len(cells) >= needed else (*cells, *[""] * (needed - len(cells)))
        texts = [cell.strip(SURROUNDING) for cell in in_order(whole)]
        first_name, last_name, display_name, email, status = map(clean, texts) if "'" in "".join(texts) else texts
        surplus = _surplus(cells, header, columns) if len(cells) != width else 0
        yield UserRow(number, line, first_name, last_name, display_name, email, status, cells, surplus)


def _surplus(cells: tuple[str, ...], header: tuple[str, ...], columns: Mapping[Column, int]) -> int:
    """How many cells a row has more or fewer than there are columns.

    Empty cells below empty ones of the header are no surplus, and an empty status cell at the end may be
    missing: spreadsheet programs write both.
    """
    width = len(columns)
    if width < len(cells) <= len(header) and not any(map(clean, cells[width:])):
        return 0
    if len(cells) == width - 1 == columns.get(Column.STATUS_UPDATE):
        return 0
    return len(cells) - width
