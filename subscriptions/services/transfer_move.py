"""The move: things change their owner, exactly once, and what cannot move says why and is tried again.

A chunk is one transaction of a few statements, in which each thing either moves whole – owner, plan, reservations, a
line in the log of both partners, its item – or stays whole. One that the database refuses stays alone.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer
from partnercenter.activity.models import Deed
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.services import Progress
from partnercenter.notifications.models import Notification
from subscriptions.catalog import AZURE_SUBSCRIPTION, Cycle
from subscriptions.models import Party, Reservation, Subscription, Transfer, TransferItem
from subscriptions.selectors.subscriptions import active_plan_of, why_not_reseller
from subscriptions.selectors.transfer_checks import codes_of_accounts, codes_of_reservations, codes_of_subscriptions
from subscriptions.selectors.transfer_money import next_bill
from subscriptions.selectors.transfers import how_it_ended
from subscriptions.services.history import RESERVATION, SUBSCRIPTION
from subscriptions.services.transfer_telling import FROM, TO, record_transfer, tell
from subscriptions.services.transfers import close_items, hold_both, hold_transfer, require_any, transfer_held

logger = logging.getLogger(__name__)

State = Transfer.Status
# Things in one transaction: a fraction of a second.
CHUNK: Final = 1_000
# What could not be moved is tried again after this.
PAUSE: Final = timedelta(minutes=10)

_LINES: Final = """
    INSERT INTO activity_activity
        (partner_id, customer_id, customer_name, actor_id, actor_name, deed, details, subject_id, at)
    SELECT c.partner_id, c.tenant_id, c.name, NULL, '', %(deed)s,
        jsonb_build_object(%(what)s::text, i.name, %(from)s::text, %(source)s::text, %(to)s::text, %(target)s::text),
        coalesce(i.subscription_id, i.reservation_id), %(now)s
    FROM subscriptions_transferitem AS i, customers_customer AS c
    WHERE i.id = ANY (%(items)s) AND c.id = ANY (%(accounts)s)
    ORDER BY c.id, i.id
"""


def move_next(transfer: Transfer, now: datetime) -> Progress:
    """Move the next things that were not tried yet, in the caller's transaction."""
    held = hold_transfer(transfer)
    if held.status != State.IN_PROGRESS:
        return Progress(more=False)
    untried = held.items.filter(status=TransferItem.Status.WAITING, tried_at=None)
    moved, left = _move(held, list(untried.order_by("id")[:CHUNK]), now)
    return Progress(succeeded=moved, failed=left, more=untried.exists())


def try_again(transfer: Transfer, now: datetime) -> int:
    """Move what could not be moved before, if it can be by now; how much was. Whoever moves at this moment is left."""
    held = hold_transfer(transfer)
    if held.status != State.IN_PROGRESS or (held.job and held.job.is_open):
        return 0
    waiting = held.items.filter(status=TransferItem.Status.WAITING)
    moved, _left = _move(held, list(waiting.filter(due_again(now)).order_by("id")[:CHUNK]), now)
    conclude(held, now)
    return moved


def retry_now(transfer: Transfer, *, actor: User) -> int:
    """Try again at once what could not be moved, as somebody wants who has looked after it; how much was moved.

    What is more than a chunk is left to the clock. Raises `Refused` for who acts for none of the three, where there is
    nothing to try, and while the job moves things.
    """
    with transfer_held(transfer) as held:
        require_any(held, actor)
        if held.status != State.IN_PROGRESS:
            raise Refused(how_it_ended(held, timezone.now()))
        if held.job and held.job.is_open:
            raise Refused(_("It moves right now. Wait until the progress comes to its end."))
        held.items.filter(status=TransferItem.Status.WAITING).update(tried_at=None)
        return try_again(held, timezone.now())


def due_again(now: datetime) -> Q:
    """The condition for waiting items that are tried at a moment."""
    return Q(tried_at=None) | Q(tried_at__lte=now - PAUSE)


def finish_move(transfer: Transfer) -> None:
    """What is done when the job has come to its end, whatever came of it."""
    conclude(hold_transfer(transfer), timezone.now())


