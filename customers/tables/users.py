"""The users of a customer."""

from __future__ import annotations

from datetime import UTC
from typing import ClassVar

import django_tables2
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from customers.selectors.users import DELETED_ORDERS, ORDERS, SignIn, UsersFound, kept_until, sign_in_of
from partnercenter.directory.countries import country_name
from partnercenter.partners.access import StaffRequest
from partnercenter.partners.roles import Action
from partnercenter.web.tables import Table

# The kind of badge for each state.
BADGES = {
    SignIn.DELETED: "bad",
    SignIn.BLOCKED: "bad",
    SignIn.NO_PASSWORD: "plain",
    SignIn.PASSWORD_ENDED: "warn",
    SignIn.NEVER: "info",
    SignIn.PASSWORD_PENDING: "warn",
    SignIn.ACTIVE: "good",
}


class SelectableUsers(Table):
    """Users, of whom those may select some who may do something with them."""

    selected_for: ClassVar[tuple[Action, ...]] = (Action.MANAGE_USERS,)

    def __init__(self, users: UsersFound, request: StaffRequest) -> None:
        self.may_select = any(request.staff.may(action) for action in self.selected_for)
        super().__init__(users, request, exclude=[] if self.may_select else ["select"])


class UserTable(SelectableUsers):
    """Who works at a customer, and whether they can sign in."""

    row_template = "customers/_user_row.html"
    orders = ORDERS
    default_order = "name"
    caption: ClassVar = _("Users")
    selected_for = (Action.MANAGE_USERS, Action.ASSIGN_LICENSES)

    select = django_tables2.Column(verbose_name=_("Select"))
    name = django_tables2.Column(verbose_name=_("Display name"))
    address = django_tables2.Column(verbose_name=_("User name"))
    location = django_tables2.Column(verbose_name=_("Location"))
    role = django_tables2.Column(verbose_name=_("Role"))
    created = django_tables2.Column(verbose_name=_("Created on"))
    sign_in = django_tables2.Column(verbose_name=_("Sign-in"))

    def __init__(self, users: UsersFound, request: StaffRequest) -> None:
        super().__init__(users, request)
        for user in self.records:
            user.country = country_name(user.location)
            user.created_exactly = f"{date_format(user.created_at.astimezone(UTC), 'SHORT_DATETIME_FORMAT')} UTC"
            user.sign_in = sign_in_of(user)
            user.sign_in_badge = BADGES[user.sign_in]


class DeletedUserTable(SelectableUsers):
    """Who was deleted, and until when that can be undone."""

    row_template = "customers/_deleted_user_row.html"
    orders = DELETED_ORDERS
    default_order = "name"
    caption: ClassVar = _("Deleted users")

    select = django_tables2.Column(verbose_name=_("Select"))
    name = django_tables2.Column(verbose_name=_("Display name"))
    address = django_tables2.Column(verbose_name=_("User name"))
    role = django_tables2.Column(verbose_name=_("Role"))
    deleted = django_tables2.Column(verbose_name=_("Deleted on"))
    kept_until = django_tables2.Column(verbose_name=_("Can be restored until"))

    def __init__(self, users: UsersFound, request: StaffRequest) -> None:
        super().__init__(users, request)
        for user in self.records:
            user.kept_until = kept_until(user)
