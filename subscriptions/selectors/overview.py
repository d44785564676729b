"""What the home page and the account page tell about subscriptions; what is asked does not grow with their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.db.models import Count, Min, Q, QuerySet

from customers.models import Customer
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import COUNT_LIMIT
from subscriptions.models import Subscription
from subscriptions.selectors.subscription_list import Wanted, found_of_partner
from subscriptions.selectors.subscriptions import LISTS, subscriptions_of, subscriptions_of_partner

Status = Subscription.Status

# How far ahead “soon” is.
SOON: Final = timedelta(days=30)
# The states a chart tells apart, and how many products it shows.
STATES: Final = (Status.ACTIVE, Status.SUSPENDED, Status.EXPIRED, Status.DISABLED)
PRODUCTS: Final = 8
# Seconds that counts are kept if there are more than `COUNT_LIMIT`: they take a while, and a few more change no chart.
KEPT: Final = 600

# By offer and state.
Counts = dict[tuple[str, str], int]


def has_subscriptions(partner: Partner) -> bool:
    """Whether anything was ever bought through a partner."""
    return subscriptions_of_partner(partner).exists()


def count_active(partner: Partner) -> int:
    """How many subscriptions are active, counted to one more than `COUNT_LIMIT` at most."""
    return found_of_partner(partner, Wanted(state=Status.ACTIVE)).count(COUNT_LIMIT)


def counted_by_offer_and_state(partner: Partner) -> Counts:
    """How many subscriptions there are of each offer in each of `STATES`.

    One grouping of all of them: at a million it takes a second, and any way to count the offers one by one longer.
    """
    key = f"subscriptions-by-offer-and-state:{partner.pk}"
    counts: Counts | None = cache.get(key)
    if counts is None:
        rows = subscriptions_of_partner(partner).filter(status__in=STATES).order_by().values("offer_id", "status")
        counts = {(row["offer_id"], row["status"]): row["count"] for row in rows.annotate(count=Count("pk"))}
        if sum(counts.values()) > COUNT_LIMIT:
            cache.set(key, counts, KEPT)
    return counts


def by_state(counts: Counts) -> dict[str, int]:
    """How many there are in each of `STATES`."""
    return {state: sum(count for (_offer, other), count in counts.items() if other == state) for state in STATES}


def by_offer(counts: Counts) -> dict[str, int]:
    """How many there are of the most bought offers, the most bought one first."""
    sums: Counter[str] = Counter()
    for (offer, _state), count in counts.items():
        sums[offer] += count
    return dict(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))[:PRODUCTS])


def ending_soon(partner: Partner, now: datetime, count: int) -> list[Subscription]:
    """What will not be active much longer, the first one to end first: at most `count`.

    What ends with its term as it is not renewed or suspended, and what has expired and will be disabled.
    """
    alone = subscriptions_of_partner(partner).filter(with_parent=False).select_related("customer")
    ends = alone.filter(_ends_with_its_term(), term_ends_at__gte=now, term_ends_at__lt=now + SOON)
    expired = alone.filter(status=Status.EXPIRED, due_at__isnull=False).order_by("due_at", "id")
    found = [*ends.order_by("term_ends_at", "id")[:count], *expired[:count]]
    return sorted(found, key=lambda one: (one.due_at or now, one.pk))[:count]


def _ends_with_its_term() -> Q:
    # The first condition is that of the index by the end of the term.
    at_an_end = Q(term_ends_at__isnull=False, status__in=[Status.ACTIVE, Status.SUSPENDED])
    return at_an_end & (Q(status=Status.SUSPENDED) | Q(auto_renew=False))


@dataclass(frozen=True)
class Holdings:
    """What one customer has: active ones by list, others by state, and when the next term of an active one ends."""

    active: Mapping[str, int]
    others: Mapping[str, int]
    next_end: datetime | None

    @property
    def has_any(self) -> bool:
        """Whether there is anything that has not ended."""
        return any(self.active.values()) or any(self.others.values())


def holdings_of(customer: Customer) -> Holdings:
    """What a customer has by now, as this account sees it."""
    rows = list(_counted(subscriptions_of(customer)))
    return Holdings(
        active={
            name: sum(count for kind, status, count, _end in rows if status == Status.ACTIVE and kind in kinds)
            for name, kinds in LISTS.items()
        },
        others={state: sum(count for _kind, status, count, _end in rows if status == state) for state in STATES[1:]},
        next_end=min((end for _kind, status, _count, end in rows if status == Status.ACTIVE and end), default=None),
    )


def _counted(subscriptions: QuerySet[Subscription]) -> QuerySet[Subscription, tuple[str, str, int, datetime | None]]:
    counts = subscriptions.filter(status__in=STATES).order_by().values("kind", "status")
    return counts.annotate(count=Count("pk"), end=Min("term_ends_at")).values_list("kind", "status", "count", "end")
