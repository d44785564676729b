"""What the clock does about transfers: end what nobody answered, remind, and try again what could not be moved."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from partnercenter.activity.models import Deed
from partnercenter.jobs.models import Job
from partnercenter.notifications.models import Notification
from subscriptions.models import Party, Transfer, TransferItem
from subscriptions.models.transfer import REMINDED_BEFORE
from subscriptions.services.transfer_move import due_again, try_again
from subscriptions.services.transfer_telling import last_day, record_transfer, tell
from subscriptions.services.transfers import close_items, hold_transfer

logger = logging.getLogger(__name__)

State = Transfer.Status
# So many transfers in one turn of the clock; the rest waits for the next one.
CHUNK: Final = 200


def move_transfers_on(now: datetime) -> int:
    """Do all of it; returns how many transfers something was done about. Running it twice is harmless."""
    return expire(now) + remind(now) + retry(now)


def expire(now: datetime) -> int:
    """End the transfers that nobody has answered in time; every party is told."""
    due = Transfer.objects.filter(status__in=Transfer.WAITING, expires_at__lte=now).order_by("expires_at")
    return _each(due, lambda transfer: _expire(transfer, now))


def _expire(transfer: Transfer, now: datetime) -> bool:
    held = hold_transfer(transfer)
    if held.status not in Transfer.WAITING or held.expires_at > now:
        return False
    held.move_to(State.EXPIRED, ended_at=now)
    close_items(held)
    record_transfer(Deed.TRANSFER_EXPIRED, held, actor=None)
    tell(held, Notification.Kind.TRANSFER_EXPIRED, *Party)
    return True


def remind(now: datetime) -> int:
    """Remind whoever must act 7, 3 and 1 days before the end; a clock that stood still reminds once."""
    count = 0
    for days in sorted(REMINDED_BEFORE):
        late = Q(reminded_before=None) | Q(reminded_before__gt=days)
        due = Transfer.objects.filter(
            late, status__in=Transfer.WAITING, expires_at__gt=now, expires_at__lte=now + timedelta(days=days)
        )
        count += _each(due.order_by("expires_at"), partial(_remind, days=days))
    return count


def _remind(transfer: Transfer, *, days: int) -> bool:
    held = hold_transfer(transfer)
    if held.status not in Transfer.WAITING or (held.reminded_before is not None and held.reminded_before <= days):
        return False
    Transfer.objects.filter(pk=held.pk).update(reminded_before=days)
    tell(held, Notification.Kind.TRANSFER_ENDING, Party(held.must_act), day=last_day(held))
    return True


def retry(now: datetime) -> int:
    """Try again what could not be moved; of how many transfers something was.

    Those of which nothing is due keep nobody from their turn.
    """
    items = TransferItem.objects.filter(transfer=OuterRef("pk"), status=TransferItem.Status.WAITING)
    is_due = Exists(items.filter(due_again(now))) | Q(retried_until__lte=now) | ~Exists(items)
    going = Transfer.objects.filter(is_due, status=State.IN_PROGRESS)
    going = going.exclude(job__status__in=(Job.Status.QUEUED, Job.Status.RUNNING)).order_by("retried_until")
    return _each(going, lambda transfer: try_again(transfer, now))


def _each(transfers: QuerySet[Transfer], do: Callable[[Transfer], int]) -> int:
    """Do something about each of the first ones, each in its own transaction; about how many it was done.

    One that fails keeps no other from its turn.
    """
    count = 0
    for transfer in transfers[:CHUNK]:
        try:
            with transaction.atomic():
                count += bool(do(transfer))
        except Exception:
            logger.exception("transfer %s could not be moved on", transfer.pk)
    return count
