"""What has become of a purchase by now: the steps that the clock would have taken, taken at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from subscriptions.catalog.terms import end_of_term
from subscriptions.models import Subscription

Status = Subscription.Status


def live_on(one: Subscription, now: datetime, *, renewals: int | None = None) -> None:
    """Renew a subscription that has no parent as often as it was due by `now`, and end it where it was not.

    After `renewals` somebody switched off that it renews automatically; nobody did where that is None.
    """
    one.auto_renew = one.auto_renew and renewals is None
    while one.term_ends_at and one.term_ends_at <= now and (one.auto_renew or one.terms <= (renewals or 0)):
        renew(one)
    if one.terms <= (renewals or 0):
        raise ValueError(f"{one} has not been renewed {renewals} times by {now}")
    if one.term_ends_at and one.term_ends_at <= now:
        _lapse(one, now)


def renew(one: Subscription) -> None:
    """Begin the next term of a subscription."""
    assert one.term_ends_at is not None  # noqa: S101 - only what has a term is renewed
    one.terms += 1
    one.term_begun_at = one.term_ends_at
    one.term_ends_at = one.due_at = end_of_term(one.begun_at, one.term, one.terms)


def _lapse(one: Subscription, now: datetime) -> None:
    """Expire at the end of the term, and go on from there until `now`."""
    _step(one, Status.EXPIRED, Subscription.EXPIRED_FOR)
    if _is_due(one, now):
        _step(one, Status.DISABLED, Subscription.DISABLED_FOR)
    if _is_due(one, now):
        _step(one, Status.DELETED, None)


def _is_due(one: Subscription, now: datetime) -> bool:
    return one.due_at is not None and one.due_at <= now


def _step(one: Subscription, status: Status, length: timedelta | None) -> None:
    assert one.due_at is not None  # noqa: S101 - what has ended takes no step
    one.status, one.status_at = status, one.due_at
    one.due_at = one.due_at + length if length else None


def suspend(one: Subscription, at: datetime) -> None:
    """Somebody suspended it at a moment of its term."""
    one.status, one.status_at = Status.SUSPENDED, at


def cancel(one: Subscription, at: datetime) -> None:
    """Somebody canceled it."""
    one.status, one.status_at, one.due_at = Status.CANCELED, at, None


def follow(one: Subscription, parent: Subscription) -> None:
    """What extends something has its terms, and is in its state."""
    if one.term and parent.term:
        ends = [end_of_term(parent.begun_at, parent.term, number) for number in range(1, parent.terms)]
        one.terms = 1 + sum(end > one.begun_at for end in ends)
        one.term_begun_at = max(one.begun_at, parent.term_begun_at)
        one.term_ends_at = one.due_at = parent.term_ends_at
        one.auto_renew = parent.auto_renew
    if not parent.is_active:
        one.status, one.status_at, one.with_parent, one.due_at = parent.status, parent.status_at, True, None
