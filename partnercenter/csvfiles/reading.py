"""Make rows of an uploaded file."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from partnercenter.csvfiles.contents import EMPTY, refuse_what_is_no_csv
from partnercenter.csvfiles.encodings import codec_of, guess_encoding
from partnercenter.errors import Refused

#: What may stand around the text of a cell without belonging to it: white space as Unicode defines it, byte
#: order marks that were copied along, and spaces of no width. Joiners belong to it: Malayalam names end in them.
SURROUNDING: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u2060"
)
_DELIMITERS: Final = ",;\t"
_LONGEST_ROW: Final = 100_000  # characters; below the 131,072 that Python's reader allows for one cell
_MOST_EMPTY_ROWS: Final = 1_100_000  # a whole sheet of a spreadsheet program, and some more
_ANNOUNCED: Final = re.compile(r'\ufeff?"?sep=([,;\t])"?[,;\t ]*[\r\n]*', re.IGNORECASE)
_QUOTED: Final = re.compile(r'"[^"]*(?:"|$)')
_LINE_END: Final = re.compile(r"\r\n?|\n")

_TOO_MANY_ROWS: Final = _(
    "The file has more than %(limit)s rows. Divide it into several files and upload them one after the other."
)
_TOO_MANY_EMPTY_ROWS: Final = _(
    "The file has more than %(limit)s empty rows. Delete the empty rows and upload the file again."
)
_TOO_LONG: Final = _(
    "The row that begins in line %(line)d is longer than %(limit)s characters. Check that the lines of the "
    "file end where its rows end, and upload it again."
)
_NOT_CLOSED: Final = _(
    "A quotation mark that opens a cell in line %(line)d is not closed where the cell ends. Close it, write "
    "quotation marks inside of a cell twice, and upload the file again."
)


class CsvRow(NamedTuple):
    """One row: the line of the file in which it begins (the first line is 1), and its cells as written."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """An uploaded file: how it was written, its header, and the rows below that hold anything."""

    encoding: str
    delimiter: str
    header: CsvRow
    rows: list[CsvRow]


def read_csv(
    content: bytes, *, max_bytes: int, max_rows: int, encoding: str | None = None, delimiter: str | None = None
) -> CsvFile:
    """Read a whole uploaded file of at most `max_bytes` bytes and `max_rows` rows below its header.

    Accepted are UTF-8, UTF-16, Windows-1252 and GB18030; comma, semicolon or tab, whichever divides the
    header; CRLF, LF or CR; quoted cells with line breaks; a first line `sep=;` as Excel writes it. Rows
    without any text are left out; lines are counted as they stand in the file. A person who knows better gives
    the `encoding` or the `delimiter`.

    Raises Refused with what to do for everything else (the product rules, section 10).
    """
    refuse_what_is_no_csv(content, max_bytes=max_bytes)
    codec = codec_of(content, encoding) if encoding else guess_encoding(content).encodings[0]
    used, header, rows = open_csv(content, codec, delimiter)
    table = list(islice(rows, max_rows + 1))
    if len(table) > max_rows:
        raise Refused(_TOO_MANY_ROWS % {"limit": number_format(max_rows, force_grouping=True)})
    return CsvFile(codec, used, header, table)


def open_csv(content: bytes, codec: str, delimiter: str | None = None) -> tuple[str, CsvRow, Iterator[CsvRow]]:
    """The delimiter of a text that the codec can read (the one given, if any), its header, and its rows one by one.

    Raises Refused for a text without a header, and while rows are fetched, where one of them cannot be read.
    """
    text = partial(_text, content, codec)
    skipped, found = _opening(text())
    used = delimiter or found
    rows = _rows(text, skipped, used)
    header = next(rows, None)
    if header is None:
        raise Refused(EMPTY)
    return used, header, rows


def _text(content: bytes, encoding: str) -> Iterable[str]:
    """The lines of the text with their ends, whichever of the three they are, without a copy of it all."""
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")


def _opening(lines: Iterable[str]) -> tuple[int, str]:
    """How many lines stand before the table (up to `sep=;` where there is one), and its delimiter."""
    for number, line in enumerate(lines, start=1):
        if announced := _ANNOUNCED.fullmatch(line):
            return number, announced[1]
        if line.strip(SURROUNDING):
            return 0, max(_DELIMITERS, key=_QUOTED.sub("", line).count)
    return 0, _DELIMITERS[0]


class _Lines:
    """Lines on their way to the CSV reader, which end where a row has become too long."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.length = 0
        self._lines = lines

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.length += len(line)
            if self.length > _LONGEST_ROW:
                raise csv.Error
            yield line


def _rows(text: Callable[[], Iterable[str]], skipped: int, delimiter: str) -> Iterator[CsvRow]:
    lines = _Lines(islice(text(), skipped, None))
    # Strict: a quotation mark in the wrong place would otherwise swallow rows without a word.
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begins, empty = skipped + 1, 0
    try:
        for cells in reader:
            if "".join(cells).strip(SURROUNDING):
                yield CsvRow(begins, tuple(cells))
            elif (empty := empty + 1) > _MOST_EMPTY_ROWS:
                raise Refused(_TOO_MANY_EMPTY_ROWS % {"limit": number_format(_MOST_EMPTY_ROWS, force_grouping=True)})
            begins = skipped + reader.line_num + 1
            lines.length = 0
    except csv.Error as fault:
        row = "".join(islice(text(), begins - 1, skipped + reader.line_num + 1))
        raise Refused(_why_it_does_not_end(row, begins, delimiter)) from fault


def _why_it_does_not_end(row: str, begins: int, delimiter: str) -> str:
    """The sentence for a row that cannot be read: the line where its faulty cell begins, or its length."""
    cell = rf'(?:"(?:[^"]|"")*+"|[^"\r\n{delimiter}][^\r\n{delimiter}]*+|)(?:{delimiter}|\r\n?|\n|\Z)'
    well_formed = re.match(f"(?:{cell})*+", row)
    end = well_formed.end() if well_formed else 0
    if end == len(row):
        return _TOO_LONG % {"line": begins, "limit": number_format(_LONGEST_ROW, force_grouping=True)}
    return _NOT_CLOSED % {"line": begins + len(_LINE_END.findall(row, 0, end))}
