"""The record of a transfer: every step, every signature, every thing, to be printed or downloaded by all parties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from partnercenter.directory.models import User
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.exports import export_csv
from partnercenter.web.throttles import throttled
from subscriptions.models import Party, Transfer, TransferItem, TransferSignature
from subscriptions.selectors.transfer_checks import CHECKS
from subscriptions.selectors.transfers import may_act_for, name_for, names_of, party_of, transfers_of
from subscriptions.views.transfer_context import may_see_items, transfer_context
from subscriptions.views.transfer_steps import Step, seen_signatures, steps_of

# So many things are printed; the file has all of them.
PRINTED: Final = 1_000
HEADER: Final = (
    gettext_lazy("Kind"),
    gettext_lazy("What"),
    gettext_lazy("ID"),
    gettext_lazy("Current partner"),
    gettext_lazy("New partner"),
    gettext_lazy("State"),
    gettext_lazy("Moment (UTC)"),
    gettext_lazy("Person"),
    gettext_lazy("Typed name"),
    gettext_lazy("Address"),
    gettext_lazy("Browser"),
    gettext_lazy("Code"),
    gettext_lazy("Explanation"),
)


@allow(Action.SEE_CUSTOMERS)
@require_safe
def record(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """The record for a partner that takes part."""
    found: Transfer = get_object_or_404(transfers_of(request.partner), pk=transfer_id)
    return record_page(request, found, request.user, "layouts/portal.html")


@allow(Action.SEE_CUSTOMERS)
@throttled("export", per_minute=30)
@require_safe
def record_file(request: StaffRequest, transfer_id: UUID) -> StreamingHttpResponse:
    found: Transfer = get_object_or_404(transfers_of(request.partner), pk=transfer_id)
    return record_download(found, request.user)


def record_page(request: HttpRequest, transfer: Transfer, person: User, layout: str) -> HttpResponse:
    """The page to print, within the frame of a partner's pages or of the customer's."""
    context = transfer_context(transfer, person) | {
        "layout": layout,
        "signatures": _signatures(transfer, person),
        "names_people": names_people(transfer, person),
        "printed": [{"item": one, "check": CHECKS.get(one.code)} for one in _items(transfer, person)[:PRINTED]],
    }
    context["unprinted"] = max(0, context["numbers"]["total"] - PRINTED)
    return render(request, "subscriptions/transfer_record.html", context)


def record_download(transfer: Transfer, person: User) -> StreamingHttpResponse:
    """The same as a file, with all things however many there are."""
    name = _("transfer-%(customer)s") % {"customer": _customer_for(transfer, person)}
    return export_csv(name, HEADER, _rows(transfer, person))


def _customer_for(transfer: Transfer, person: User) -> str:
    staff = getattr(person, "staff", None)
    return name_for(transfer, staff.partner if staff else None)


def names_people(transfer: Transfer, person: User) -> bool:
    """Whether somebody reads with which account each party signed: those who could sign for their own party."""
    party = party_of(transfer, person)
    return party is not None and may_act_for(transfer, party, person)


def _signatures(transfer: Transfer, person: User) -> list[dict[str, Any]]:
    names = names_of(transfer)
    return [
        {
            "one": one,
            "for_whom": names[Party(one.party)],
            "party": one.get_party_display(),
            "whence": _whence(one, transfer, person),
        }
        for one in seen_signatures(transfer, person)
    ]


def _whence(one: TransferSignature, transfer: Transfer, person: User) -> tuple[str, str]:
    """Address and browser of a signature; nothing for other parties, whom the network of this one does not concern."""
    own = may_act_for(transfer, Party(one.party), person)
    return (one.address or "", one.browser) if own else ("", "")


def _items(transfer: Transfer, person: User) -> QuerySet[TransferItem]:
    items = transfer.items.order_by("id")
    return items if may_see_items(transfer, party_of(transfer, person)) else items.none()


def _rows(transfer: Transfer, person: User) -> Iterator[list[object]]:
    old, new = str(transfer.source_partner), str(transfer.target_partner)
    state, asked = transfer.get_status_display(), transfer.asked_by.display_name
    about = [_("Transfer"), _customer_for(transfer, person), transfer.pk, old, new, state, _utc(transfer.asked_at)]
    yield [*about, asked, "", "", "", "", transfer.note]
    for step in steps_of(transfer, person, timezone.now()):
        if step.at:
            yield _step_row(step, old, new)
    named = names_people(transfer, person)
    for one in _signatures(transfer, person):
        yield _signature_row(**one, named=named)
    for item in _items(transfer, person).iterator(chunk_size=2_000):
        yield _item_row(item, old, new)


def _step_row(step: Step, old: str, new: str) -> list[object]:
    return [_("Step"), step.label, "", old, new, "", _utc(step.at), step.who, "", "", "", "", step.note]


def _signature_row(
    one: TransferSignature, for_whom: str, party: str, whence: tuple[str, str], *, named: bool
) -> list[object]:
    person, state = one.signed_by.principal_name if named else "", _("Taken back") if one.withdrawn_at else ""
    what = f"{for_whom} ({party})"
    return [_("Signature"), what, "", "", "", state, _utc(one.signed_at), person, one.typed_name, *whence, "", ""]


def _item_row(item: TransferItem, old: str, new: str) -> list[object]:
    kind = _("Azure subscription") if item.subscription_id else _("Reservation")
    check, pk = CHECKS.get(item.code), item.subscription_id or item.reservation_id
    why = f"{check.sentence} {check.remedy}" if check else ""
    moment = _utc(item.moved_at or item.tried_at)
    return [kind, item.name, pk, old, new, item.get_status_display(), moment, "", "", "", "", item.code, why]


def _utc(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
