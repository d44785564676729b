"""What the home page tells about the customers of a partner."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from customers.models import Customer, UserImport
from customers.selectors.customers import customers_of
from partnercenter.partners.models import Partner

MONTHS: Final = 12


def newest_customers(partner: Partner, count: int) -> QuerySet[Customer]:
    """The customers that were added last."""
    return customers_of(partner).order_by("-begun_at", "-id")[:count]


def added_by_month(partner: Partner, today: date) -> list[tuple[date, int]]:
    """How many customers were added in each of the last twelve months: first day of the month and number.

    Months are those of the reader's time zone; the last one is the month of `today`.
    """
    months = [_month(today, back) for back in reversed(range(MONTHS))]
    begin = timezone.make_aware(datetime.combine(months[0], datetime.min.time()))
    added = customers_of(partner).filter(begun_at__gte=begin).values_list(TruncMonth("begun_at"))
    counts = {moment.date(): count for moment, count in added.annotate(Count("id")).order_by()}
    return [(month, counts.get(month, 0)) for month in months]


def _month(day: date, back: int) -> date:
    """The first day of the month that is `back` months before that of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
    return date(year, month + 1, 1)


def uploads_waiting(partner: Partner, count: int) -> QuerySet[UserImport]:
    """User files that were checked, have good rows, and wait for somebody to start."""
    checked = UserImport.objects.filter(
        customer__partner=partner, customer__ended_at=None, status=UserImport.Status.CHECKED, good__gt=0
    )
    return checked.select_related("customer").defer("content").order_by("-uploaded_at", "-id")[:count]
