"""What belongs to a plan or an Azure subscription, on its page; and for pages of the app below, which know it by name.

Each card needs `customer`, `limits` and `manage_denied` in the context, as the page has them.
"""

from __future__ import annotations

from typing import Any, Final

from django.template import Context, Library

from customers.models import Customer
from subscriptions.models import Subscription
from subscriptions.selectors.azure import azure_under, roles_of, roles_of_partner, why_no_azure, why_no_roles
from subscriptions.selectors.reservations import reservations_for

register = Library()

AT_MOST: Final = 25  # rows of a card; the page behind it has the rest


@register.inclusion_tag("subscriptions/_azure_of_plan.html", takes_context=True)
def azure_under_plan(context: Context, plan: Subscription) -> dict[str, Any]:
    """The Azure subscriptions under a plan, and how to add one."""
    found = list(azure_under(plan, context["customer"])[: AT_MOST + 1])
    return {
        "customer": context["customer"],
        "plan": plan,
        "found": found[:AT_MOST],
        "more": len(found) > AT_MOST,
        "add_denied": context["manage_denied"] or why_no_azure(context["limits"]),
    }


@register.inclusion_tag("subscriptions/_roles.html", takes_context=True)
def azure_roles(context: Context, azure: Subscription) -> dict[str, Any]:
    """Who may do what in an Azure subscription."""
    found = list(roles_of(azure)[: AT_MOST + 1])
    return {
        "customer": context["customer"],
        "subscription": azure,
        "roles": found[:AT_MOST],
        "more": len(found) > AT_MOST,
        "roles_denied": context["manage_denied"] or why_no_roles(context["limits"]),
    }


@register.inclusion_tag("subscriptions/_my_roles_stay.html")
def azure_roles_stay(account: Customer) -> dict[str, Any]:
    """For the people of a customer: how many Azure roles its partner keeps when its privileges are taken back."""
    return {"account": account, "roles": roles_of_partner(account.partner, account.tenant_id).count()}


@register.inclusion_tag("subscriptions/_reservations_of.html", takes_context=True)
def azure_reservations(context: Context, azure: Subscription) -> dict[str, Any]:
    """The reservations that are for one Azure subscription alone."""
    found = list(reservations_for(azure, context["customer"])[: AT_MOST + 1])
    return {"customer": context["customer"], "found": found[:AT_MOST], "more": len(found) > AT_MOST}
