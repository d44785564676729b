"""Questions about changes of many subscriptions: what one will do, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, QuerySet, Sum

from partnercenter.partners.models import Partner
from subscriptions.catalog import CATALOG
from subscriptions.models import Subscription, SubscriptionChange, SubscriptionChangeItem
from subscriptions.selectors.families import family_of

Act = SubscriptionChange.Act
Status = Subscription.Status


@dataclass(frozen=True)
class Forecast:
    """What a change of chosen subscriptions will do as they are now, in numbers of subscriptions.

    `changing` will have another state, `same` are like that already, `left` cannot be changed. `children` belong to
    those that change, were not chosen, and go along. Of those that change `billed` are of new commerce, which goes on
    to be billed while suspended, and `assigned` licenses are in use.
    """

    changing: int = 0
    same: int = 0
    left: int = 0
    children: int = 0
    billed: int = 0
    assigned: int = 0

    @property
    def unbilled(self) -> int:
        """How many are legacy offers, whose billing stops while they are suspended."""
        return self.changing - self.billed


# Which state an act changes, and into which.
STEPS: Mapping[str, tuple[str, str]] = {
    Act.SUSPEND: (Status.ACTIVE, Status.SUSPENDED),
    Act.REACTIVATE: (Status.SUSPENDED, Status.ACTIVE),
}


def forecast_of(chosen: QuerySet[Subscription], act: str) -> Forecast:
    """What an act that changes states will do with subscriptions."""
    before, after = STEPS[act]
    found = chosen.order_by().values_list("status", "offer_id").annotate(count=Count("pk"), seats=Sum("assigned"))
    numbers, billed, assigned = Counter[str](), 0, 0
    for status, offer_id, count, seats in found:
        numbers[status] += count
        if status == before:
            assigned += seats
            billed += count if CATALOG[offer_id].new_commerce else 0
    return Forecast(
        changing=numbers[before],
        same=numbers[after],
        left=numbers.total() - numbers[before] - numbers[after],
        children=_going_along(chosen, act),
        billed=billed,
        assigned=assigned,
    )


# What was not chosen, but belongs to something that was, and changes with it.
_GOING_ALONG: Final = """
    WITH RECURSIVE following AS (
        SELECT c.id FROM subscriptions_subscription AS c
        WHERE c.parent_id IN ({changing}) AND c.status = %s AND (c.with_parent OR %s)
        UNION
        SELECT c.id FROM following AS f JOIN subscriptions_subscription AS c ON c.parent_id = f.id
        WHERE c.status = %s AND (c.with_parent OR %s)
    )
    SELECT count(*) FROM following WHERE id NOT IN ({chosen})
"""


def _going_along(chosen: QuerySet[Subscription], act: str) -> int:
    """How many were not chosen, but belong to some that were and change with them."""
    before, _after = STEPS[act]
    rows = chosen.order_by().values("pk")
    try:
        changing, changing_params = rows.filter(status=before).query.sql_with_params()
        every, every_params = rows.query.sql_with_params()
    except EmptyResultSet:
        return 0
    asked: list[Any] = [before, act == Act.SUSPEND]
    with connection.cursor() as cursor:
        sql = _GOING_ALONG.format(changing=changing, chosen=every)
        cursor.execute(sql, [*changing_params, *asked, *asked, *every_params])
        [(count,)] = cursor.fetchall()
    return int(count)


def changes_of(partner: Partner) -> QuerySet[SubscriptionChange]:
    """The changes that a partner has asked for."""
    return SubscriptionChange.objects.filter(partner=partner).select_related(
        "job", "customer", "reseller__tenant", "requested_by"
    )


def outcomes_of(change: SubscriptionChange) -> dict[str, int]:
    """How many subscriptions of a change have each outcome; those that none has are not there."""
    return dict(change.items.values_list("outcome").annotate(count=Count("pk")).order_by())


def items_of(change: SubscriptionChange, *, left: bool = False) -> QuerySet[SubscriptionChangeItem]:
    """The subscriptions of a change in the order in which they are visited; only those that were `left`."""
    items = change.items.select_related("subscription__customer")
    return items.filter(outcome__in=SubscriptionChangeItem.LEFT) if left else items


def done_by(change: SubscriptionChange) -> QuerySet[SubscriptionChangeItem, UUID]:
    """The ids of those that a change has changed."""
    items = change.items.filter(outcome=SubscriptionChangeItem.Outcome.DONE)
    return items.values_list("subscription_id", flat=True)


def is_waiting(change: SubscriptionChange) -> bool:
    """Whether something of a change waits."""
    return _waiting(change).exists()


def next_waiting(change: SubscriptionChange, limit: int) -> list[UUID]:
    """The next subscriptions of a change that wait: at most so many, and nothing together with what it belongs to."""
    ids = list(_waiting(change).order_by("pk").values_list("subscription_id", flat=True)[:limit])
    below = family_of(ids)
    return [pk for pk in ids if pk not in below]


def _waiting(change: SubscriptionChange) -> QuerySet[SubscriptionChangeItem]:
    return change.items.filter(outcome=SubscriptionChangeItem.Outcome.WAITING)