def conclude(transfer: Transfer, now: datetime) -> None:
    """End a transfer that is held when everything has moved, or what has not was tried for long enough."""
    items = transfer.items
    left = items.filter(status=TransferItem.Status.WAITING)
    waiting = left.count()
    if transfer.status != State.IN_PROGRESS:
        return
    if waiting and transfer.retried_until and now < transfer.retried_until:
        _tell_that_it_is_stuck(transfer, waiting, now)
        return
    moved = items.filter(status=TransferItem.Status.MOVED).count()
    _part_from_what_moved(transfer, left)
    close_items(transfer)
    status = State.COMPLETE if not waiting else State.COMPLETED_WITH_ERRORS if moved else State.FAILED
    transfer.move_to(status, ended_at=now)
    record_transfer(Deed.TRANSFER_ENDED, transfer, actor=None)
    tell(transfer, Notification.Kind.TRANSFER_ENDED, *Party, moved=moved, left=waiting)


def _tell_that_it_is_stuck(transfer: Transfer, waiting: int, now: datetime) -> None:
    """Tell all three once that something could not be moved: somebody has to look after it."""
    if transfer.stuck_since:
        return
    Transfer.objects.filter(pk=transfer.pk).update(stuck_since=now)
    day = timezone.localtime(transfer.retried_until).date().isoformat()
    tell(transfer, Notification.Kind.TRANSFER_STUCK, *Party, left=waiting, day=day)


def _part_from_what_moved(transfer: Transfer, left: QuerySet[TransferItem]) -> None:
    """A reservation that stays for good is not for a subscription that another partner has."""
    stay = left.filter(reservation__isnull=False).values("reservation")
    reservations = Reservation.objects.filter(pk__in=stay, customer=transfer.source_id)
    reservations.filter(azure__customer=transfer.target_id).update(azure=None)


def _move(transfer: Transfer, items: Sequence[TransferItem], now: datetime) -> tuple[int, int]:
    """Move some items of a transfer that is held; how many have moved, and how many have not."""
    if not items:
        return 0, 0
    source, target = hold_both(transfer.source, transfer.target)
    _hold(Subscription, [item.subscription_id for item in items if item.subscription_id])
    _hold(Reservation, [item.reservation_id for item in items if item.reservation_id])
    # Subscriptions first: a reservation for one of them alone goes where it has gone.
    stuck = [
        *_move_kind([item for item in items if item.subscription_id], transfer, source, target, now),
        *_move_kind([item for item in items if item.reservation_id], transfer, source, target, now),
    ]
    TransferItem.objects.bulk_update(stuck, ["code", "tried_at"])
    return len(items) - len(stuck), len(stuck)


def _move_kind(
    items: Sequence[TransferItem], transfer: Transfer, source: Customer, target: Customer, now: datetime
) -> list[TransferItem]:
    """Move the subscriptions or the reservations among some items; those that stay, with the reason."""
    codes = _codes(transfer, source, target, items) if items else {}
    movable = [item for item in items if not codes[item.pk]]
    codes |= {item.pk: "failed" for item in _move_or_leave(movable, transfer, source, target, now)}
    stuck = [item for item in items if codes[item.pk]]
    for item in stuck:
        item.code, item.tried_at = codes[item.pk], now
    return stuck


def _move_or_leave(
    items: Sequence[TransferItem], transfer: Transfer, source: Customer, target: Customer, now: datetime
) -> list[TransferItem]:
    """Move items that can move; those that the database refuses are left, and keep no other from moving."""
    if not items:
        return []
    try:
        with transaction.atomic():
            _change_owner(transfer, source, target, items, now)
    except OperationalError:  # nothing is wrong with the items: the whole chunk is tried again
        raise
    except DatabaseError:
        if len(items) == 1:
            logger.exception("transfer %s: item %s cannot move", transfer.pk, items[0].pk)
            return [*items]
        middle = len(items) // 2
        halves = (items[:middle], items[middle:])
        return [left for half in halves for left in _move_or_leave(half, transfer, source, target, now)]
    return []


