"""Handing out temporary passwords (the product rules, section 10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer, PasswordHandout, UserImport
from customers.selectors.passwords import (
    handouts_of,
    next_without_password,
    selected_without_password,
    users_without_own_password,
)
from customers.selectors.users import users_of
from customers.services.user_imports import FILE, USERS
from customers.services.users import end_sessions
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import Tenant, User
from partnercenter.directory.passwords import (
    TEMPORARY_PASSWORD_LIFETIME,
    hash_temporary_password,
    new_temporary_password,
)
from partnercenter.errors import Refused

CHUNK: Final = 1_000

_NEXT_OF_FILE: Final = """
    SELECT person.id, person.display_name, person.principal_name
    FROM customers_userimportrow AS row JOIN directory_user AS person ON person.id = row.user_id
    WHERE row.user_import_id = %(user_import)s AND row.number > %(after)s AND row.number <= %(after)s + %(size)s
        AND row.outcome = 'created' AND person.must_change_password AND person.last_login IS NULL
        AND person.deleted_at IS NULL
    ORDER BY row.number
    FOR NO KEY UPDATE OF person
"""

# Nothing else is asked of the users, who are held: without statistics of a file that was just created, the database
# would look for them among all others instead of by their keys.
_STORE: Final = """
    UPDATE directory_user AS person
    SET password = made.password, must_change_password = true, password_ends_at = %(ends)s
    FROM unnest(%(ids)s::uuid[], %(passwords)s::text[]) AS made (id, password)
    WHERE person.id = made.id
"""

Person = tuple[UUID, str, str]


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
    The log has its line before the first password exists. Passwords are made while the answer is read, 1,000 in
    one transaction, in the order of the file; what was not read is made anew the next time.

    Raises `Refused` when somebody else was faster, when no user is left to give one to, and for a file whose users
    are not created yet.
    """
    with transaction.atomic():
        held = UserImport.objects.select_for_update(of=("self",)).defer("content").get(pk=user_import.pk)
        if held.status in (UserImport.Status.CHECKED, UserImport.Status.CREATING):
            raise Refused(_("The users of this file are not created yet. Passwords can be downloaded when they are."))
        _refuse_second(held.passwords_handed_out_at, seen)
        _record(held.customer, users_without_own_password(held).count(), {FILE: held.file_name}, actor)
        UserImport.objects.filter(pk=held.pk).update(passwords_handed_out_at=timezone.now())
    return _passwords_of_file(held)


def start_handout(customer: Customer, ids: Sequence[UUID], *, actor: User) -> PasswordHandout:
    """Keep which users of a customer were selected for new passwords, by name; nobody has got one by that."""
    chosen = users_of(customer).filter(pk__in=ids).order_by("name_key", "id")
    user_ids = list(chosen.values_list("pk", flat=True))
    return PasswordHandout.objects.create(customer=customer, user_ids=user_ids, total=len(user_ids), requested_by=actor)


def hand_out_to_selected(handout: PasswordHandout, *, seen: datetime | None, actor: User) -> Iterator[HandedOut]:
    """Make temporary passwords for selected users, in their order, and sign them out everywhere.

    The first time for all of them, whatever password they had; after that for those who have not signed in since, and
    for those whom a download that broke off had not reached. Otherwise as `hand_out_passwords`.
    """
    with transaction.atomic():
        held = handouts_of(handout.customer).select_for_update(of=("self",)).get(pk=handout.pk)
        _refuse_second(held.handed_out_at, seen)
        _record(held.customer, selected_without_password(held).count(), {}, actor)
        PasswordHandout.objects.filter(pk=held.pk).update(handed_out_at=timezone.now())
    return _passwords_of_selected(held)


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


def _passwords_of_file(user_import: UserImport) -> Iterator[HandedOut]:
    for after in range(0, user_import.total, CHUNK):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_NEXT_OF_FILE, {"user_import": user_import.pk, "after": after, "size": CHUNK})
            made = _give_passwords(cursor.fetchall())
        yield from made


def _passwords_of_selected(handout: PasswordHandout) -> Iterator[HandedOut]:
    for start in range(0, handout.total, CHUNK):
        end = start + CHUNK
        with transaction.atomic():
            Tenant.objects.select_for_update(no_key=True).get(pk=handout.customer.tenant_id)
            users = next_without_password(handout, start, end).select_for_update(no_key=True, of=("self",))
            found = {row[0]: row for row in users.values_list("pk", "display_name", "principal_name")}
            made = _give_passwords([found[pk] for pk in handout.ids_between(start, end) if pk in found])
            end_sessions(found)
            PasswordHandout.objects.filter(pk=handout.pk, reached__lt=end).update(reached=end)
        yield from made


def _give_passwords(people: Sequence[Person]) -> list[HandedOut]:
    """Give a new password to each of these people, whom the caller's transaction holds."""
    made = [new_temporary_password() for _person in people]
    values: dict[str, Any] = {
        "ids": [pk for pk, _name, _address in people],
        "passwords": [hash_temporary_password(password) for password in made],
        "ends": timezone.now() + TEMPORARY_PASSWORD_LIFETIME,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, values)
    return [HandedOut(name, address, password) for (_pk, name, address), password in zip(people, made, strict=True)]
