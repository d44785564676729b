"""What became of each row of an uploaded file, in words."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise

from customers.models import UserImport, UserImportRow
from customers.userfiles import UserFile, problem_sentence, read_user_file, statuses

Outcome, Status = UserImportRow.Outcome, UserImport.Status

# What waiting means once the work has ended.
_NOT_REACHED: dict[str, str | Promise] = {
    Status.CANCELED: statuses.CANCELED,
    Status.FAILED: statuses.FAILED,
}


def file_of(user_import: UserImport) -> UserFile:
    """The uploaded file again, as it was read when it was checked."""
    return read_user_file(bytes(user_import.content), encoding=user_import.encoding, delimiter=user_import.delimiter)


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
