"""Pieces for the home page, which lies below this app and knows them by name only. All need `partner`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.template import Context, Library
from django.utils import timezone

from customers.selectors.customers import customers_of
from customers.selectors.overview import newest_customers, uploads_waiting
from partnercenter.partners.roles import Action
from partnercenter.web.keyset import COUNT_LIMIT, count_up_to

register = Library()

AT_MOST: Final = 5  # rows of a card; the page behind it has the rest
RECENTLY: Final = timedelta(days=30)


@register.simple_tag(takes_context=True)
def has_customers(context: Context) -> bool:
    """Whether the partner has a customer at all."""
    return bool(newest_customers(context["partner"], 1))  # by an index, whatever there is of others


@register.inclusion_tag("customers/_count_card.html", takes_context=True)
def customer_count_card(context: Context) -> dict[str, Any]:
    """How many customers there are, counted up to the limit of all lists, and how many are new, likewise."""
    customers = customers_of(context["partner"])
    count, added = count_up_to(customers), count_up_to(customers.filter(begun_at__gt=timezone.now() - RECENTLY))
    return {
        "count": min(count, COUNT_LIMIT),
        "is_exact": count <= COUNT_LIMIT,
        "added": min(added, COUNT_LIMIT),
        "added_is_exact": added <= COUNT_LIMIT,
    }


@register.inclusion_tag("customers/_recent.html", takes_context=True)
def recent_customers(context: Context) -> dict[str, Any]:
    """The customers that were added last."""
    return {"customers": newest_customers(context["partner"], AT_MOST)}


@register.inclusion_tag("customers/_waiting_uploads.html", takes_context=True)
def waiting_uploads(context: Context) -> dict[str, Any]:
    """Checked user files that nobody has started, for somebody who may start them."""
    staff = context["staff"]
    may_start = staff.may(Action.MANAGE_USERS)
    return {"uploads": uploads_waiting(staff.partner, AT_MOST) if may_start else []}
