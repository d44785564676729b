"""Handing out temporary passwords (the product rules, section 10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import UserImport
from customers.selectors.user_imports import users_without_own_password
from customers.services.user_imports import FILE, USERS
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.directory.passwords import (
    TEMPORARY_PASSWORD_LIFETIME,
    hash_temporary_password,
    new_temporary_password,
)
from partnercenter.errors import Refused

CHUNK: Final = 1_000

_NEXT: Final = """
    SELECT person.id, person.display_name, person.principal_name
    FROM customers_userimportrow AS row JOIN directory_user AS person ON person.id = row.user_id
    WHERE row.user_import_id = %(user_import)s AND row.number > %(after)s AND row.number <= %(after)s + %(size)s
        AND row.outcome = 'created' AND person.must_change_password AND person.last_login IS NULL
        AND person.deleted_at IS NULL
    ORDER BY row.number
"""

_STORE: Final = """
    UPDATE directory_user AS person
    SET password = made.password, must_change_password = true, password_ends_at = %(ends)s
    FROM unnest(%(ids)s::uuid[], %(passwords)s::text[]) AS made (id, password)
    WHERE person.id = made.id AND person.must_change_password AND person.last_login IS NULL
        AND person.deleted_at IS NULL
    RETURNING person.id
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
    The log has its line before the first password exists. Passwords are made while the answer is read, 1,000 in
    one transaction, in the order of the file; what was not read is made anew the next time.

    Raises `Refused` when somebody else was faster, when no user is left to give one to, and for a file whose users
    are not created yet.
    """
    with transaction.atomic():
        held = UserImport.objects.select_for_update(of=("self",)).defer("content").get(pk=user_import.pk)
        _refuse_untimely(held, seen)
        count = users_without_own_password(held).count()
        if not count:
            raise Refused(
                _(
                    "No user of this file waits for a password: all of them have signed in, have chosen an own "
                    "password or were deleted."
                )
            )
        UserImport.objects.filter(pk=held.pk).update(passwords_handed_out_at=timezone.now())
        customer = held.customer
        details = {FILE: held.file_name, USERS: count}
        record(Deed.PASSWORDS_HANDED_OUT, partner=customer.partner, actor=actor, customer=customer, details=details)
    return _passwords(held)


def _refuse_untimely(user_import: UserImport, seen: datetime | None) -> None:
    if user_import.status in (UserImport.Status.CHECKED, UserImport.Status.CREATING):
        raise Refused(_("The users of this file are not created yet. Passwords can be downloaded when they are."))
    if user_import.passwords_handed_out_at != seen:
        raise Refused(
            _(
                "Passwords of this file were downloaded a moment ago. New ones would end those; if they are needed all "
                "the same, download them again."
            )
        )


def _passwords(user_import: UserImport) -> Iterator[HandedOut]:
    for after in range(0, user_import.total, CHUNK):
        yield from _next_passwords(user_import, after)


def _next_passwords(user_import: UserImport, after: int) -> list[HandedOut]:
    """Passwords for the users of the next rows beyond the row `after`; whoever just signed in keeps the old one."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NEXT, {"user_import": user_import.pk, "after": after, "size": CHUNK})
        people = cursor.fetchall()
        made = [new_temporary_password() for _person in people]
        values: dict[str, Any] = {
            "ids": [user_id for user_id, _name, _address in people],
            "passwords": [hash_temporary_password(password) for password in made],
            "ends": timezone.now() + TEMPORARY_PASSWORD_LIFETIME,
        }
        cursor.execute(_STORE, values)
        stored = {user_id for (user_id,) in cursor.fetchall()}
    handed_out = zip(people, made, strict=True)
    return [HandedOut(name, address, password) for (pk, name, address), password in handed_out if pk in stored]
