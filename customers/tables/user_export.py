"""The users of a customer as a CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.selectors.users import SignIn, sign_in_of
from partnercenter.directory.countries import country_name
from partnercenter.directory.models import TenantRole, User

_CHUNK: Final = 2_000
# What is written of a user, or tells how it stands with the sign-in.
_COLUMNS: Final = (
    "display_name",
    "first_name",
    "last_name",
    "principal_name",
    "location",
    "role",
    "created_at",
    "last_login",
    "password",
    "must_change_password",
    "password_ends_at",
    "blocked_at",
    "deleted_at",
)

USER_HEADER: Final[tuple[Promise, ...]] = (
    _("Display name"),
    _("First name"),
    _("Last name"),
    _("User name"),
    _("Location"),
    _("Role"),
    _("Sign-in"),
    _("Last sign-in (UTC)"),
    _("Created (UTC)"),
)


def export_user_rows(users: QuerySet[User]) -> Iterator[tuple[object, ...]]:
    """A line for each user, in the language that is active, read with a server-side cursor: any number takes the same
    memory."""
    roles = {value: str(label) for value, label in TenantRole.choices}
    states = {state: str(state.label) for state in SignIn}
    for user in users.only(*_COLUMNS).iterator(chunk_size=_CHUNK):
        yield (
            user.display_name,
            user.first_name,
            user.last_name,
            user.principal_name,
            country_name(user.location),
            roles[user.role],
            states[sign_in_of(user)],
            f"{user.last_login:%Y-%m-%d %H:%M:%S}" if user.last_login else "",
            f"{user.created_at:%Y-%m-%d %H:%M:%S}",
        )
