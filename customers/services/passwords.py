"""Handing out temporary passwords (the product rules, section 10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer, PasswordHandout, UserImport
from customers.selectors.passwords import (
    count_selected_without_password,
    count_without_own_password,
    handouts_of,
    never_signed_in,
    rows_created,
    still_without,
)
from customers.selectors.users import by_keys, present
from customers.services.holding import hold_organization, hold_relationship
from customers.services.user_imports import FILE, USERS
from customers.services.users import end_sessions
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.directory.passwords import (
    TEMPORARY_PASSWORD_LIFETIME,
    hash_temporary_password,
    new_temporary_password,
)
from partnercenter.errors import Refused

# Users in one transaction: a fraction of a second.
CHUNK: Final = 2_000

_STORE: Final = """
    UPDATE directory_user AS person
    SET password = made.password, must_change_password = true, password_ends_at = %(ends)s
    FROM unnest(%(ids)s::uuid[], %(passwords)s::text[]) AS made (id, password)
    WHERE person.id = made.id
"""


class HandedOut(NamedTuple):
    """One line of the download."""

    display_name: str
    principal_name: str
    password: str


def hand_out_passwords(user_import: UserImport, *, seen: datetime | None, actor: User) -> Iterator[HandedOut]:
    """Make temporary passwords for the users of a file who have neither signed in nor an own password.

    What they had before ends.

    `seen` is when the person who asks saw that passwords of this file had been handed out before (None: never):
    of two people or two clicks at once, the second one is refused, since it would end what the first one got.
    The log has its line before the first password exists. Passwords are made while the answer is read, 2,000 in
    one transaction, in the order of the file; what was not read is made anew the next time.

    Raises `Refused` when somebody else was faster, when no user is left to give one to, and for a file whose users
    are not created yet; while the answer is read, when somebody begins to hand them out anew, and when the customer
    takes the delegated privileges back.
    """
    now = timezone.now()
    with transaction.atomic():
        held = UserImport.objects.select_for_update(of=("self",)).defer("content").get(pk=user_import.pk)
        if held.status in (UserImport.Status.CHECKED, UserImport.Status.CREATING):
            raise Refused(_("The users of this file are not created yet. Passwords can be downloaded when they are."))
        hold_organization(held.customer)
        _refuse_second(held.passwords_handed_out_at, seen)
        _record(held.customer, count_without_own_password(held), {FILE: held.file_name}, actor)
        UserImport.objects.filter(pk=held.pk).update(passwords_handed_out_at=now)
    return _passwords_of_file(held, now)


def start_handout(customer: Customer, ids: Sequence[UUID], *, actor: User) -> PasswordHandout:
    """Keep which users of a customer were selected for new passwords, by name; nobody has got one by that.

    Raises `Refused` if none of them is there, and where the relationship has ended.
    """
    chosen = by_keys(ids).filter(present(customer)).order_by("name_key", "id")
    user_ids = list(chosen.values_list("pk", flat=True))
    if not user_ids:
        raise Refused(_("None of the selected users is there any more."))
    with transaction.atomic():
        hold_relationship(customer)
        return PasswordHandout.objects.create(
            customer=customer, user_ids=user_ids, total=len(user_ids), requested_by=actor
        )


def hand_out_to_selected(handout: PasswordHandout, *, seen: datetime | None, actor: User) -> Iterator[HandedOut]:
    """Make temporary passwords for selected users, in their order, and sign them out everywhere.

    The first time for all of them, whatever password they had; after that for those who have not signed in since, and
    for those whom a download that broke off had not reached. Otherwise as `hand_out_passwords`.
    """
    now = timezone.now()
    with transaction.atomic():
        held = handouts_of(handout.customer).select_for_update(of=("self",)).get(pk=handout.pk)
        hold_organization(held.customer)
        _refuse_second(held.handed_out_at, seen)
        _record(held.customer, count_selected_without_password(held), {}, actor)
        PasswordHandout.objects.filter(pk=held.pk).update(handed_out_at=now)
    return _passwords_of_selected(held, now)


def _refuse_second(handed_out_at: datetime | None, seen: datetime | None) -> None:
    if handed_out_at != seen:
        raise Refused(
            _(
                "These passwords were downloaded a moment ago. New ones would end those; if they are needed all the "
                "same, download them again."
            )
        )


def _record(customer: Customer, count: int, details: dict[str, Any], actor: User) -> None:
    if not count:
        raise Refused(
            _("Nobody waits for a password: all of them have signed in, have chosen an own password or were deleted.")
        )
    told = details | {USERS: count}
    record(Deed.PASSWORDS_HANDED_OUT, partner=customer.partner, actor=actor, customer=customer, details=told)


def _passwords_of_file(user_import: UserImport, moment: datetime) -> Iterator[HandedOut]:
    files = UserImport.objects.filter(pk=user_import.pk, passwords_handed_out_at=moment)
    for after in range(0, user_import.total, CHUNK):
        with transaction.atomic():
            _refuse_overtaken(files)
            hold_organization(user_import.customer)
            rows = rows_created(user_import).filter(number__gt=after, number__lte=after + CHUNK).order_by("number")
            made = _give_passwords(rows.values_list("user_id", flat=True), never_signed_in(user_import.customer))
        yield from made.values()


def _passwords_of_selected(handout: PasswordHandout, moment: datetime) -> Iterator[HandedOut]:
    handouts = PasswordHandout.objects.filter(pk=handout.pk, handed_out_at=moment)
    for start in range(0, handout.total, CHUNK):
        end = start + CHUNK
        with transaction.atomic():
            _refuse_overtaken(handouts)
            hold_organization(handout.customer)
            made = _give_passwords(handout.ids_between(start, end), still_without(handout, start))
            end_sessions(made)
            handouts.filter(reached__lt=end).update(reached=end)
        yield from made.values()


def _refuse_overtaken(own: QuerySet[Any]) -> None:
    """Stop a hand-out when another one of the same users has begun, which would end what this one still gives.

    `own` is its row, if it is still the last one; it is held, so that no other one begins within a chunk.
    """
    if not own.select_for_update(no_key=True).values_list("pk").first():
        raise Refused(_("These passwords are being handed out anew. What this download holds does not work any more."))


def _give_passwords(ids: Iterable[UUID], condition: Q) -> dict[UUID, HandedOut]:
    """Give a new password to those of the users who meet a condition: by their ids, in the order of `ids`."""
    ids = list(ids)
    rows = by_keys(ids).annotate(waits=condition).select_for_update(no_key=True, of=("self",))
    people = rows.values_list("pk", "display_name", "principal_name", "waits")
    found = {pk: (name, address) for pk, name, address, waits in people if waits}
    made = {pk: HandedOut(*found[pk], new_temporary_password()) for pk in ids if pk in found}
    values: dict[str, Any] = {
        "ids": list(made),
        "passwords": [hash_temporary_password(line.password) for line in made.values()],
        "ends": timezone.now() + TEMPORARY_PASSWORD_LIFETIME,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, values)
    return made
