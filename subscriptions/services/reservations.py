"""What is done with reservations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from copy import copy
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from customers.models import Customer
from customers.services.meanwhile import Overtaken
from partnercenter.activity.details import SCOPE
from partnercenter.activity.models import Deed
from partnercenter.activity.services import changes, record, record_each
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from subscriptions.catalog import Kind
from subscriptions.models import Reservation, Subscription
from subscriptions.selectors.reservations import cancelable_reservations, version_of, why_not_cancel, why_not_change
from subscriptions.selectors.transfer_checks import CHECKS
from subscriptions.services.history import RESERVATION
from subscriptions.services.holding import relationship_held, subscription_held
from subscriptions.services.life_cycle import CHUNK, CHUNKS
from subscriptions.services.subscriptions import NAME

BUSY: Final = gettext_lazy("Somebody else is changing this reservation right now. Try again in a moment.")

# What lines of the log tell; translated when they are read.
AZURE: Final = gettext_noop("Azure subscription")

# What somebody else holds is left for the next time. The log tells when each ended, not when the clock came by.
_EXPIRE: Final = """
    WITH due AS (
        SELECT id FROM subscriptions_reservation WHERE status = 'active' AND ends_at <= %(now)s
        ORDER BY ends_at LIMIT %(size)s FOR NO KEY UPDATE SKIP LOCKED
    ), ended AS (
        UPDATE subscriptions_reservation AS r SET status = 'expired' FROM due WHERE r.id = due.id
        RETURNING r.id, r.partner_id, r.customer_id, r.name, r.ends_at
    )
    INSERT INTO activity_activity
        (partner_id, customer_id, customer_name, actor_name, deed, details, subject_id, at)
    SELECT e.partner_id, c.tenant_id, c.name, '', %(deed)s, jsonb_build_object(%(told)s::text, e.name), e.id, e.ends_at
    FROM ended AS e JOIN customers_customer AS c ON c.id = e.customer_id
"""


def change_reservation(
    reservation: Reservation, *, name: str, azure: Subscription | None, shared: bool, seen: str, actor: User
) -> bool:
    """Save a new name and a new scope; returns whether anything is different now.

    It is `shared`, or for one Azure subscription, `azure`; for neither is how an orphan stays. `seen` is the
    `version_of` the reservation that the person saw: raises `Overtaken` if somebody else changed it since, and
    `Refused` for an Azure subscription that is not an active one of the same account and a reservation that has ended.
    """
    with ExitStack() as holding:
        holding.enter_context(relationship_held(reservation.customer))
        # Whoever ends an Azure subscription holds it before its reservations.
        target = holding.enter_context(subscription_held(azure)) if azure and not shared else None
        held = holding.enter_context(_held(reservation))
        if why_not := why_not_change(held):
            raise Refused(why_not)
        version, before = version_of(held), copy(held)
        held.name = name
        _set_scope(held, target, shared=shared)
        details = _differences(before, held)
        if details and version != seen:
            raise Overtaken(_("Somebody else changed this reservation a moment ago."))
        if details:
            held.save(update_fields=["name", "scope", "azure"])
            _record(Deed.RESERVATION_CHANGED, held, actor, details)
    return bool(details)


def _set_scope(held: Reservation, azure: Subscription | None, *, shared: bool) -> None:
    if not shared and azure is None and not held.is_orphan:
        raise Refused(_("Choose the Azure subscription that this reservation is for."))
    if azure is not None and azure.pk != held.azure_id and not _can_be_for(azure, held):
        raise Refused(_("%(name)s is not an active Azure subscription any more. Choose another one.") % {"name": azure})
    held.scope = Reservation.Scope.SHARED if shared else Reservation.Scope.SINGLE
    held.azure = azure


def _can_be_for(azure: Subscription, reservation: Reservation) -> bool:
    """Whether a reservation can be for an Azure subscription: an active one that the same account sold."""
    return azure.kind == Kind.AZURE and azure.is_active and azure.customer_id == reservation.customer_id


def _differences(before: Reservation, after: Reservation) -> dict[str, list[Any]]:
    """What the log tells of a change; of two Azure subscriptions of one name their GUIDs as well."""
    details = changes(_told(before), _told(after))
    if before.azure_id != after.azure_id and AZURE not in details:
        details[AZURE] = [f"{one.azure}, {one.azure_id}" for one in (before, after)]
    return details


def _told(reservation: Reservation) -> dict[str, str]:
    """What the log tells of a reservation, in English; an orphan is for no Azure subscription."""
    with translation.override("en"):
        scope = str(Reservation.Scope(reservation.scope).label)
    return {NAME: reservation.name, SCOPE: scope, AZURE: str(reservation.azure or "")}


def cancel_reservation(reservation: Reservation, *, actor: User) -> None:
    """End a reservation within the days of regret. Raises `Refused` afterwards; canceling twice is canceling once."""
    now = timezone.now()
    with relationship_held(reservation.customer), _held(reservation) as held:
        if held.status == Reservation.Status.CANCELED:
            return
        if why_not := why_not_cancel(held, now):
            raise Refused(why_not)
        held.move_to(Reservation.Status.CANCELED, canceled_at=now)
        _record(Deed.RESERVATION_CANCELED, held, actor, {})


def cancel_all_reservations(customer: Customer, *, actor: User) -> int:
    """End all reservations of an account that are within their days of regret; how many that were.

    Raises `Refused` where somebody else holds one of them for too long.
    """
    now = timezone.now()
    with relationship_held(customer):
        held = list(cancelable_reservations(customer, now).select_for_update(of=("self",), no_key=True).order_by("pk"))
        canceled = {"status": Reservation.Status.CANCELED, "canceled_at": now}
        Reservation.objects.filter(pk__in=[one.pk for one in held]).update(**canceled)
        told = {one.pk: {RESERVATION: one.name} for one in held}
        record_each(Deed.RESERVATION_CANCELED, partner=customer.partner, actor=actor, customer=customer, told=told)
    return len(held)


@contextmanager
def _held(reservation: Reservation) -> Iterator[Reservation]:
    """A transaction that holds a reservation as it is now; raises `Refused` where that takes too long.

    And for one that went to another partner since it was read: nobody changes what is not theirs any more.
    """
    with without_long_waits(BUSY):
        rows = Reservation.objects.select_for_update(of=("self",)).select_related("customer__partner", "azure")
        held = rows.get(pk=reservation.pk)
        if held.customer_id != reservation.customer_id:
            raise Refused(str(CHECKS["gone"].sentence))
        yield held


def expire_reservations(now: datetime, *, size: int = CHUNK, chunks: int = CHUNKS) -> int:
    """End the reservations whose time is over by `now`, those first that ended first; how many ended.

    At most `chunks` transactions of `size` reservations each: the next call goes on.
    """
    ended = 0
    for _chunk in range(chunks):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                _EXPIRE, {"now": now, "size": size, "deed": Deed.RESERVATION_EXPIRED.value, "told": RESERVATION}
            )
            found = cursor.rowcount
        ended += found
        if found < size:
            break
    return ended


def _record(deed: Deed, reservation: Reservation, actor: User, details: Mapping[str, Any]) -> None:
    customer = reservation.customer
    told = {RESERVATION: reservation.name} | dict(details)
    record(deed, partner=customer.partner, actor=actor, customer=customer, details=told, subject=reservation.pk)
