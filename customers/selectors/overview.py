"""What the home page tells about the customers of a partner; what is asked does not grow with their number."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import pairwise
from typing import Final

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from customers.models import Customer, UserImport
from customers.selectors.customers import ORDERS, customers_of
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import COUNT_LIMIT, count_up_to

MONTHS: Final = 12
# The customers of a month are counted up to here, as far as a glance at a chart can tell months apart.
MONTH_LIMIT: Final = 100_000
# Seconds that counts beyond `COUNT_LIMIT` are kept: they take a while, and a few more change no chart.
KEPT: Final = 600


def newest_customers(partner: Partner, count: int) -> list[Customer]:
    """The customers that were added last."""
    return list(ORDERS["added"].reversed().sort(customers_of(partner))[:count])


def added_by_month(partner: Partner, today: date) -> list[tuple[date, int]]:
    """How many customers were added in each of the last twelve months: first day of the month and number.

    Months are those of the reader's time zone; the last one is the month of `today`. Numbers above `MONTH_LIMIT`
    mean “or more”.
    """
    months = [_month(today, back) for back in reversed(range(-1, MONTHS))]
    key = f"added-by-month:{partner.pk}:{months[0]}:{timezone.get_current_timezone_name()}"
    counts = cache.get(key)
    if counts is None:
        counts = [_added_between(partner, first, last) for first, last in pairwise(months)]
        if sum(counts) > COUNT_LIMIT:
            cache.set(key, counts, KEPT)
    return list(zip(months, counts, strict=False))


def _added_between(partner: Partner, first: date, last: date) -> int:
    """How many customers were added from one day on and before another one."""
    begin, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first, last))
    return count_up_to(customers_of(partner).filter(begun_at__gte=begin, begun_at__lt=end), MONTH_LIMIT)


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
