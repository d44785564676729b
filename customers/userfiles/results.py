"""Write the template, and the uploaded file again with its status column filled."""

from collections.abc import Iterator, Mapping

from customers.userfiles.columns import Column, column_title, column_titles, language_of
from customers.userfiles.reading import UserFile
from partnercenter.csvfiles import csv_lines


def template_csv(language: str) -> bytes:
    """An empty user file: the names of the columns in a language such as `de` or `zh-hans`, else in English."""
    return b"".join(csv_lines(column_titles(language), []))


def result_csv(user_file: UserFile, statuses: Mapping[int, str]) -> Iterator[bytes]:
    """The uploaded file with a status for each row, in pieces: its columns, their order and their cells stay.

    `statuses` are by the number of the row; a row without one gets an empty cell. A status column that is absent
    is added at the end, named in the language of the header. What could be a formula is guarded.
    """
    position = user_file.columns.get(Column.STATUS_UPDATE, len(user_file.header))
    title = column_title(Column.STATUS_UPDATE, language_of(user_file.header))
    header = (*user_file.header[:position], *(user_file.header[position:] or (title,)))
    behind = position + (Column.STATUS_UPDATE in user_file.columns)
    rows = (_filled(row.cells, position, behind, statuses.get(row.number, "")) for row in user_file.rows)
    return csv_lines(header, rows)


def _filled(cells: tuple[str, ...], position: int, behind: int, status: str) -> tuple[str, ...]:
    """The cells of a row with a status at its position; those from `behind` on stay, after it."""
    before = (*cells[:position], *[""] * (position - len(cells)))
    return (*before, status, *cells[behind:])
