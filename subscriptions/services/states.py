"""How the states of many subscriptions change at once, with what belongs to them. Who may do so is asked before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import F

from partnercenter.activity.models import Deed
from partnercenter.directory.models import User
from subscriptions.models import License, Reservation, Subscription
from subscriptions.selectors.families import FOLLOWING, suspended_with
from subscriptions.services.history import record_each

Status = Subscription.Status

DEEDS: Final = {
    Status.SUSPENDED: Deed.SUBSCRIPTION_SUSPENDED,
    Status.EXPIRED: Deed.SUBSCRIPTION_EXPIRED,
    Status.DISABLED: Deed.SUBSCRIPTION_DISABLED,
    Status.DELETED: Deed.SUBSCRIPTION_DELETED,
    Status.CANCELED: Deed.SUBSCRIPTION_CANCELED,
    Status.ACTIVE: Deed.SUBSCRIPTION_REACTIVATED,
}

_TAKE_ALONG: Final = f"""
    WITH RECURSIVE {FOLLOWING}
    UPDATE subscriptions_subscription AS s
    SET status = %(status)s, status_at = f.since, with_parent = true, due_at = NULL, version = s.version + 1
    FROM following AS f WHERE s.id = f.id RETURNING s.id
"""  # noqa: S608 - composed of what the selectors write


def suspend_held(ids: Collection[UUID], *, now: datetime, actor: User | None) -> list[UUID]:
    """Suspend active subscriptions that the caller's transaction holds; what belongs to them goes with them.

    Each keeps its term: the clock disables it at the end. Returns what went with them.
    """
    _update(ids, status=Status.SUSPENDED, status_at=now)
    record_each(ids, Deed.SUBSCRIPTION_SUSPENDED, at=now, actor=actor)
    return take_along(ids, Status.SUSPENDED, actor=actor)


def reactivate_held(ids: Collection[UUID], *, now: datetime, actor: User | None) -> list[UUID]:
    """Make suspended subscriptions active again that are held, and what was suspended with them, which is returned."""
    followers = suspended_with(ids)
    back = [*ids, *followers]
    _update(back, status=Status.ACTIVE, status_at=now, with_parent=False, due_at=F("term_ends_at"))
    record_each(back, Deed.SUBSCRIPTION_REACTIVATED, at=now, actor=actor)
    return followers


def cancel_held(ids: Collection[UUID], *, now: datetime, actor: User | None) -> list[UUID]:
    """Cancel subscriptions that the caller's transaction holds, with all that belongs to them, which is returned."""
    _update(ids, status=Status.CANCELED, status_at=now, due_at=None)
    record_each(ids, Deed.SUBSCRIPTION_CANCELED, at=now, actor=actor)
    end(ids)
    return take_along(ids, Status.CANCELED, actor=actor)


def take_along(ids: Collection[UUID], status: str, *, actor: User | None) -> list[UUID]:
    """What belongs to subscriptions that are no longer active comes into their state, and follows them from now on.

    The caller's transaction holds the whole families. Returns which have followed.
    """
    has_ended = status in Subscription.ENDED
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_ALONG, {"ids": [*ids], "status": status, "has_ended": has_ended})
        following = [pk for (pk,) in cursor.fetchall()]
    record_each(following, DEEDS[Status(status)], at=None, actor=actor)
    if has_ended:
        end(following)
    return following


def end(ids: Collection[UUID]) -> None:
    """What ends with subscriptions: their licenses, and for which subscription a reservation was."""
    License.objects.filter(subscription__in=ids).delete()
    Reservation.objects.filter(azure__in=ids).update(azure=None)


def _update(ids: Collection[UUID], **values: object) -> None:
    Subscription.objects.filter(pk__in=ids).update(version=F("version") + 1, **values)
