"""How the states of many subscriptions change at once, with what belongs to them. Who may do so is asked before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F, Q

from partnercenter.activity.models import Deed
from partnercenter.directory.models import User
from subscriptions.models import License, Reservation, Subscription
from subscriptions.selectors.subscriptions import not_ended
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


def suspend_held(ids: Collection[UUID], *, now: datetime, actor: User | None) -> None:
    """Suspend active subscriptions that the caller's transaction holds; what belongs to them goes with them.

    Each keeps its term: the clock disables it at the end.
    """
    _update(ids, status=Status.SUSPENDED, status_at=now)
    record_each(ids, Deed.SUBSCRIPTION_SUSPENDED, at=now, actor=actor)
    take_along(ids, Status.SUSPENDED, actor=actor)


def reactivate_held(ids: Collection[UUID], *, now: datetime, actor: User | None) -> None:
    """Make suspended subscriptions active again that are held, and what was suspended with them."""
    children = Subscription.objects.filter(parent__in=ids, with_parent=True, status=Status.SUSPENDED)
    back = [*ids, *children.order_by("pk").select_for_update().values_list("pk", flat=True)]
    Subscription.objects.filter(pk__in=back).update(
        status=Status.ACTIVE, status_at=now, with_parent=False, due_at=F("term_ends_at"), version=F("version") + 1
    )
    record_each(back, Deed.SUBSCRIPTION_REACTIVATED, at=now, actor=actor)


def cancel_held(ids: Collection[UUID], *, now: datetime, actor: User | None) -> None:
    """Cancel subscriptions that the caller's transaction holds, with all that belongs to them."""
    _update(ids, status=Status.CANCELED, status_at=now, due_at=None)
    record_each(ids, Deed.SUBSCRIPTION_CANCELED, at=now, actor=actor)
    end(ids)
    take_along(ids, Status.CANCELED, actor=actor)


def take_along(ids: Collection[UUID], status: str, *, actor: User | None) -> list[UUID]:
    """What belongs to subscriptions that are no longer active comes into their state, and follows them from now on.

    Of what has not ended, an active or following one; all of them where the parent has ended. Returns which.
    """
    children = Subscription.objects.filter(not_ended(), parent__in=ids)
    if status not in Subscription.ENDED:
        children = children.filter(Q(status=Status.ACTIVE) | Q(with_parent=True))
    found = list(children.order_by("pk").select_for_update(of=("self",)).values_list("pk", "parent__status_at"))
    for moment in {moment for _pk, moment in found}:
        _update(
            [pk for pk, since in found if since == moment],
            status=status, status_at=moment, with_parent=True, due_at=None,
        )  # fmt: skip
    following = [pk for pk, _moment in found]
    record_each(following, DEEDS[Status(status)], at=None, actor=actor)
    if status in Subscription.ENDED:
        end(following)
    return following


def end(ids: Collection[UUID]) -> None:
    """What ends with subscriptions: their licenses, and for which subscription a reservation was."""
    License.objects.filter(subscription__in=ids).delete()
    Reservation.objects.filter(azure__in=ids).update(azure=None)


def _update(ids: Collection[UUID], **values: object) -> None:
    Subscription.objects.filter(pk__in=ids).update(version=F("version") + 1, **values)
