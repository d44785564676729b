"""Pieces for the home page and the pages of customers, which lie below this app and know them by name only.

Those of the home page need `partner`, those of a customer's page `customer`.
"""

from __future__ import annotations

from typing import Any, Final

from django.template import Context, Library
from django.utils import timezone
from django.utils.functional import Promise

from customers.models import Customer
from partnercenter.partners.roles import Action
from partnercenter.web.keyset import COUNT_LIMIT
from subscriptions.catalog import offers_in
from subscriptions.models import Subscription
from subscriptions.selectors import overview
from subscriptions.selectors.subscriptions import LIST_LABELS

register = Library()

AT_MOST: Final = 5  # rows of a card; the page behind it has the rest


@register.simple_tag(takes_context=True)
def has_subscriptions(context: Context) -> bool:
    """Whether anything was ever bought through the partner."""
    return overview.has_subscriptions(context["partner"])


@register.inclusion_tag("subscriptions/_count_card.html", takes_context=True)
def subscription_count_card(context: Context) -> dict[str, Any]:
    """How many subscriptions are active, counted up to the limit of all lists."""
    count = overview.count_active(context["partner"])
    return {"count": min(count, COUNT_LIMIT), "is_exact": count <= COUNT_LIMIT}


@register.inclusion_tag("subscriptions/_ending_soon.html", takes_context=True)
def subscriptions_ending_soon(context: Context) -> dict[str, Any]:
    """What will not be active much longer, with the way to the list of it."""
    now = timezone.now()
    found = overview.ending_soon(context["partner"], now, AT_MOST)
    first, last = timezone.localdate(now), timezone.localdate(now + overview.SOON)
    return {"found": found, "period": f"ends_from={first:%Y-%m-%d}&ends_to={last:%Y-%m-%d}"}


@register.inclusion_tag("subscriptions/_customer_card.html", takes_context=True)
def subscriptions_of_customer(context: Context) -> dict[str, Any]:
    """What a customer has, on its account page."""
    customer: Customer = context["customer"]
    holdings = overview.holdings_of(customer)
    return {
        "customer": customer,
        "holdings": holdings,
        "active": [(LIST_LABELS[name], count) for name, count in holdings.active.items()],
        "others": [
            (state, Subscription.Status(state).label, count) for state, count in holdings.others.items() if count
        ],
        "may_buy": context["staff"].may(Action.MANAGE_SUBSCRIPTIONS),
    }


@register.inclusion_tag("subscriptions/_offers_opened.html", takes_context=True)
def offers_opened(context: Context) -> dict[str, list[tuple[str | Promise, int]]]:
    """How many offers of the catalog each special qualification opens in the partner's cloud."""
    needed = [offer.qualification for offer in offers_in(context["customer"].partner.cloud)]
    return {"opened": [(label, needed.count(value)) for value, label in Customer.Qualification.choices]}
