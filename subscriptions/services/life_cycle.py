"""The clock of subscriptions: what comes to its end is renewed, expires, is disabled and deleted (section 8)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from subscriptions.models import Subscription
from subscriptions.services.history import record_each, record_renewals
from subscriptions.services.holding import held_by_others
from subscriptions.services.states import DEEDS, end, take_along

# Subscriptions in one transaction; and transactions in one go, as the clock has other things to do as well.
CHUNK: Final = 2_000
CHUNKS: Final = 50

Status = Subscription.Status


class Step(Enum):
    """What the clock does with a subscription whose time has come."""

    RENEW = "renew"
    EXPIRE = "expire"
    DISABLE = "disable"
    DISABLE_SUSPENDED = "disable what was suspended at the end of its term"
    DELETE = "delete"


_NEXT: Final = {
    Status.EXPIRED: Step.DISABLE,
    Status.SUSPENDED: Step.DISABLE_SUSPENDED,
    Status.DISABLED: Step.DELETE,
}

_BECOMES: Final = {
    Step.EXPIRE: Status.EXPIRED,
    Step.DISABLE: Status.DISABLED,
    Step.DISABLE_SUSPENDED: Status.DISABLED,
    Step.DELETE: Status.DELETED,
}
# Each from the moment at which it was due, not from now: a clock that stood still makes nothing live longer.
# The end of a term is counted from the beginning of the first one, and is that of the parent where there is one.
_CHANGES: Final = {
    Step.RENEW: """
        terms = s.terms + 1, term_begun_at = s.due_at, version = s.version + 1,
        term_ends_at = coalesce(p.term_ends_at, s.begun_at + s.term::interval * (s.terms + 1)),
        due_at = coalesce(p.term_ends_at, s.begun_at + s.term::interval * (s.terms + 1))
    """,
    Step.EXPIRE: "status = 'expired', status_at = s.due_at, due_at = s.due_at + %(expired)s, version = s.version + 1",
    Step.DISABLE: """
        status = 'disabled', status_at = s.due_at, due_at = s.due_at + %(disabled)s, version = s.version + 1
    """,
    Step.DISABLE_SUSPENDED: """
        status = 'disabled', status_at = s.due_at, due_at = s.due_at + %(suspended)s, version = s.version + 1
    """,
    Step.DELETE: "status = 'deleted', status_at = s.due_at, due_at = NULL, version = s.version + 1",
}
_LENGTHS: Final[dict[str, Any]] = {
    "expired": Subscription.EXPIRED_FOR,
    "disabled": Subscription.DISABLED_FOR,
    "suspended": Subscription.DISABLED_FOR_AFTER_SUSPENSION,
}


def move_on(now: datetime, *, size: int = CHUNK, chunks: int = CHUNKS) -> int:
    """Take every step that is due by `now`, one after the other, the longest due first; how many steps were taken.

    What was due several times while the clock stood still takes all of its steps. At most `chunks` transactions of
    `size` subscriptions each: the next call goes on. Called twice at once, each step is taken once.
    """
    taken = 0
    for _chunk in range(chunks):
        with transaction.atomic():
            found = _take_steps(now, size)
        taken += found
        if not found:
            break
    return taken


def _take_steps(now: datetime, size: int) -> int:
    rows = _due(now).select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("due_at")
    steps: defaultdict[Step, list[UUID]] = defaultdict(list)
    for pk, status, auto_renew, of_parent in rows.values_list("pk", "status", "auto_renew", "parent__status")[:size]:
        steps[_step(status, auto_renew, of_parent)].append(pk)
    return sum(_take(step, ids) for step, ids in steps.items())


def _due(now: datetime) -> QuerySet[Subscription]:
    """What is due and has to wait for nothing: of what belongs together the earliest is first, and the parent before
    its children."""
    children = Subscription.objects.filter(parent=OuterRef("pk"), due_at__lt=OuterRef("due_at"))
    parent = Subscription.objects.filter(pk=OuterRef("parent_id"), due_at__lte=OuterRef("due_at"))
    return Subscription.objects.filter(~Exists(children), ~Exists(parent), due_at__lte=now)


def _step(status: str, auto_renew: bool, status_of_parent: str | None) -> Step:
    if status == Status.ACTIVE:
        return Step.RENEW if auto_renew and status_of_parent in (None, Status.ACTIVE) else Step.EXPIRE
    return _NEXT[Status(status)]


def _take(step: Step, ids: list[UUID]) -> int:
    """One step of subscriptions that are held; what belongs to those that are not renewed goes with them.

    The clock waits for nobody: where somebody else holds what belongs to one, it takes that step the next time.
    Returns how many steps were taken.
    """
    status = _BECOMES.get(step)
    if status is not None:
        busy = held_by_others(ids)
        ids = [pk for pk in ids if pk not in busy]
    sql = f"""
        UPDATE subscriptions_subscription AS s SET {_CHANGES[step]}
        FROM subscriptions_subscription AS own
            LEFT JOIN subscriptions_subscription AS p ON p.id = own.parent_id
        WHERE s.id = ANY (%(ids)s::uuid[]) AND own.id = s.id
    """  # noqa: S608 - composed of what stands above
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": ids, **_LENGTHS})
    if status is None:
        record_renewals(ids)
        return len(ids)
    if status == Status.DELETED:
        end(ids)
    record_each(ids, DEEDS[status], at=None, actor=None)
    take_along(ids, status, actor=None)
    return len(ids)
