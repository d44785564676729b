"""Questions about the users of a customer. Each begins with a customer that the partner already got."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, UserImport, UserImportRow
from partnercenter.directory.models import User
from partnercenter.web.keyset import Order

# The order of the list; it is an index of the table.
ORDERS = {"name": Order(("display_name", "id"))}


class SignIn(models.TextChoices):
    """Whether a user can sign in, and has."""

    BLOCKED = "blocked", _("Blocked")
    NO_PASSWORD = "no_password", _("No password handed out")
    PASSWORD_ENDED = "password_ended", _("Temporary password ended")
    NEVER = "never", _("Has never signed in")
    PASSWORD_PENDING = "password_pending", _("Must change the password")
    ACTIVE = "active", _("Active")


def sign_in_of(user: User) -> SignIn:
    """How it stands with this user's sign-in: the first thing that keeps the user from working."""
    if user.blocked_at:
        return SignIn.BLOCKED
    if not user.has_usable_password():
        return SignIn.NO_PASSWORD
    if user.password_has_ended():
        return SignIn.PASSWORD_ENDED
    if user.last_login is None:
        return SignIn.NEVER
    return SignIn.PASSWORD_PENDING if user.must_change_password else SignIn.ACTIVE


def users_of(customer: Customer) -> QuerySet[User]:
    """The users of a customer's organization, without deleted ones."""
    return User.objects.filter(tenant_id=customer.tenant_id, deleted_at=None)


def matching_users(users: QuerySet[User], text: str) -> QuerySet[User]:
    """The users in whose name or address every word of `text` occurs, without regard to case."""
    for word in text.split():
        users = users.filter(Q(display_name__icontains=word) | Q(principal_name__icontains=word))
    return users


def created_by(users: QuerySet[User], user_import: UserImport) -> QuerySet[User]:
    """Those of the users that one uploaded file created."""
    created = UserImportRow.objects.filter(user_import=user_import, outcome=UserImportRow.Outcome.CREATED)
    return users.filter(id__in=created.values("user_id"))
