"""What stands in the way of each row of a campaign: the checks of a single request, asked for all rows at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.selectors.customers import customers_of
from customers.selectors.list_query import as_guid
from partnercenter.partners.models import Partner
from subscriptions.models import Transfer
from subscriptions.selectors.transfer_checks import CHECKS, Check, codes_of_pairs
from subscriptions.selectors.transfer_preconditions import accounts_with_azure

LONGEST_NOTE: Final = Transfer._meta.get_field("note").max_length or 0
UNKNOWN, TWICE, NO_AZURE, LONG_NOTE = "unknown", "twice", "no_azure", "long_note"
# Found when the transfer is asked for: whoever signed may not any more, and what there is no word for.
NO_RIGHT, REFUSED = "no_right", "refused"

OF_ROWS: Final[Mapping[str, Check]] = {
    **CHECKS,
    UNKNOWN: Check(
        _("None of your customers has this Microsoft ID."),
        _("Correct the Microsoft ID, or request a relationship with the customer first."),
    ),
    TWICE: Check(
        _("This customer stands further up in the file already."),
        _("Request a second transfer on the page of the customer, or in a file of its own."),
    ),
    NO_AZURE: Check(
        _("No partner with this Microsoft ID has Azure of this customer."),
        _("Ask the customer for the Microsoft ID of its current partner."),
    ),
    LONG_NOTE: Check(_("The note is longer than 1,000 characters."), _("Shorten the note.")),
    NO_RIGHT: Check(
        _("The person who signed may not request transfers any more."),
        _("A Global admin or Admin agent uploads these rows again and signs."),
    ),
    REFUSED: Check(_("The transfer was refused when it was requested."), _("Upload this row again.")),
}


class Line(Protocol):
    """What a row of the file says."""

    @property
    def customer(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def note(self) -> str: ...


@dataclass(frozen=True)
class Finding:
    """Whose accounts a row means, as far as they were found, and the first thing that stands in its way."""

    target: Customer | None
    source: Customer | None
    code: str


def findings(partner: Partner, lines: Sequence[Line]) -> list[Finding]:
    """What there is to say of each row of a partner's file, with as many questions as for one row."""
    guids = [(as_guid(line.customer), as_guid(line.source)) for line in lines]
    targets = _targets(partner, {guid for guid, _source in guids if guid})
    found = [(targets.get(guid), source) for guid, source in guids]
    sources = _sources({guid for _target, guid in found if guid}, targets)
    pairs = [(target, sources.get((guid, target.tenant_id))) if target else (None, None) for target, guid in found]
    codes = iter(codes_of_pairs([(source, target) for target, source in pairs if target and source]))
    seen = set[UUID]()
    told = []
    for line, (target, source) in zip(lines, pairs, strict=True):
        between = next(codes) if target and source else []
        told.append(_finding(line, target, source, between, seen))
        seen |= {target.tenant_id} if target else set()
    return told


def _finding(
    line: Line, target: Customer | None, source: Customer | None, between: Iterable[str], seen: set[UUID]
) -> Finding:
    if target is None:
        return Finding(None, None, UNKNOWN)
    if target.tenant_id in seen:
        # Nothing is told of its source: nobody finds out by a file which of many partners a customer has.
        return Finding(target, None, TWICE)
    if source is None:
        return Finding(target, None, NO_AZURE)
    code = LONG_NOTE if len(line.note) > LONGEST_NOTE else next(iter(between), "")
    return Finding(target, source, code)


def _targets(partner: Partner, guids: Iterable[UUID]) -> dict[UUID | None, Customer]:
    targets: dict[UUID | None, Customer] = {}
    for account in customers_of(partner).filter(tenant__in=guids):
        account.partner = partner
        targets[account.tenant_id] = account
    return targets


def _sources(
    partners: Iterable[UUID], targets: Mapping[UUID | None, Customer]
) -> dict[tuple[UUID | None, UUID], Customer]:
    """The accounts from which Azure could come, by the Microsoft IDs of their partner and their customer."""
    known = Partner.objects.select_related("tenant").in_bulk([*partners])
    sources: dict[tuple[UUID | None, UUID], Customer] = {}
    for account in accounts_with_azure([*known], [guid for guid in targets if guid]):
        account.partner = known[account.partner_id]
        sources[account.partner_id, account.tenant_id] = account
    return sources
