"""Pieces for the home page, which lies below this app and knows them by name only. All need `partner`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.template import Context, Library
from django.utils import timezone

from customers.selectors.customers import customers_of
from customers.selectors.overview import added_by_month, newest_customers, uploads_waiting
from partnercenter.partners.roles import Action
from partnercenter.web.keyset import COUNT_LIMIT, count_up_to

register = Library()

AT_MOST: Final = 5  # rows of a card; the page behind it has the rest
RECENTLY: Final = timedelta(days=30)
BAR_WIDTH, BAR_DISTANCE, CHART_HEIGHT = 16, 20, 60  # units of the chart's own coordinates


@dataclass(frozen=True)
class Bar:
    """A month in the chart: how many customers, where the bar begins from the left, and how high it is."""

    month: date
    count: int
    x: int
    height: int

    @property
    def y(self) -> int:
        return CHART_HEIGHT - self.height


@register.simple_tag(takes_context=True)
def has_customers(context: Context) -> bool:
    """Whether the partner has a customer at all."""
    return customers_of(context["partner"]).exists()


@register.inclusion_tag("customers/_count_card.html", takes_context=True)
def customer_count_card(context: Context) -> dict[str, Any]:
    """How many customers there are, counted up to the limit of all lists, and how many are new."""
    customers = customers_of(context["partner"])
    count = count_up_to(customers)
    return {
        "count": min(count, COUNT_LIMIT),
        "is_exact": count <= COUNT_LIMIT,
        "added": min(count_up_to(customers.filter(begun_at__gt=timezone.now() - RECENTLY)), COUNT_LIMIT),
    }


@register.inclusion_tag("customers/_recent.html", takes_context=True)
def recent_customers(context: Context) -> dict[str, Any]:
    """The customers that were added last."""
    return {"customers": newest_customers(context["partner"], AT_MOST)}


@register.inclusion_tag("customers/_over_time.html", takes_context=True)
def customers_over_time(context: Context) -> dict[str, Any]:
    """Customers added in each of the last twelve months, as bars with a table behind them."""
    months = added_by_month(context["partner"], timezone.localdate())
    most = max(count for _, count in months) or 1
    bars = [
        Bar(month, count, index * BAR_DISTANCE, CHART_HEIGHT * count // most)
        for index, (month, count) in enumerate(months)
    ]
    width = BAR_DISTANCE * len(bars)
    return {"bars": bars, "total": sum(count for _, count in months), "width": width, "bar_width": BAR_WIDTH}


@register.inclusion_tag("customers/_waiting_uploads.html", takes_context=True)
def waiting_uploads(context: Context) -> dict[str, Any]:
    """Checked user files that nobody has started, for somebody who may start them."""
    staff = context["staff"]
    may_start = staff.may(Action.MANAGE_USERS)
    return {"uploads": uploads_waiting(staff.partner, AT_MOST) if may_start else []}
