"""Roles of partner staff, and the one table of who may do what (the product rules, section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from babel.lists import format_list
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _


class Role(models.TextChoices):
    """What a staff member is at the partner; several at once are common."""

    GLOBAL_ADMIN = "global_admin", gettext_lazy("Global admin")
    USER_ADMIN = "user_admin", gettext_lazy("User admin")
    ADMIN_AGENT = "admin_agent", gettext_lazy("Admin agent")
    SALES_AGENT = "sales_agent", gettext_lazy("Sales agent")
    HELPDESK_AGENT = "helpdesk_agent", gettext_lazy("Helpdesk agent")
    BILLING_ADMIN = "billing_admin", gettext_lazy("Billing admin")


class Action(models.TextChoices):
    """What can be done; the label completes the sentence “Only a … can …”."""

    SEE_CUSTOMERS = "see_customers", gettext_lazy("see customers")
    EXPORT = "export", gettext_lazy("export lists")
    ADD_CUSTOMER = "add_customer", gettext_lazy("add customers")
    EDIT_ACCOUNT = "edit_account", gettext_lazy("change account information")
    ATTEST_AGREEMENT = "attest_agreement", gettext_lazy("attest the customer agreement")
    EDIT_TAGS = "edit_tags", gettext_lazy("change tags")
    MANAGE_VIEWS = "manage_views", gettext_lazy("change views of colleagues")
    MANAGE_USERS = "manage_users", gettext_lazy("manage users")
    MANAGE_SUBSCRIPTIONS = "manage_subscriptions", gettext_lazy("buy and change subscriptions")
    ASSIGN_LICENSES = "assign_licenses", gettext_lazy("assign licenses")
    REQUEST_RELATIONSHIP = "request_relationship", gettext_lazy("request relationships")
    REMOVE_RELATIONSHIP = "remove_relationship", gettext_lazy("remove a relationship")
    MANAGE_PARTNERSHIPS = "manage_partnerships", gettext_lazy("begin and remove partnerships")
    MANAGE_TRANSFERS = "manage_transfers", gettext_lazy("request, accept and decline transfers")
    SET_TRANSFER_RULES = "set_transfer_rules", gettext_lazy("say how many persons accept transfers")
    SEE_ACTIVITY = "see_activity", gettext_lazy("see the activity log")


_ADMINS = frozenset({Role.GLOBAL_ADMIN, Role.ADMIN_AGENT})

WHO_MAY: Final[Mapping[Action, frozenset[Role]]] = {
    Action.SEE_CUSTOMERS: frozenset(Role),
    Action.EXPORT: _ADMINS | {Role.SALES_AGENT, Role.BILLING_ADMIN},
    Action.ADD_CUSTOMER: _ADMINS | {Role.USER_ADMIN, Role.SALES_AGENT},
    Action.EDIT_ACCOUNT: _ADMINS | {Role.SALES_AGENT, Role.HELPDESK_AGENT},
    Action.ATTEST_AGREEMENT: _ADMINS | {Role.SALES_AGENT},
    Action.EDIT_TAGS: _ADMINS | {Role.SALES_AGENT},
    Action.MANAGE_VIEWS: _ADMINS,
    Action.MANAGE_USERS: _ADMINS | {Role.USER_ADMIN},
    Action.MANAGE_SUBSCRIPTIONS: _ADMINS | {Role.SALES_AGENT},
    Action.ASSIGN_LICENSES: _ADMINS | {Role.USER_ADMIN, Role.SALES_AGENT, Role.HELPDESK_AGENT},
    Action.REQUEST_RELATIONSHIP: _ADMINS | {Role.SALES_AGENT},
    Action.REMOVE_RELATIONSHIP: _ADMINS,
    Action.MANAGE_PARTNERSHIPS: _ADMINS | {Role.SALES_AGENT},
    Action.MANAGE_TRANSFERS: _ADMINS,
    Action.SET_TRANSFER_RULES: frozenset({Role.GLOBAL_ADMIN}),
    Action.SEE_ACTIVITY: _ADMINS,
}


def allows(roles: Iterable[str], action: Action) -> bool:
    """Whether somebody who has these roles may do this."""
    return not WHO_MAY[action].isdisjoint(roles)


def denial(action: Action) -> str:
    """The sentence for somebody who may not: which roles can, in the reader's language."""
    names = [str(role.label) for role in Role if role in WHO_MAY[action]]
    return capfirst(
        _("Only a %(roles)s can %(action)s. Ask a Global admin of your organization for the role.")
        % {"roles": any_of(names), "action": action.label}
    )


def any_of(names: list[str]) -> str:
    """“a, b or c” in the reader's language."""
    return format_list(names, style="or", locale=to_locale(get_language() or "en"))
