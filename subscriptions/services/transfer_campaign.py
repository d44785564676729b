"""A campaign: many customers go to one new partner, asked for with one file, a transfer for each row of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.selectors.customers import customers_of
from customers.selectors.list_query import as_guid
from customers.userfiles.reading import clean
from partnercenter.csvfiles import CsvRow, read_csv
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.folding import fold
from partnercenter.partners.models import Partner
from subscriptions.models import Party, Transfer
from subscriptions.selectors.transfer_checks import CHECKS, codes_of_accounts, why_no_transfers
from subscriptions.selectors.transfer_preconditions import account_with_azure
from subscriptions.services.transfers import Signature, Wish, ask_for_transfer, transfer_of_wish

# A request takes some hundredths of a second: so many are done while somebody waits.
MAX_ROWS: Final = 200
MAX_BYTES: Final = 1024 * 1024
LONGEST_NOTE: Final = 1_000


class Column(Enum):
    """The columns of the file; a note is a column that may be absent."""

    CUSTOMER = "customer"
    SOURCE = "source"
    NOTE = "note"


TITLES: Final[Mapping[Column, Promise]] = {
    Column.CUSTOMER: gettext_lazy("Microsoft ID of the customer"),
    Column.SOURCE: gettext_lazy("Current partner"),
    Column.NOTE: gettext_lazy("Note"),
}


@dataclass(frozen=True)
class Line:
    """One row of the file: the line in which it begins, and what it says."""

    number: int
    customer: str
    source: str
    note: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a row: the transfer, or why there is none; neither where it was only looked at and is well."""

    line: Line
    customer: Customer | None = None
    transfer: Transfer | None = None
    problem: str = ""


def read_campaign(content: bytes) -> list[Line]:
    """The rows of a file. Raises `Refused`, with what to do, for one that cannot be read or has other columns."""
    table = read_csv(content, max_bytes=MAX_BYTES, max_rows=MAX_ROWS)
    if not table.rows:
        raise Refused(_("The file has the names of the columns, but no rows below them."))
    places = _places(table.header.cells)
    return [_line(row, places) for row in table.rows]


def _places(header: tuple[str, ...]) -> dict[Column, int]:
    """Where each column stands; its name may be written in any of the languages of the portal."""
    known: dict[str, Column] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            known |= {fold(str(title)): column for column, title in TITLES.items()}
    found = {known[fold(clean(name))]: place for place, name in enumerate(header) if fold(clean(name)) in known}
    missing = [str(TITLES[column]) for column in (Column.CUSTOMER, Column.SOURCE) if column not in found]
    if missing:
        raise Refused(_("The file lacks these columns: %(columns)s.") % {"columns": ", ".join(missing)})
    return found


def _line(row: CsvRow, places: Mapping[Column, int]) -> Line:
    cells = {column: clean(row.cells[place]) for column, place in places.items() if place < len(row.cells)}
    return Line(row.line, cells.get(Column.CUSTOMER, ""), cells.get(Column.SOURCE, ""), cells.get(Column.NOTE, ""))


def try_campaign(partner: Partner, lines: list[Line]) -> list[Outcome]:
    """What would come of each row: the same checks as before a single request, and nothing is sent."""
    return [_looked_at(partner, line)[0] for line in lines]


def send_campaign(
    partner: Partner, lines: list[Line], signature: Signature, *, token: str, actor: User
) -> list[Outcome]:
    """Ask for a transfer for each row that nothing stands in the way of, each in a transaction of its own.

    `token` tells one campaign of a person from the next: sent again it makes nothing twice. One name signs them all.
    """
    return [_sent(_looked_at(partner, line), signature, token, actor) for line in lines]


def _looked_at(partner: Partner, line: Line) -> tuple[Outcome, Wish | None]:
    """What stands in the way of a row, or what is wished with it."""
    guid, source_guid = as_guid(line.customer), as_guid(line.source)
    found = customers_of(partner).filter(tenant_id=guid) if guid else customers_of(partner).none()
    target = found.select_related("partner__tenant", "tenant", "reseller__tenant").first()
    if target is None:
        return Outcome(line, problem=_("None of your customers has this Microsoft ID.")), None
    source = account_with_azure(source_guid, target) if source_guid else None
    if why_not := why_no_transfers(target) or _why_not_from(source, target, line):
        return Outcome(line, target, problem=why_not), None
    assert source is not None  # noqa: S101 - said above
    # The customers of a provider keep the reseller they have there.
    reseller = target.reseller if partner.is_provider else None
    return Outcome(line, target), Wish(source, target, Party.TARGET, token="", note=line.note, reseller=reseller)


def _why_not_from(source: Customer | None, target: Customer, line: Line) -> str:
    if source is None:
        return _("No partner with this Microsoft ID has Azure of %(customer)s.") % {"customer": target}
    if len(line.note) > LONGEST_NOTE:
        return _("The note is longer than %(limit)s characters.") % {"limit": LONGEST_NOTE}
    return next((f"{CHECKS[code].sentence} {CHECKS[code].remedy}" for code in codes_of_accounts(source, target)), "")


def _sent(looked_at: tuple[Outcome, Wish | None], signature: Signature, token: str, actor: User) -> Outcome:
    outcome, wish = looked_at
    if outcome.customer is None:
        return outcome
    own = f"{token}\n{outcome.customer.pk}\n{outcome.line.source.casefold()}"
    if before := transfer_of_wish(actor, own):
        return Outcome(outcome.line, outcome.customer, before)
    if wish is None:
        return outcome
    try:
        return Outcome(
            outcome.line, outcome.customer, ask_for_transfer(replace(wish, token=own), signature, actor=actor)
        )
    except Refused as refused:
        return Outcome(outcome.line, outcome.customer, problem=str(refused))
