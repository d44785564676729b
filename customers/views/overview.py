"""Customers over time: a chart that the home page asks for when it is there, and a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.selectors.overview import MONTH_LIMIT, added_by_month
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action

BAR_WIDTH, BAR_DISTANCE, CHART_HEIGHT = 16, 20, 60  # units of the chart's own coordinates
SOME: Final = 1  # the height of a bar for so few that nothing would be seen


@dataclass(frozen=True)
class Bar:
    """A month in the chart: how many customers, where the bar begins from the left, and how high it is."""

    month: date
    count: int
    is_exact: bool
    x: int
    height: int

    @property
    def y(self) -> int:
        return CHART_HEIGHT - self.height


@allow(Action.SEE_CUSTOMERS)
@require_safe
def over_time(request: StaffRequest) -> HttpResponse:
    """Customers added in each of the last twelve months, as bars with a table behind them; the chart alone for htmx."""
    months = added_by_month(request.partner, timezone.localdate())
    most = max(count for _, count in months) or 1
    bars = [_bar(index, month, count, most) for index, (month, count) in enumerate(months)]
    context = {
        "bars": bars,
        "total": sum(bar.count for bar in bars),
        "is_exact": all(bar.is_exact for bar in bars),
        "width": BAR_DISTANCE * len(bars),
        "bar_width": BAR_WIDTH,
    }
    piece = request.htmx  # type: ignore[attr-defined]
    return render(request, "customers/_over_time.html" if piece else "customers/over_time.html", context)


def _bar(index: int, month: date, count: int, most: int) -> Bar:
    height = max(SOME, CHART_HEIGHT * count // most) if count else 0
    return Bar(month, min(count, MONTH_LIMIT), count <= MONTH_LIMIT, index * BAR_DISTANCE, height)
