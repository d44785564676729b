"""What the clock does about transfers: end what nobody answered, remind, and try again what could not be moved."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

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
    count = 0
    for transfer in due[:CHUNK]:
        with transaction.atomic():
            held = hold_transfer(transfer)
            if held.status not in Transfer.WAITING or held.expires_at > now:
                continue
            held.move_to(State.EXPIRED, ended_at=now)
            close_items(held)
            record_transfer(Deed.TRANSFER_EXPIRED, held, actor=None)
            tell(held, Notification.Kind.TRANSFER_EXPIRED, *Party)
        count += 1
    return count


def remind(now: datetime) -> int:
    """Remind whoever must act 7, 3 and 1 days before the end; a clock that stood still reminds once."""
    count = 0
    for days in sorted(REMINDED_BEFORE):
        late = Q(reminded_before=None) | Q(reminded_before__gt=days)
        due = Transfer.objects.filter(
            late, status__in=Transfer.WAITING, expires_at__gt=now, expires_at__lte=now + timedelta(days=days)
        )
        for transfer in due.order_by("expires_at")[:CHUNK]:
            count += _remind(transfer, days, now)
    return count


@transaction.atomic
def _remind(transfer: Transfer, days: int, now: datetime) -> bool:
    held = hold_transfer(transfer)
    if held.status not in Transfer.WAITING or (held.reminded_before is not None and held.reminded_before <= days):
        return False
    Transfer.objects.filter(pk=held.pk).update(reminded_before=days)
    tell(held, Notification.Kind.TRANSFER_ENDING, Party(held.must_act), day=last_day(held))
    return True


def retry(now: datetime) -> int:
    """Try again what could not be moved; how many transfers were looked at.

    Those of which nothing is due keep nobody from their turn, and neither does one that fails.
    """
    items = TransferItem.objects.filter(transfer=OuterRef("pk"), status=TransferItem.Status.WAITING)
    is_due = Exists(items.filter(due_again(now))) | Q(retried_until__lte=now) | ~Exists(items)
    going = Transfer.objects.filter(is_due, status=State.IN_PROGRESS)
    going = going.exclude(job__status__in=(Job.Status.QUEUED, Job.Status.RUNNING)).order_by("retried_until")
    count = 0
    for transfer in going[:CHUNK]:
        try:
            with transaction.atomic():
                try_again(transfer, now)
        except Exception:
            logger.exception("transfer %s could not be tried again", transfer.pk)
        count += 1
    return count
