"""The dry run: what each chosen thing would come to if it moved now, by the checks of the move itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
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

# So many things stand on the page, those with something to say first.
SHOWN: Final = 200


@dataclass(frozen=True)
class Finding:
    """What was found out about one thing; `check` is empty where all is well."""

    name: str
    is_reservation: bool
    code: str

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

    @property
    def shown(self) -> list[Finding]:
        return self.findings[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.findings) - SHOWN)

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
        *_findings(codes, _names(Subscription, transfer, codes), is_reservation=False),
        *_findings(reserved, _names(Reservation, transfer, reserved), is_reservation=True),
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


def _names(model: type[Subscription | Reservation], transfer: Transfer, ids: Collection[UUID]) -> dict[UUID, str]:
    # Of nothing that somebody else has the name is read, whatever was posted.
    rows = model._default_manager.filter(pk__in=[*ids], customer=transfer.source)
    return dict(rows.values_list("pk", "name"))


def _findings(codes: dict[UUID, str], names: dict[UUID, str], *, is_reservation: bool) -> list[Finding]:
    nameless = _("Something that is not there any more")
    found = [Finding(names.get(pk, nameless), is_reservation, code) for pk, code in codes.items()]
    return sorted(found, key=lambda finding: finding.name.casefold())