def _codes(transfer: Transfer, source: Customer, target: Customer, items: Sequence[TransferItem]) -> dict[int, str]:
    """Why each item, which is held, cannot move at this moment; empty for those that can."""
    subscriptions = [item.subscription_id for item in items if item.subscription_id]
    reservations = [item.reservation_id for item in items if item.reservation_id]
    for code in codes_of_accounts(source, target, transfer):
        return {item.pk: code for item in items}
    found = codes_of_subscriptions(source, subscriptions, transfer)
    found |= codes_of_reservations(source, target, reservations, together=(), transfer=transfer)
    return {item.pk: found.get(_subject(item), "gone") for item in items}


def _hold(model: type[Subscription | Reservation], ids: Sequence[UUID]) -> None:
    list(model._default_manager.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _subject(item: TransferItem) -> UUID:
    subject = item.subscription_id or item.reservation_id
    assert subject is not None  # noqa: S101 - a constraint of the table
    return subject


def _change_owner(
    transfer: Transfer, source: Customer, target: Customer, items: Sequence[TransferItem], now: datetime
) -> None:
    subscriptions = [item.subscription_id for item in items if item.subscription_id]
    reservations = [item.reservation_id for item in items if item.reservation_id]
    _mark_as_moved(items, now)
    plan = active_plan_of(target)
    is_sold_through = transfer.reseller and not why_not_reseller(target.partner, transfer.reseller)
    _join_plan(subscriptions)
    Subscription.objects.filter(pk__in=subscriptions).update(
        customer=target,
        parent=plan,
        offer_id=AZURE_SUBSCRIPTION,
        reseller=transfer.reseller if is_sold_through else None,
        support_contact=None,
        version=F("version") + 1,
    )
    _end_what_is_billed_in_another_currency(source, target, reservations, now)
    Reservation.objects.filter(pk__in=reservations).update(customer=target)
    # What is for one subscription alone and stays behind is for nothing from now on.
    coming = TransferItem.objects.filter(transfer=transfer, reservation__isnull=False).values("reservation")
    Reservation.objects.filter(azure__in=subscriptions, customer=source).exclude(pk__in=coming).update(azure=None)
    _record(transfer, source, target, items, now)


def _mark_as_moved(items: Sequence[TransferItem], now: datetime) -> None:
    """What was said of them so far is over; who sold them so far is kept, for the hand-over."""
    sold = Subscription.objects.filter(pk=OuterRef("subscription"))
    TransferItem.objects.filter(pk__in=[item.pk for item in items]).update(
        status=TransferItem.Status.MOVED,
        code="",
        tried_at=now,
        moved_at=now,
        old_reseller=Subquery(sold.values("reseller")[:1]),
    )


def _join_plan(ids: Sequence[UUID]) -> None:
    """Those of the previous Azure offers are found by the name of the one under a plan from now on."""
    old = list(Subscription.objects.filter(pk__in=ids).exclude(offer_id=AZURE_SUBSCRIPTION))
    for one in old:
        for name, value in Subscription.keys(one.name, AZURE_SUBSCRIPTION).items():
            setattr(one, name, value)
    Subscription.objects.bulk_update(old, ["name_key", "search_text", "has_own_name"])


def _end_what_is_billed_in_another_currency(
    source: Customer, target: Customer, ids: Sequence[UUID], now: datetime
) -> None:
    """What is paid by the month cannot be billed on in another currency: it ends when the next bill would be due."""
    if source.partner.currency == target.partner.currency:
        return
    monthly = list(Reservation.objects.filter(pk__in=ids, billing_cycle=Cycle.MONTHLY))
    for one in monthly:
        one.ends_at = min(one.ends_at, next_bill(one, now))
    Reservation.objects.bulk_update(monthly, ["ends_at"])


def _record(
    transfer: Transfer, source: Customer, target: Customer, items: Sequence[TransferItem], now: datetime
) -> None:
    of_subscriptions = [item.pk for item in items if item.subscription_id]
    of_reservations = [item.pk for item in items if item.reservation_id]
    for deed, what, pks in (
        (Deed.SUBSCRIPTION_TRANSFERRED, SUBSCRIPTION, of_subscriptions),
        (Deed.RESERVATION_TRANSFERRED, RESERVATION, of_reservations),
    ):
        given: dict[str, Any] = {
            "deed": deed.value, "what": what, "from": FROM, "to": TO, "source": str(source.partner),
            "target": str(target.partner), "now": now, "items": pks, "accounts": [source.pk, target.pk],
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_LINES, given)
