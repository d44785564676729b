"""Questions about reservations. Each begins with a customer that a partner already got.

A reservation has no reseller on record: the account through which it was sold shows it, and no other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import formats, timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from partnercenter.web.keyset import Order
from subscriptions.catalog import Cycle
from subscriptions.models import REGRET, Reservation, Subscription, TransferItem

# The order of the list, an index of the table.
ORDERS: Final[Mapping[str, Order]] = {"begun": Order(("begun_at", "id"))}

# What a reservation is for, by the words of `scope=`: one Azure subscription, one that is gone, or all of them.
SCOPES: Final[Mapping[str, Q]] = {
    "single": Q(scope=Reservation.Scope.SINGLE, azure__isnull=False),
    "orphan": Q(scope=Reservation.Scope.SINGLE, azure=None),
    "shared": Q(scope=Reservation.Scope.SHARED),
}
SCOPE_LABELS: Final[Mapping[str, Promise]] = {
    "single": gettext_lazy("Single subscription"),
    "orphan": gettext_lazy("Orphans"),
    "shared": gettext_lazy("Shared"),
}


def reservations_of(customer: Customer) -> QuerySet[Reservation]:
    """What was reserved through an account, whatever its state, with the Azure subscriptions it is for."""
    return Reservation.objects.filter(customer=customer).select_related("azure")


def reservations_for(azure: Subscription, customer: Customer) -> QuerySet[Reservation]:
    """The reservations of an account that are for one Azure subscription alone, the newest first."""
    return reservations_of(customer).filter(azure=azure).order_by("-begun_at", "-pk")


def active_reservations_for(ids: Collection[UUID]) -> QuerySet[Reservation]:
    """The reservations that are each for one of some Azure subscriptions alone and have not ended."""
    return Reservation.objects.filter(azure__in=ids, status=Reservation.Status.ACTIVE)


def cancelable_reservations(customer: Customer, now: datetime) -> QuerySet[Reservation]:
    """The reservations of an account that can be canceled at a moment."""
    return Reservation.objects.filter(is_regretted(now), customer=customer, status=Reservation.Status.ACTIVE)


def is_regretted(now: datetime) -> Q:
    """The condition for active reservations that can be canceled: within their days of regret, and not `_is_bound`."""
    return Q(begun_at__gte=now - REGRET) & ~_is_bound()


def _is_bound() -> Q:
    """The condition for what was paid upfront and came by a transfer: it is neither canceled nor exchanged later."""
    moved = TransferItem.objects.filter(
        transfer__target=OuterRef("customer"), reservation=OuterRef("pk"), status=TransferItem.Status.MOVED
    )
    return ~Q(billing_cycle=Cycle.MONTHLY) & Q(Exists(moved))


def version_of(reservation: Reservation) -> str:
    """A short text that is another one as soon as something of the reservation is that people change."""
    values = (reservation.name, reservation.scope, str(reservation.azure_id), reservation.status)
    return salted_hmac("version of a reservation", "\n".join(values), algorithm="sha256").hexdigest()[:32]


def why_not_change(reservation: Reservation) -> str:
    """Why name and scope of a reservation stay as they are; empty where nothing is in the way."""
    if reservation.is_active:
        return ""
    return _("This reservation has ended: nothing of it can be changed any more.")


def why_not_cancel(reservation: Reservation, now: datetime) -> str:
    """Why a reservation cannot be canceled at a moment; empty if it can."""
    if not reservation.is_active:
        return _("This reservation has ended already.")
    if reservation.cancelable_until < now:
        day = formats.date_format(timezone.localtime(reservation.cancelable_until), "DATE_FORMAT")
        sentence = _(
            "It could be canceled until %(day)s, 7 days after it was bought. Now it runs to the end of its term."
        )
        return sentence % {"day": day}
    if Reservation.objects.filter(_is_bound(), pk=reservation.pk).exists():
        return _("Reservations paid upfront are not charged again, and can be neither canceled nor exchanged later.")
    return ""
