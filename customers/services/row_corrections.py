"""Correcting a faulty row of a checked file in place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import UserImport, UserImportRow
from customers.selectors.user_imports import taken_names, verified_domains, waiting_names
from customers.services.holding import hold_relationship
from customers.services.user_imports import FILE, hold_checked, log, problems_by_row
from customers.userfiles import ProblemCode, UserRow, check_rows, clean
from partnercenter.activity.models import Deed
from partnercenter.directory.models import User
from partnercenter.errors import Refused

Outcome = UserImportRow.Outcome

ROW: Final = gettext_noop("Row")
EMAIL: Final = gettext_noop("Email")

# Where the cells stand in the wrong columns, an address says nothing; what stands in the status column stays there.
_MISPLACED: Final = frozenset({ProblemCode.TOO_MANY_CELLS, ProblemCode.TOO_FEW_CELLS})
_STAYING: Final = ProblemCode.STATUS_NOT_EMPTY

_KEEP: Final = """
    UPDATE customers_userimportrow AS kept SET problems = found.problems, outcome = found.outcome
    FROM unnest(%s::bigint[], %s::jsonb[], %s::text[]) AS found (id, problems, outcome) WHERE kept.id = found.id
"""


def correct_row(user_import: UserImport, number: int, *, cells: dict[str, str], actor: User) -> UserImportRow:
    """Put other cells (by the names of the four fields) into a faulty row, and check it at once; the row.

    It is checked by the rules of the whole file, against the directory and the other rows. Faulty rows that have the
    address it had or gets are checked again as well: one may be in order now. Raises `Refused` for a row that is not
    faulty any more, and for a file that was started or discarded before.
    """
    with transaction.atomic():
        held = hold_checked(user_import)
        hold_relationship(held.customer)
        row = UserImportRow.objects.filter(user_import=held, number=number, outcome=Outcome.FAULTY).first()
        if row is None:
            raise Refused(_("This row is in order by now: somebody else corrected it. The page shows what is left."))
        before = row.email.lower()
        for name, text in cells.items():
            setattr(row, name, clean(text))
        row.problems = []
        concerned = _concerned(held, row, {before, row.email.lower()} - {""})
        problems = _problems_of(held, concerned)
        _keep(row, [each for each in concerned if each is row or each.problems != problems[each.number]], problems)
        held.good += sum(not problems[each.number] for each in concerned)
        held.save(update_fields=["good"])
        log(Deed.UPLOAD_CORRECTED, held, actor, {FILE: held.file_name, ROW: number, EMAIL: row.email})
    return row


def _concerned(user_import: UserImport, row: UserImportRow, addresses: set[str]) -> list[UserImportRow]:
    """A corrected row and the other faulty ones with one of these addresses, in the order of the file."""
    faulty = _rows_with(user_import, addresses).filter(outcome=Outcome.FAULTY).exclude(pk=row.pk)
    others = [other for other in faulty if not _MISPLACED & {problem["code"] for problem in other.problems}]
    return sorted([row, *others], key=lambda each: each.number)


def _rows_with(user_import: UserImport, addresses: set[str]) -> QuerySet[UserImportRow]:
    lowered = Lower("email")
    return UserImportRow.objects.filter(user_import=user_import).alias(address=lowered).filter(address__in=addresses)


def _problems_of(user_import: UserImport, rows: Sequence[UserImportRow]) -> dict[int, list[dict[str, str]]]:
    """What is wrong with rows by the directory and those rows of their file that are in order, by their numbers."""
    addresses = {row.email.lower() for row in rows}
    in_order = _rows_with(user_import, addresses).filter(outcome=Outcome.WAITING).only("email", "line")
    waiting = waiting_names(user_import.customer, addresses, besides=user_import)
    taken, taken_deleted = taken_names(addresses)
    found = problems_by_row(
        check_rows(
            [UserRow(row.number, row.line, row.first_name, row.last_name, row.display_name, row.email) for row in rows],
            domains=verified_domains(user_import.customer),
            taken=taken,
            taken_deleted=taken_deleted,
            waiting=waiting,
            seen={row.email.lower(): row.line for row in in_order},
        )
    )
    staying = {row.number: [problem for problem in row.problems if problem["code"] == _STAYING] for row in rows}
    return {row.number: [*found.get(row.number, []), *staying[row.number]] for row in rows}


def _keep(
    corrected: UserImportRow, rows: Sequence[UserImportRow], problems: Mapping[int, list[dict[str, str]]]
) -> None:
    """Write a corrected row, and of the others among the rows their problems, all at once."""
    for row in rows:
        row.problems = problems[row.number]
        row.outcome = Outcome.FAULTY if row.problems else Outcome.WAITING
    keys = User.keys(corrected.display_name, corrected.first_name, corrected.last_name, corrected.email.lower())
    corrected.name_key, corrected.search_text = keys["name_key"], keys["search_text"]
    corrected.save()
    others = [(row.pk, json.dumps(row.problems), str(row.outcome)) for row in rows if row is not corrected]
    if others:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [list(column) for column in zip(*others, strict=True)])
