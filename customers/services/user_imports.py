"""Taking in a file of users, and deciding what becomes of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Customer, UserImport, UserImportRow
from customers.selectors.user_imports import is_doubtful, lost_domains, taken_names, verified_domains, waiting_names
from customers.selectors.user_results import with_corrections
from customers.services.holding import BUSY, hold_organization, hold_relationship
from customers.userfiles import Problem, UserFile, UserRow, check_rows, read_user_file
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import enqueue
from partnercenter.locks import without_long_waits

Outcome = UserImportRow.Outcome


# What a line of the log tells of a file; translated when it is read.
FILE: Final = gettext_noop("File")
ROWS: Final = gettext_noop("Rows")
FAULTY: Final = gettext_noop("Rows with problems")
ENCODING: Final = gettext_noop("Read as")
USERS: Final = gettext_noop("Users")
LOCATION: Final = gettext_noop("Location")

_COPY: Final = """
    COPY customers_userimportrow (
        user_import_id, number, line, first_name, last_name, display_name, email, problems, outcome,
        name_key, search_text
    ) FROM STDIN (FORMAT csv)
"""


def upload_users(customer: Customer, *, file_name: str, content: bytes, actor: User) -> UserImport:
    """Read and check a file of users, and keep it with everything that was found; no user is created.

    Raises `Refused` for bytes that are no file of users at all, and where the relationship has ended; then nothing is
    kept.
    """
    file = read_user_file(content)
    problems = _problems(customer, file)
    with transaction.atomic():
        hold_relationship(customer)
        user_import = UserImport.objects.create(
            customer=customer,
            uploaded_by=actor,
            file_name=file_name,
            content=content,
            encoding=file.encoding,
            delimiter=file.delimiter,
            total=len(file.rows),
            good=len(file.rows) - len(problems),
        )
        _store(user_import, file.rows, problems)
        details = {FILE: file_name, ROWS: user_import.total, FAULTY: user_import.faulty}
        log(Deed.USERS_UPLOADED, user_import, actor, details)
    return user_import


def read_again(user_import: UserImport, *, encoding: str, delimiter: str, actor: User) -> UserImport:
    """Read and check the kept bytes of a file in another way; what was found before is forgotten.

    In the way in which it was read before it is only checked again: corrections stay.

    Raises `Refused` if the file makes no sense that way (then everything stays), and for a file that was started or
    discarded before.
    """
    with without_long_waits(BUSY):
        held = hold_checked(user_import)
        hold_relationship(held.customer)
        file = read_user_file(bytes(held.content), encoding=encoding, delimiter=delimiter)
        as_before = (file.encoding, file.delimiter) == (held.encoding, held.delimiter)
        if as_before:
            file = with_corrections(held, file)
        problems = _problems(held.customer, file, held)
        held.encoding, held.delimiter = file.encoding, file.delimiter
        held.total, held.good = len(file.rows), len(file.rows) - len(problems)
        held.save(update_fields=["encoding", "delimiter", "total", "good"])
        UserImportRow.objects.filter(user_import=held).delete()
        _store(held, file.rows, problems)
        details: dict[str, Any] = {FILE: held.file_name, ROWS: held.total, FAULTY: held.faulty}
        if as_before:
            log(Deed.UPLOAD_CHECKED_AGAIN, held, actor, details)
        else:
            log(Deed.UPLOAD_READ_AGAIN, held, actor, details | {ENCODING: held.encoding})
    return held


def _problems(
    customer: Customer, file: UserFile, user_import: UserImport | None = None
) -> dict[int, list[dict[str, str]]]:
    """What is wrong with each faulty row of a file, by its number; `user_import` is the file where it is kept."""
    names = [row.email.lower() for row in file.rows]
    # In this order: a name that stops waiting between the two questions is taken by then.
    waiting = waiting_names(customer, names, besides=user_import)
    taken, taken_deleted = taken_names(names)
    domains = verified_domains(customer)
    found = check_rows(file.rows, domains=domains, taken=taken, taken_deleted=taken_deleted, waiting=waiting)
    return problems_by_row(found)


def problems_by_row(problems: Iterable[Problem]) -> dict[int, list[dict[str, str]]]:
    """Problems in the form in which rows keep them, by the number of the row."""
    found: dict[int, list[dict[str, str]]] = {}
    for problem in problems:
        kept = {
            "column": problem.column or "",
            "code": problem.code,
            "value": problem.value,
            "detail": problem.detail,
        }
        found.setdefault(problem.number, []).append(kept)
    return found


def _store(user_import: UserImport, rows: Iterable[UserRow], problems: Mapping[int, list[dict[str, str]]]) -> None:
    """Write all rows at once."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)  # a quoted empty cell is an empty text, not NULL
    for row in rows:
        found = problems.get(row.number)
        kept, outcome = (json.dumps(found), Outcome.FAULTY) if found else ("[]", Outcome.WAITING)
        keys = User.keys(row.display_name, row.first_name, row.last_name, row.email.lower())
        writer.writerow((user_import.pk, *row[:6], kept, outcome.value, *keys.values()))
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(_COPY, text)


