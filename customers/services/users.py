"""Changing one user of a customer: names, role, password."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from customers.models import Customer
from customers.selectors.users import is_last_admin, people_of_partners, users_of
from customers.services.holding import organization_held
from partnercenter.activity.models import Deed
from partnercenter.activity.services import changes, record
from partnercenter.directory.models import TenantRole, User
from partnercenter.directory.passwords import new_temporary_password, with_temporary_password
from partnercenter.errors import Refused

# What of a user can be changed, under the words of the log; they are translated when it is read.
EDITABLE: Final[Mapping[str, str]] = {
    "display_name": gettext_noop("Display name"),
    "first_name": gettext_noop("First name"),
    "last_name": gettext_noop("Last name"),
    "location": gettext_noop("Location"),
    "role": gettext_noop("Role"),
}
USER: Final = gettext_noop("User")

_END_SESSIONS: Final = "DELETE FROM usersessions_usersession WHERE user_id = ANY (%s::uuid[]) RETURNING session_key"

# Why somebody is left as they are.
LAST_ADMIN: Final = gettext_lazy(
    "%(name)s is the last Global admin of this customer who can sign in. Make somebody else a Global admin first."
)
OF_A_PARTNER: Final = gettext_lazy("This person works for a partner. Their organization looks after them, nobody else.")
DELETED_MEANWHILE: Final = gettext_lazy("This user was deleted a moment ago. Restore the user first.")


def edit_user(customer: Customer, user: User, values: Mapping[str, str], *, seen: str, actor: User) -> bool:
    """Save new values of a user; returns whether anything is different now.

    `values` maps names of `EDITABLE` to checked values, `seen` is the `version_of` the user that the person saw.
    Raises `Refused` when somebody else changed the user since, and where the customer would lose its last global admin.
    """
    with _held(customer, user) as held:
        if version_of(held) != seen:
            raise Refused(_("Somebody else changed this user a moment ago. Look at the user again before you save."))
        changed = changes({name: getattr(held, name) for name in EDITABLE}, values)
        if "role" in changed:
            _refuse_without_admin(customer, held)
        for name, (_old, value) in changed.items():
            setattr(held, name, value)
        if changed:
            held.save(update_fields=list(changed))
            told = {EDITABLE[name]: _told(name, pair) for name, pair in changed.items()}
            _record(Deed.USER_EDITED, customer, held, actor, told)
    return bool(changed)


def version_of(user: User) -> str:
    """A short text that is another one as soon as anything of `EDITABLE` is."""
    return _fingerprint([getattr(user, name) for name in EDITABLE])


def password_version_of(user: User) -> str:
    """A short text that is another one as soon as the user has another password; it does not tell the password."""
    return _fingerprint([user.password])


def _fingerprint(values: list[str]) -> str:
    return salted_hmac("version of a user", "\n".join(values), algorithm="sha256").hexdigest()[:32]


def _told(name: str, pair: list[str]) -> list[str]:
    """Old and new value for the log, roles by their English names."""
    with translation.override("en"):
        return [str(TenantRole(value).label) for value in pair] if name == "role" else pair


def reset_password(customer: Customer, user: User, *, seen: str, actor: User) -> str:
    """Give a user a new temporary password, which nobody can read again; what they had before ends, sessions too.

    `seen` is the `password_version_of` the user that the person saw: of two people or two clicks at once the second
    is refused, since it would end what the first one got.
    """
    with _held(customer, user) as held:
        if password_version_of(held) != seen:
            raise Refused(_("The password of this user was changed a moment ago. Reset it again if that is needed."))
        password = new_temporary_password()
        end_sessions([held.pk])
        values = with_temporary_password(password)
        for name, value in values.items():
            setattr(held, name, value)
        held.save(update_fields=list(values))
        _record(Deed.PASSWORD_RESET, customer, held, actor)
    return password


@contextmanager
def _held(customer: Customer, user: User) -> Iterator[User]:
    """A user held for one transaction, and the organization with them: two admins do not go at the same time.

    Raises `Refused` for somebody who is no user of the customer any more, and for staff of a partner.
    """
    with organization_held(customer):
        held = users_of(customer).select_for_update(no_key=True).filter(pk=user.pk).first()
        if held is None:
            raise Refused(DELETED_MEANWHILE)
        if User.objects.filter(people_of_partners(), pk=held.pk).exists():
            raise Refused(OF_A_PARTNER)
        yield held


def _refuse_without_admin(customer: Customer, user: User) -> None:
    if is_last_admin(customer, user):
        raise Refused(LAST_ADMIN % {"name": user.display_name})


def end_sessions(user_ids: Collection[UUID]) -> None:
    """Sign people out everywhere, for good: nothing comes back when they may sign in again."""
    with connection.cursor() as cursor:
        cursor.execute(_END_SESSIONS, [[*user_ids]])
        keys = [key for (key,) in cursor.fetchall()]
    if keys:
        Session.objects.filter(session_key__in=keys).delete()


def _record(deed: Deed, customer: Customer, user: User, actor: User, details: Mapping[str, Any] | None = None) -> None:
    told = {USER: user.principal_name, **(details or {})}
    record(deed, partner=customer.partner, actor=actor, customer=customer, details=told)
