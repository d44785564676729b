"""Asking for a transfer, and what the new partner does about one: agree, decline, take it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.list_query import as_guid
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.throttles import throttled
from partnercenter.web.unsent import typed_before
from subscriptions.forms.transfer_asking import TransferForm
from subscriptions.forms.transfer_signing import EndForm, SignForTargetForm
from subscriptions.models import Party, Transfer
from subscriptions.selectors.transfer_checks import CHECKS, Check, Level, why_no_transfers
from subscriptions.selectors.transfer_preconditions import numbers_by_code, preconditions
from subscriptions.selectors.transfers import how_it_ended, transfers_of
from subscriptions.services.transfers import (
    Wish,
    agree_to_transfer,
    ask_for_transfer,
    cancel_transfer,
    decline_transfer,
    transfer_of_wish,
)
from subscriptions.views.scope import of_customer
from subscriptions.views.transfer_context import transfer_context
from subscriptions.views.transfer_signing import signature_of, signed_or_told

# Checks in a minute: nobody finds out by trying which partners a customer has.
CHECKS_A_MINUTE: Final = 20


@allow(Action.MANAGE_TRANSFERS)
@looks_and_acts
@throttled("transfer", per_minute=CHECKS_A_MINUTE, method="POST")
@of_customer
def new(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Say from whom, look at what the checks say, sign and send."""
    if why_not := why_no_transfers(customer):
        status = 422 if request.method == "POST" else 200
        context = customer_context(request, customer) | {"why_not": why_not}
        return render(request, "subscriptions/transfer_new.html", context, status=status)
    signs, (data, _files) = _signs(request), posted(request)
    typed, initial = (None, {}) if data else (typed_before(request), _initial(request))
    form = TransferForm(data, target=customer, person=request.user, signs=signs, typed=typed, initial=initial)
    if form.is_valid() and signs and (answer := _sent(request, form)):
        return answer
    return render(
        request,
        "subscriptions/transfer_new.html",
        _asking(request, customer, form),
        status=422 if form.errors else 200,
    )


def _signs(request: StaffRequest) -> bool:
    """Whether the request is sent: nobody signs before the checks have spoken of the partner that is named."""
    checked, partner = request.POST.get("checked"), request.POST.get("partner", "").strip()
    return "send" in request.POST and (checked is None or as_guid(checked) == as_guid(partner))


def _sent(request: StaffRequest, form: TransferForm) -> HttpResponse | None:
    """The way to the transfer that was asked for; None where the form has to say why it was not."""
    given = form.cleaned_data
    if form.source is None:
        return None
    wish = Wish(
        source=form.source,
        target=form.target,
        asked_as=Party.TARGET,
        token=given["wish"],
        note=given["note"],
        reseller=given.get("reseller"),
    )
    if sent := transfer_of_wish(request.user, wish):
        messages.info(request, _("You have sent this request already. This is how it stands."))
        return redirect("transfers:transfer", sent.pk)
    try:
        transfer = ask_for_transfer(wish, signature_of(request, given["typed_name"]), actor=request.user)
    except Refused as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(
        request,
        _("The request is on its way. A Global admin of %(customer)s has 30 days to sign it.")
        % {"customer": form.target},
    )
    return redirect("transfers:transfer", transfer.pk)


def _initial(request: StaffRequest) -> dict[str, Any]:
    """What the form begins with: nothing, or the data of an earlier transfer to this partner."""
    wish = {"wish": str(uuid4())}
    guid = as_guid(request.GET.get("again", ""))
    own = transfers_of(request.partner).filter(target_partner=request.partner)
    earlier = own.filter(pk=guid).first() if guid else None
    if earlier is None:
        return wish
    return wish | {"partner": earlier.source_partner_id, "reseller": earlier.reseller_id, "note": earlier.note}


def _asking(request: StaffRequest, customer: Customer, form: TransferForm) -> dict[str, Any]:
    """What the page shows: what the checks say, and numbers once it is known from whom."""
    source = form.source
    found = preconditions(customer, source)
    return customer_context(request, customer) | {
        "form": form,
        "source": source,
        "preconditions": found,
        "is_blocked": any(one.level == Level.BLOCKED for one in found),
        "numbers": _numbers(source, customer) if source else [],
    }


