"""The dry run: what each chosen thing would come to if it moved now, by the checks of the move itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.db.models import Case, F, QuerySet, Value, When
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from subscriptions.catalog import Cycle
from subscriptions.models import Reservation, Subscription, Transfer
from subscriptions.selectors.transfer_checks import (
    CHECKS,
    Check,
    Level,
    codes_of_reservations,
    codes_of_review,
    codes_of_subscriptions,
)
from subscriptions.selectors.transfer_tree import Chosen

# So many things that need attention stand on the page, and so many that are OK.
SHOWN: Final = 200


@dataclass(frozen=True)
class Finding:
    """What was found out about one thing; `check` is empty where all is well.

    A reservation has a `quantity`; it is shared, or for the subscription `azure`, which is empty where that is gone.
    """

    name: str
    is_reservation: bool
    code: str = ""
    quantity: int = 0
    is_shared: bool = False
    azure: str = ""

    @property
    def check(self) -> Check | None:
        return CHECKS.get(self.code)

    @property
    def level(self) -> Level:
        return self.check.level if self.check else Level.OK


@dataclass(frozen=True)
class DryRun:
    """What stands in the way of the whole, and what was found out about each thing, the worst first."""

    whole: list[Check]
    findings: list[Finding]

    @cached_property
    def wrong(self) -> list[Finding]:
        """What needs attention, the worst first."""
        return [finding for finding in self.findings if finding.level != Level.OK]

    @cached_property
    def fine(self) -> list[Finding]:
        """What is OK."""
        return [finding for finding in self.findings if finding.level == Level.OK]

    @property
    def shown(self) -> list[Finding]:
        return self.wrong[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.wrong) - SHOWN)

    @property
    def fine_shown(self) -> list[Finding]:
        return self.fine[:SHOWN]

    @property
    def fine_more(self) -> int:
        return max(0, len(self.fine) - SHOWN)

    @property
    def numbers(self) -> dict[str, int]:
        """How many things are ok, have a warning, and are blocked."""
        levels = [finding.level for finding in self.findings]
        return {level.value: levels.count(level) for level in Level}

    @property
    def is_clear(self) -> bool:
        """Whether it can be accepted as it is: something is chosen, and nothing is blocked."""
        return bool(self.findings) and not self.whole and not self.numbers["blocked"]


def dry_run(transfer: Transfer, chosen: Chosen) -> DryRun:
    """Check what is chosen without moving anything."""
    source, target = transfer.source, transfer.target
    found = codes_of_subscriptions(source, chosen.subscriptions, transfer)
    codes = {pk: found.get(pk, "gone") for pk in chosen.subscriptions}
    for pk in _leaving_something_behind(transfer, chosen):
        codes[pk] = codes[pk] or "left_behind"
    coming = [pk for pk, code in found.items() if not code]
    found = codes_of_reservations(source, target, chosen.reservations, together=coming, transfer=transfer)
    reserved = {pk: found.get(pk, "gone") for pk in chosen.reservations}
    for pk in _ending_with_the_next_bill(transfer, chosen):
        reserved[pk] = reserved[pk] or "currency"
    findings = [
        *_findings(codes, _subscriptions(transfer, codes), is_reservation=False),
        *_findings(reserved, _reservations(transfer, reserved), is_reservation=True),
    ]
    worst = (Level.BLOCKED, Level.WARNING, Level.OK)
    findings.sort(key=lambda finding: worst.index(finding.level))
    return DryRun([CHECKS[code] for code in codes_of_review(transfer)], findings)


def _leaving_something_behind(transfer: Transfer, chosen: Chosen) -> list[UUID]:
    """The chosen subscriptions of which a reservation for them alone is not chosen."""
    rows = Reservation.objects.filter(
        customer=transfer.source, status=Reservation.Status.ACTIVE, azure__in=chosen.subscriptions
    )
    left = rows.exclude(pk__in=chosen.reservations).values_list("azure_id", flat=True)
    return [pk for pk in left.distinct() if pk is not None]


def _ending_with_the_next_bill(transfer: Transfer, chosen: Chosen) -> QuerySet[Reservation, UUID]:
    """The chosen reservations that are paid monthly, where the partners bill in different currencies."""
    rows = Reservation.objects.filter(pk__in=chosen.reservations, billing_cycle=Cycle.MONTHLY)
    differ = transfer.source_partner.currency != transfer.target_partner.currency
    return (rows if differ else rows.none()).values_list("pk", flat=True)


def _subscriptions(transfer: Transfer, ids: Collection[UUID]) -> dict[UUID, Finding]:
    # Of nothing that somebody else has the name is read, whatever was posted.
    rows = Subscription.objects.filter(pk__in=[*ids], customer=transfer.source)
    return {pk: Finding(name, is_reservation=False) for pk, name in rows.values_list("pk", "name")}


def _reservations(transfer: Transfer, ids: Collection[UUID]) -> dict[UUID, Finding]:
    own = Case(When(azure__customer=transfer.source, then=F("azure__name")), default=Value(""))
    rows = Reservation.objects.filter(pk__in=[*ids], customer=transfer.source).annotate(azure_name=own)
    shared = Reservation.Scope.SHARED
    return {
        pk: Finding(name, is_reservation=True, quantity=quantity, is_shared=scope == shared, azure=azure)
        for pk, name, quantity, scope, azure in rows.values_list("pk", "name", "quantity", "scope", "azure_name")
    }


def _findings(codes: dict[UUID, str], told: dict[UUID, Finding], *, is_reservation: bool) -> list[Finding]:
    nameless = Finding(_("Something that is not there any more"), is_reservation)
    found = [replace(told.get(pk, nameless), code=code) for pk, code in codes.items()]
    return sorted(found, key=lambda finding: (finding.name.casefold(), finding.azure.casefold()))
