"""Pieces about licenses on pages of lower apps, which know them by name only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.template import Context, Library

from customers.models import Customer, UserImport
from partnercenter.directory.models import User
from partnercenter.partners.roles import Action, denial
from subscriptions.models import License, Subscription
from subscriptions.selectors.badges import STATE_BADGES
from subscriptions.selectors.licenses import licenses_of, own_licenses

register = Library()


@register.inclusion_tag("subscriptions/_user_licenses.html", takes_context=True)
def user_licenses_card(context: Context, customer: Customer, person: User) -> dict[str, Any]:
    """What a user has through this account, and the way to change it."""
    licenses = _with_badges(licenses_of(customer, person))
    return {"customer": customer, "person": person, "licenses": licenses, "assign_denied": _denied(context)}


@register.inclusion_tag("subscriptions/_my_licenses.html")
def my_licenses_card(person: User) -> dict[str, Any]:
    """What somebody has, through whatever partner."""
    return {"licenses": _with_badges(own_licenses(person))}


@register.inclusion_tag("subscriptions/_licenses_of_selection.html", takes_context=True)
def assign_to_selection(context: Context, customer: Customer) -> dict[str, Any]:
    """The button below the list that changes the licenses of the selected users."""
    return {"request": context["request"], "customer": customer, "assign_denied": _denied(context)}


@register.inclusion_tag("subscriptions/_licenses_of_upload.html", takes_context=True)
def assign_to_upload(context: Context, customer: Customer, user_import: UserImport) -> dict[str, Any]:
    """The way from a file whose users were created to their licenses, all of them in one step."""
    return {"customer": customer, "user_import": user_import, "assign_denied": _denied(context)}


def _with_badges(licenses: Iterable[License]) -> list[tuple[License, str]]:
    """Licenses, each with the kind of badge for the state of its subscription."""
    return [(one, STATE_BADGES[Subscription.Status(one.subscription.status)]) for one in licenses]


def _denied(context: Context) -> str:
    return "" if context["request"].staff.may(Action.ASSIGN_LICENSES) else denial(Action.ASSIGN_LICENSES)