def _numbers(source: Customer, target: Customer) -> list[tuple[Check | None, str, int, int]]:
    """What could move and what could not: what is wrong, its code, how many subscriptions, how many reservations."""
    return [(CHECKS.get(code), code, *counts) for code, counts in numbers_by_code(source, target).items()]


@allow(Action.MANAGE_TRANSFERS)
@looks_and_acts
def agree(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """Sign for the new partner what a customer has begun from its own side."""
    found = _to_partner(request, transfer_id, asked_as=Party.CUSTOMER)
    data, _files = posted(request)
    typed = None if data else typed_before(request)
    form = SignForTargetForm(
        data, target=found.target, person=request.user, typed=typed, initial={"reseller": found.reseller_id}
    )
    if form.is_valid():
        given = form.cleaned_data
        signature = signature_of(request, given["typed_name"])
        return act(
            request,
            lambda: signed_or_told(
                lambda: agree_to_transfer(found, signature, actor=request.user, reseller=given.get("reseller"))
            ),
            done=lambda now: (
                _("You have signed. Now %(source)s reviews it.") % {"source": found.source_partner}
                if now
                else _("You had signed this before.")
            ),
            then=_page(found),
        )
    context = _context(request, found, Transfer.Status.AWAITING_CONSENT) | {
        "form": form,
        "preconditions": preconditions(found.target, found.source, found),
    }
    if not context["too_late"]:
        context["numbers"] = _numbers(found.source, found.target)
    return render(request, "subscriptions/transfer_agree.html", context, status=422 if form.errors else 200)


@allow(Action.MANAGE_TRANSFERS)
@looks_and_acts
def decline(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """Say no, with a reason, to what a customer has begun from its own side."""
    found = _to_partner(request, transfer_id, asked_as=Party.CUSTOMER)
    done = (_("You declined the transfer. The others were told."), _("The transfer was declined before."))
    return _ended(request, found, "decline", decline_transfer, done)


@allow(Action.MANAGE_TRANSFERS)
@looks_and_acts
def cancel(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """Take back what this partner has asked for or agreed to, as long as nothing moves."""
    found = _to_partner(request, transfer_id)
    if found.asked_as == Party.CUSTOMER and found.status == Transfer.Status.AWAITING_CONSENT:
        return redirect("transfers:decline", found.pk)
    done = (_("The transfer is canceled. The others were told."), _("The transfer was canceled before."))
    return _ended(request, found, "cancel", cancel_transfer, done)


def _ended(
    request: StaffRequest, found: Transfer, doing: str, service: Callable[..., bool], done: tuple[str, str]
) -> HttpResponse:
    data, _files = posted(request)
    form = EndForm(data, needs_reason=doing == "decline", typed=None if data else typed_before(request))
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        return act(
            request,
            lambda: service(found, reason, actor=request.user),
            done=lambda now: done[0] if now else done[1],
            then=_page(found),
        )
    states = [Transfer.Status.AWAITING_CONSENT] if doing == "decline" else [*Transfer.WAITING]
    context = _context(request, found, *states) | {"form": form, "doing": doing}
    return render(request, "subscriptions/transfer_end.html", context, status=422 if form.errors else 200)


def _to_partner(request: StaffRequest, transfer_id: UUID, *, asked_as: Party | None = None) -> Transfer:
    """A transfer that comes to this partner and was begun by that party, where one is named (404 for others)."""
    found = get_object_or_404(transfers_of(request.partner).filter(target_partner=request.partner), pk=transfer_id)
    if asked_as and found.asked_as != asked_as:
        raise Http404
    return found


def _context(request: HttpRequest, found: Transfer, *states: str) -> dict[str, Any]:
    """What a page needs on which a transfer is answered; `too_late` says why it cannot be any more."""
    now = timezone.now()
    too_late = "" if found.status in states and not found.has_expired(now) else how_it_ended(found, now)
    return transfer_context(found, request.user) | {"too_late": too_late}  # type: ignore[arg-type]


def _page(found: Transfer) -> str:
    return reverse("transfers:transfer", args=[found.pk])
