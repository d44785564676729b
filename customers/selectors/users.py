"""Questions about the users of a customer. Each begins with a customer that the partner already got."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, UserImport, UserImportRow
from partnercenter.directory.models import TenantRole, User
from partnercenter.partners.models import Staff
from partnercenter.web.keyset import Order
from partnercenter.web.searching import Searched

# How long a deleted user can be restored (the product rules, section 10).
KEPT_FOR: Final = timedelta(days=30)

# The orders of the list by the words of `sort=`; each is an index of the table.
ORDERS: Final[Mapping[str, Order]] = {
    "name": Order(("name_key", "id")),
    "address": Order(("principal_name", "id")),
    "created": Order(("created_at", "id")),
}
DELETED_ORDERS: Final[Mapping[str, Order]] = {"name": ORDERS["name"]}


class SignIn(models.TextChoices):
    """Whether a user can sign in, and has."""

    DELETED = "deleted", _("Deleted")
    BLOCKED = "blocked", _("Blocked")
    NO_PASSWORD = "no_password", _("No password handed out")
    PASSWORD_ENDED = "password_ended", _("Temporary password ended")
    NEVER = "never", _("Has never signed in")
    PASSWORD_PENDING = "password_pending", _("Must change the password")
    ACTIVE = "active", _("Active")


# What is asked of a user in this order; the first answer that is yes tells the state, after the last one it is active.
_KEEPS_FROM_WORK: Final = (
    (SignIn.DELETED, Q(deleted_at__isnull=False)),
    (SignIn.BLOCKED, Q(blocked_at__isnull=False)),
    (SignIn.NO_PASSWORD, Q(password__startswith="!")),  # noqa: S106
    (SignIn.PASSWORD_ENDED, None),
    (SignIn.NEVER, Q(last_login=None)),
    (SignIn.PASSWORD_PENDING, Q(must_change_password=True)),
)


def sign_in_of(user: User) -> SignIn:
    """How it stands with this user's sign-in: the first thing that keeps the user from working."""
    if user.deleted_at:
        return SignIn.DELETED
    if user.blocked_at:
        return SignIn.BLOCKED
    if not user.has_usable_password():
        return SignIn.NO_PASSWORD
    if user.password_has_ended():
        return SignIn.PASSWORD_ENDED
    if user.last_login is None:
        return SignIn.NEVER
    return SignIn.PASSWORD_PENDING if user.must_change_password else SignIn.ACTIVE


def signs_in_as(state: SignIn) -> Q:
    """The condition for users of whom `sign_in_of` says this."""
    found, now = Q(), timezone.now()
    for word, condition in _KEEPS_FROM_WORK:
        asked = Q(password_ends_at__isnull=False, password_ends_at__lt=now) if condition is None else condition
        if word == state:
            return found & asked
        found &= ~asked
    return found


def can_sign_in() -> Q:
    """The condition for users whom nothing keeps from signing in: a password there is, and nobody stopped them."""
    ended = Q(password_ends_at__isnull=False, password_ends_at__lt=timezone.now())
    return Q(deleted_at=None, blocked_at=None) & ~Q(password__startswith="!") & ~ended  # noqa: S106


def is_last_admin(customer: Customer, user: User) -> bool:
    """Whether this is the one global admin of a customer who can sign in."""
    admins = users_of(customer).filter(can_sign_in(), role=TenantRole.GLOBAL_ADMIN)
    return set(admins.values_list("pk", flat=True)[:2]) == {user.pk}


def people_of_partners() -> Q:
    """The condition for people whom their own organization looks after, nobody else: staff, and operators."""
    return Q(is_superuser=True) | Q(Exists(Staff.objects.filter(user=OuterRef("pk"), removed_at=None)))


def by_keys(ids: Collection[UUID]) -> QuerySet[User]:
    """Users by their keys alone, however many.

    Ask whatever else of them as annotations: with a further condition the database, as long as it has no statistics of
    users who were just created, reads all users of the organization to find a few. The ids go as one value, since
    Django takes longer to write down thousands of them than the database to find them.
    """
    return User.objects.filter(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [[*ids]]))


def names_of(customer: Customer, ids: Collection[UUID]) -> list[str]:
    """The user names of a few, deleted or not, of the customer's organization."""
    return list(
        by_keys(ids)
        .filter(tenant_id=customer.tenant_id)
        .order_by("name_key", "id")
        .values_list("principal_name", flat=True)
    )


def present(customer: Customer) -> Q:
    """The condition for users of a customer's organization who are not deleted."""
    return Q(tenant_id=customer.tenant_id, deleted_at=None)


def known(customer: Customer) -> Q:
    """The condition for users of a customer's organization, with the deleted ones that can be restored."""
    return Q(tenant_id=customer.tenant_id) & (Q(deleted_at=None) | Q(deleted_at__gt=timezone.now() - KEPT_FOR))


def users_of(customer: Customer) -> QuerySet[User]:
    """The users of a customer's organization, without deleted ones."""
    return User.objects.filter(present(customer))


def deleted_users_of(customer: Customer) -> QuerySet[User]:
    """Those that were deleted and can still be restored."""
    kept = Q(deleted_at__isnull=False, deleted_at__gt=timezone.now() - KEPT_FOR)
    return User.objects.filter(kept, tenant_id=customer.tenant_id)


def known_users_of(customer: Customer) -> QuerySet[User]:
    """The users of a customer's organization, with the deleted ones that can be restored."""
    return User.objects.filter(known(customer))


def has_user(customer: Customer, user_id: UUID | str) -> bool:
    """Whether the user with this id exists in a customer's organization, be it as a deleted one."""
    return User.objects.filter(tenant_id=customer.tenant_id, pk=user_id).exists()


def kept_until(user: User) -> datetime | None:
    """Until when a deleted user can be restored; None for one that is not deleted."""
    return user.deleted_at + KEPT_FOR if user.deleted_at else None


def created_by(users: QuerySet[User], user_import: UserImport) -> QuerySet[User]:
    """Those of the users that one uploaded file created."""
    created = UserImportRow.objects.filter(user_import=user_import, outcome=UserImportRow.Outcome.CREATED)
    return users.filter(id__in=created.values("user_id"))


class UsersFound(Searched[User]):
    """Users in whose names or addresses all words of a text occur, and who meet the conditions of a filter.

    `users` is what the text is searched in, `narrowed` the same users with further conditions.
    """

    def __init__(self, users: QuerySet[User], text: str = "", *, narrowed: QuerySet[User] | None = None) -> None:
        super().__init__(users, text, order=ORDERS["name"], narrowed=narrowed)
