"""Subscriptions by state and product: a chart that the home page asks for when it is there, and a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from subscriptions.catalog import CATALOG
from subscriptions.models import Subscription
from subscriptions.selectors.overview import by_offer, by_state, counted_by_offer_and_state

BAR_LENGTH: Final = 240  # of the longest one, in units of the chart's own coordinates
SOME: Final = 2  # the length of a bar for so few that nothing would be seen


@dataclass(frozen=True)
class Bar:
    """A line of the chart: how many of something, how long the bar is, and what leads to the list of them."""

    label: str
    count: int
    length: int
    query: str


@allow(Action.SEE_CUSTOMERS)
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """Bars of subscriptions by state and of the most bought products; the bars alone for htmx."""
    counts = counted_by_offer_and_state(request.partner)
    states, products = by_state(counts), by_offer(counts)
    context = {
        "states": _bars("state", states, {state: Subscription.Status(state).label for state in states}),
        "products": _bars("offer", products, {offer: CATALOG[offer].name for offer in products}),
        "bar_length": BAR_LENGTH,
    }
    piece = request.htmx  # type: ignore[attr-defined]
    return render(request, "subscriptions/_overview.html" if piece else "subscriptions/overview.html", context)


def _bars(parameter: str, counts: Mapping[str, int], labels: Mapping[str, object]) -> list[Bar]:
    most = max(counts.values(), default=0) or 1
    return [
        Bar(
            label=str(labels[value]),
            count=count,
            length=max(SOME, BAR_LENGTH * count // most) if count else 0,
            query=urlencode({parameter: value}),
        )
        for value, count in counts.items()
    ]
