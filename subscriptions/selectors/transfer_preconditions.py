"""What a new partner sees before it sends a transfer: every precondition, and numbers of what could move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnercenter.directory.clouds import Feature, offers
from subscriptions.catalog import Kind
from subscriptions.models import Reservation, Subscription, Transfer
from subscriptions.selectors.transfer_checks import (
    CHECKS,
    Level,
    codes_of_accounts,
    codes_of_reservations,
    codes_of_subscriptions,
    codes_of_target,
    too_few_accept,
)


@dataclass(frozen=True)
class Precondition:
    """One thing that has to be so before anything moves: its code, and what a check of it says."""

    code: str
    level: Level
    sentence: str
    remedy: str = ""


# What is said where all is well. An entry is about each of its codes.
_ALL_WELL: Final[Mapping[tuple[str, ...], Promise]] = {
    ("relationship",): _("Both partners sell to this customer."),
    ("cloud",): _("Both partners are in the same cloud."),
    ("market",): _("Both partners are in the same market."),
    ("privileges",): _("Both partners hold delegated admin privileges."),
    ("agreement",): _("The customer has accepted the customer agreement with the new partner."),
    ("900133", "900132"): _("The customer has an active Azure plan with the new partner."),
    ("open",): _("No other transfer between the two partners is open for this customer."),
    ("900150",): _("Somebody at the current partner has a role that may accept."),
    ("currency",): _("Both partners bill in the same currency."),
}
# Those of them that can be told of the new partner alone.
_OF_TARGET: Final[Mapping[tuple[str, ...], Promise]] = {
    ("relationship",): _("You sell to this customer."),
    ("privileges",): _("You hold delegated admin privileges."),
    ("agreement",): _("The customer has accepted the customer agreement with you."),
    ("900133", "900132"): _("The customer has an active Azure plan with you."),
}


def preconditions(
    target: Customer, source: Customer | None = None, transfer: Transfer | None = None
) -> list[Precondition]:
    """Everything that has to be so before Azure moves to an account, also what is; without a source, of that alone.

    `transfer` is the one that it is for, where it has begun.
    """
    found = set(codes_of_accounts(source, target, transfer) if source else codes_of_target(target))
    if source and source.partner.currency != target.partner.currency:
        found.add("currency")
    if source and too_few_accept(source.partner):
        found.add("900150")
    lines = dict(_ALL_WELL if source else _OF_TARGET)
    if offers(target.partner.cloud, Feature.TRANSFER_WITHOUT_ADMIN_RIGHTS):
        del lines["privileges",]
    return [_precondition(codes, well, found) for codes, well in lines.items()]


def _precondition(codes: tuple[str, ...], well: Promise, found: set[str]) -> Precondition:
    for code in codes:
        if code in found:
            check = CHECKS[code]
            return Precondition(code, check.level, str(check.sentence), str(check.remedy))
    return Precondition(codes[-1], Level.OK, str(well))


def numbers_by_code(source: Customer, target: Customer) -> dict[str, tuple[int, int]]:
    """How many Azure subscriptions and reservations could leave an account, and how many could not by each code.

    Before the customer has agreed the new partner may know no more than this of what the current one sells.
    """
    held = Subscription.objects.filter(customer=source, kind=Kind.AZURE).exclude(status__in=Subscription.ENDED)
    subscriptions = codes_of_subscriptions(source, list(held.values_list("pk", flat=True)))
    together = [pk for pk, code in subscriptions.items() if not code]
    running = Reservation.objects.filter(customer=source, status=Reservation.Status.ACTIVE)
    ids = list(running.values_list("pk", flat=True))
    first, second = (
        Counter(codes.values())
        for codes in (subscriptions, codes_of_reservations(source, target, ids, together=together))
    )
    return {code: (first[code], second[code]) for code in sorted({*first, *second})}


def account_with_azure(partner_id: UUID, target: Customer) -> Customer | None:
    """The account through which a partner sells Azure to the customer of another account; None where there is none."""
    return accounts_with_azure([partner_id], [target.tenant_id]).select_related("partner__tenant", "tenant").first()


def accounts_with_azure(partners: Collection[UUID], tenants: Collection[UUID]) -> QuerySet[Customer]:
    """The accounts through which one of some partners sells Azure to one of some organizations."""
    sells = Customer.objects.filter(
        partner__in=partners,
        tenant__in=tenants,
        ended_at=None,
        relationships__contains=[Customer.Relationship.CLOUD_RESELLER],
    )
    azure = Subscription.objects.filter(customer=OuterRef("pk"), kind__in=[Kind.AZURE, Kind.PLAN])
    return sells.filter(Exists(azure.exclude(status__in=Subscription.ENDED)))
