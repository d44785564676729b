"""What became of each row of an uploaded file, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.functional import Promise

from customers.models import UserImport, UserImportRow
from customers.userfiles import Column, UserFile, UserRow, problem_sentence, read_user_file, statuses

Outcome, Status = UserImportRow.Outcome, UserImport.Status

# What waiting means once the work has ended.
_NOT_REACHED: dict[str, str | Promise] = {
    Status.CANCELED: statuses.CANCELED,
    Status.FAILED: statuses.FAILED,
}


def file_of(user_import: UserImport) -> UserFile:
    """The uploaded file again, as it was read when it was checked, with the rows that were corrected since."""
    file = read_user_file(bytes(user_import.content), encoding=user_import.encoding, delimiter=user_import.delimiter)
    return with_corrections(user_import, file)


def with_corrections(user_import: UserImport, file: UserFile) -> UserFile:
    """The file with the cells that its rows have by now."""
    names = ("number", "first_name", "last_name", "display_name", "email")
    stored = UserImportRow.objects.filter(user_import=user_import).values_list(*names)
    kept = {number: cells for number, *cells in stored.iterator()}
    rows = [row if (cells := kept[row.number]) == [*row[2:6]] else _corrected(file, row, cells) for row in file.rows]
    return replace(file, rows=rows)


def _corrected(file: UserFile, row: UserRow, cells: list[str]) -> UserRow:
    """A row of a file with other cells in its four columns; what else it had is gone."""
    written = [""] * len(file.columns)
    for column, cell in zip(Column, cells, strict=False):
        written[file.columns[column]] = cell
    first_name, last_name, display_name, email = cells
    return UserRow(row.number, row.line, first_name, last_name, display_name, email, cells=tuple(written))


def statuses_of(user_import: UserImport) -> dict[int, str]:
    """What the status column says of each row, by its number, in the reader's language."""
    words: dict[str, str] = {
        Outcome.CREATED: str(statuses.CREATED),
        Outcome.TAKEN: str(statuses.TAKEN),
        Outcome.WAITING: str(_NOT_REACHED.get(user_import.status, statuses.WAITING)),
    }
    rows = UserImportRow.objects.filter(user_import=user_import).values_list("number", "outcome", "problems")
    return {number: words.get(outcome) or told(problems) for number, outcome, problems in rows.iterator()}


def problem_statuses_of(user_import: UserImport) -> dict[int, str]:
    """The same for the rows that have problems, and only for them."""
    rows = UserImportRow.objects.filter(user_import=user_import, outcome=Outcome.FAULTY)
    return {number: told(problems) for number, problems in rows.values_list("number", "problems")}


def told(problems: list[dict[str, Any]]) -> str:
    """All problems of a row as one text: what is wrong and what to do."""
    return " ".join(problem_sentence(problem["code"], problem["column"], problem["detail"]) for problem in problems)