def discard_import(user_import: UserImport, *, actor: User) -> None:
    """Forget a checked file: its rows and its bytes are deleted, its name stays for the log.

    Raises `Refused` for a file that was started or discarded before.
    """
    with without_long_waits(BUSY):
        held = hold_checked(user_import)
        held.move_to(UserImport.Status.DISCARDED, finished_at=timezone.now(), content=b"")
        UserImportRow.objects.filter(user_import=held).delete()
        log(Deed.UPLOAD_DISCARDED, held, actor, {FILE: held.file_name, ROWS: held.total})


def start_creation(
    user_import: UserImport, *, location: str, skip_faulty: bool, actor: User, well_read: bool = False
) -> UserImport:
    """Let a worker create the users of the good rows, all of them in `location` (a country).

    `skip_faulty` says that the person wants to go ahead without the faulty rows, `well_read` that the names of a
    file that could be read in several ways are as they should be. Raises `Refused` when there are faulty rows or
    several ways and they do not, when there is no good row, and for a file that was started or discarded before.
    """
    with without_long_waits(BUSY):
        held = hold_checked(user_import)
        # No domain is removed any more before the users of the file are there.
        hold_organization(held.customer)
        _refuse_start(held, skip_faulty)
        if not well_read and is_doubtful(held):
            raise Refused(_("This file can be read in several ways. Look at its names and say that they are right."))
        job = enqueue(
            Job.Kind.USER_IMPORT,
            subject_id=held.pk,
            subject=held.file_name,
            total=held.good,
            url=reverse("customers:import", args=[held.customer.tenant_id, held.pk]),
            partner=held.customer.partner,
            customer=held.customer,
            actor=actor,
        )
        held.move_to(UserImport.Status.CREATING, location=location, job=job)
        details = {FILE: held.file_name, USERS: held.good, LOCATION: location}
        log(Deed.USER_CREATION_STARTED, held, actor, details)
    return held


def hold_checked(user_import: UserImport) -> UserImport:
    """A file nobody has decided on, locked for this transaction. Raises `Refused` for any other."""
    imports = UserImport.objects.select_for_update(of=("self",)).select_related("customer__partner")
    held = imports.defer("content").get(pk=user_import.pk)
    if held.status != UserImport.Status.CHECKED:
        raise Refused(_("This file was decided on before. Its page shows what came of it."))
    return held


def _refuse_start(user_import: UserImport, skip_faulty: bool) -> None:
    if not user_import.good:
        raise Refused(_("Every row of this file has a problem. Correct the file and upload it again."))
    if user_import.faulty and not skip_faulty:
        raise Refused(
            _("Some rows have problems. Say that you go ahead without them, or correct the file and upload it again.")
        )
    if lost := lost_domains(user_import):
        sentence = _("%(names)s is no longer a verified domain of this customer. Check all rows again.")
        raise Refused(sentence % {"names": ", ".join(lost)})


def log(deed: Deed, user_import: UserImport, actor: User, details: dict[str, Any]) -> None:
    """Write a line about a file into the log."""
    customer = user_import.customer
    record(deed, partner=customer.partner, actor=actor, customer=customer, details=details)
