"""The hand-over after a transfer, for the new partner: what is left to do, and ticking it off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partnercenter.directory.models import User
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts
from partnercenter.web.templatetags.web import grouped
from subscriptions.models import Party, Transfer, TransferTick
from subscriptions.selectors.hand_over import hand_over_of, has_hand_over, why_not_hand_over
from subscriptions.selectors.transfers import name_for, party_of, transfers_of
from subscriptions.services.hand_over import remove_old_access, take_tick_back, tick_off


@allow(Action.SEE_CUSTOMERS)
@require_safe
def hand_over(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """The checklist; before something has moved a sentence says so."""
    found = _taken_over(request, transfer_id)
    # The reseller of a provider reads what the organization calls itself, not what the provider calls it.
    context = hand_over_context(found, request.user, Party.TARGET) | {"customer": name_for(found, request.partner)}
    return render(request, "subscriptions/hand_over.html", context)


@allow(Action.MANAGE_TRANSFERS)
@require_POST
def tick(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    found = _taken_over(request, transfer_id)
    return ticked(request, found, request.user, reverse("transfers:hand_over", args=[found.pk]))


@allow(Action.MANAGE_TRANSFERS)
@looks_and_acts
def remove_access(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """Say which roles of the old partner are taken away, and take them."""
    found = _taken_over(request, transfer_id)
    page = reverse("transfers:hand_over", args=[found.pk])
    if request.method == "POST":
        return access_removed(request, found, request.user, page)
    context = hand_over_context(found, request.user, Party.TARGET) | {"customer": name_for(found, request.partner)}
    return render(request, "subscriptions/hand_over_access.html", context | {"back": page})


def ticked(request: HttpRequest, transfer: Transfer, person: User, then: str) -> HttpResponse:
    """Tick the point `what` off, or take that back, for either of the two who may."""
    what = request.POST.get("what", "")
    if what not in TransferTick.What.values:
        raise BadRequest

    def told(is_new: bool) -> str:
        return _("This point was ticked off.") if is_new else _("This point had been ticked off before.")

    def undone(_is_new: bool) -> str:
        return _("This point is open again.")

    service, said = (take_tick_back, undone) if "undo" in request.POST else (tick_off, told)
    return act(request, lambda: service(transfer, TransferTick.What(what), actor=person), done=said, then=then)


def hand_over_context(transfer: Transfer, person: User, party: Party) -> dict[str, Any]:
    """What the checklist shows to somebody of a party; `checklist` is empty where nothing has moved."""
    checklist = hand_over_of(transfer) if has_hand_over(transfer) else None
    names = "my_transfers" if party == Party.CUSTOMER else "transfers"
    return {
        "transfer": transfer,
        "checklist": checklist,
        "has_access": checklist is not None and checklist.has_access_for(party),
        "hand_over_denied": why_not_hand_over(transfer, person),
        "tick_url": reverse(f"{names}:tick", args=[transfer.pk]),
        "access_url": reverse(f"{names}:remove_access", args=[transfer.pk]),
        "is_customer": party == Party.CUSTOMER,
    }


def access_removed(request: HttpRequest, transfer: Transfer, person: User, then: str) -> HttpResponse:
    """Take the access away, for either of the two who may."""

    def told(number: int) -> str:
        if not number:
            return _("%(partner)s had no access any more.") % {"partner": transfer.source_partner}
        sentence = ngettext(
            "%(count)s access right of %(partner)s was taken away. Both partners have it in their logs.",
            "%(count)s access rights of %(partner)s were taken away. Both partners have it in their logs.",
            number,
        )
        return sentence % {"count": grouped(number), "partner": transfer.source_partner}

    return act(request, lambda: remove_old_access(transfer, actor=person), done=told, then=then)


def _taken_over(request: StaffRequest, transfer_id: UUID) -> Transfer:
    """A transfer to the partner of whoever asks, or to its provider; the old partner has no such page (404)."""
    found: Transfer = get_object_or_404(transfers_of(request.partner), pk=transfer_id)
    if party_of(found, request.user) != Party.TARGET:
        raise Http404
    return found
