"""The money sheet of a transfer: who bills what from when, and what ends (the product rules, section 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import cached_property

from subscriptions.catalog import Cycle
from subscriptions.catalog.terms import end_of_term
from subscriptions.models import Reservation, Transfer
from subscriptions.selectors.transfer_tree import Chosen

# So many reservations of each kind are named, each with its day.
SHOWN: Final = 50


@dataclass(frozen=True)
class Bill:
    """When one reservation is billed next; or when it ends, if that comes first: then nothing is billed any more."""

    reservation: Reservation
    due_at: datetime

    @property
    def is_last(self) -> bool:
        return self.due_at >= self.reservation.ends_at


@dataclass(frozen=True)
class Money:
    """What changes for the reservations that move, and for how many subscriptions usage is billed anew.

    `usage` is a number of subscriptions. Each bill of `monthly` goes to the new partner; each of `ending` is the end of
    its reservation, as the two partners bill in different currencies. Those of `last` end before they are billed again.
    Nothing of `upfront` is canceled or exchanged.
    """

    usage: int
    old_currency: str
    new_currency: str
    bills: list[Bill]
    upfront: list[Reservation]

    @cached_property
    def currencies_differ(self) -> bool:
        return self.old_currency != self.new_currency

    @property
    def unnamed(self) -> int:
        """How many reservations the page counts but does not name."""
        return sum(max(0, len(those) - SHOWN) for those in (self.bills, self.upfront))

    @property
    def monthly(self) -> list[Bill]:
        return [] if self.currencies_differ else self._coming

    @property
    def ending(self) -> list[Bill]:
        return self._coming if self.currencies_differ else []

    @property
    def last(self) -> list[Bill]:
        return [bill for bill in self.bills if bill.is_last]

    @property
    def _coming(self) -> list[Bill]:
        return [bill for bill in self.bills if not bill.is_last]


def money_of(transfer: Transfer, chosen: Chosen, now: datetime) -> Money:
    """The money sheet as it would be if what is chosen moved at a moment."""
    rows = Reservation.objects.filter(pk__in=[*chosen.reservations], customer=transfer.source).select_related("azure")
    reservations = list(rows.order_by("begun_at", "pk"))
    monthly = [one for one in reservations if one.billing_cycle == Cycle.MONTHLY]
    return Money(
        usage=len(chosen.subscriptions),
        old_currency=transfer.source_partner.currency,
        new_currency=transfer.target_partner.currency,
        bills=[Bill(one, min(one.ends_at, next_bill(one, now))) for one in monthly],
        upfront=[one for one in reservations if one.billing_cycle != Cycle.MONTHLY],
    )


def next_bill(reservation: Reservation, now: datetime) -> datetime:
    """When the next month of a reservation begins that is paid by the month."""
    begun = reservation.begun_at
    months = max(1, (now.year - begun.year) * 12 + now.month - begun.month)
    due = end_of_term(begun, "P1M", months)
    return due if due > now else end_of_term(begun, "P1M", months + 1)
