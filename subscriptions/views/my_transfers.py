"""Transfers: their pages for the customer's own people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.services.privileges import may_decide
from partnercenter.directory.models import Tenant, User
from partnercenter.errors import Refused
from partnercenter.web.access import signed_in
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts
from partnercenter.web.throttles import throttled
from partnercenter.web.unsent import typed_before
from subscriptions.forms.my_transfers import NewTransferForm
from subscriptions.forms.transfer_signing import EndForm, SignForm
from subscriptions.models import Party, Transfer
from subscriptions.selectors.my_transfers import sellers_of
from subscriptions.selectors.transfer_money import SHOWN as NAMED
from subscriptions.selectors.transfer_money import money_of
from subscriptions.selectors.transfer_tree import SHOWN, azure_held, licenses_held, movable, reservations_held
from subscriptions.selectors.transfers import cancels, how_it_ended, transfers_about
from subscriptions.services.transfers import (
    WHO,
    Wish,
    agree_to_transfer,
    ask_for_transfer,
    cancel_transfer,
    decline_transfer,
)
from subscriptions.tables.my_transfers import MyTransferTable
from subscriptions.views.hand_over import access_removed, hand_over_context, ticked
from subscriptions.views.transfer_context import items_piece, retried, transfer_context
from subscriptions.views.transfer_record import record_download, record_page
from subscriptions.views.transfer_signing import signature_of, signed_or_told

State = Transfer.Status


@signed_in
@require_safe
def transfers(request: HttpRequest) -> HttpResponse:
    """Every transfer of what the own organization has, the newest one first."""
    tenant = _person(request).tenant
    table = MyTransferTable(transfers_about(tenant), request) if tenant else None
    denied = _why_not_ask(_person(request))
    return render(request, "subscriptions/my_transfers.html", {"table": table, "ask_denied": denied})


@signed_in
@require_safe
def transfer(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Everything about one transfer in plain words, and the answer where one is due."""
    found, person = _found(request, transfer_id), _person(request)
    if piece := items_piece(request, found, person):
        return piece
    return _looked_at(request, found)


def _looked_at(request: HttpRequest, found: Transfer) -> HttpResponse:
    """The page, with what somebody had typed into an answer when their session ended."""
    typed = typed_before(request)
    signing = SignForm(person=_person(request), typed=typed)
    return _page(request, found, signing, EndForm(needs_reason=False, typed=typed))


def _page(request: HttpRequest, found: Transfer, signing: SignForm, declining: EndForm) -> HttpResponse:
    person, now = _person(request), timezone.now()
    context = transfer_context(found, person) | hand_over_context(found, person, Party.CUSTOMER)
    is_asked = context["must_act"] == Party.CUSTOMER
    if is_asked:
        declining.fields["reason"].help_text = _("%(partner)s reads it.") % {"partner": found.target_partner}
    context |= {
        "is_asked": is_asked,
        "explanation": "" if is_asked else _explanation(found),
        "answer_denied": "" if context["may_act"] else WHO[Party.CUSTOMER],
        "can_cancel": bool(context["must_act"]) and cancels(found, Party.CUSTOMER),
        "can_ask_again": context["status"] not in Transfer.OPEN | {State.COMPLETE},
        "form": declining if declining.is_bound else signing,
        "signing": signing,
        "declining": declining,
    }
    if not found.accepted_at and found.status in Transfer.WAITING and not found.has_expired(now):
        context |= _what_may_move(found) | _what_ends(found)
    status = 422 if signing.is_bound or declining.is_bound else 200
    return render(request, "subscriptions/my_transfer.html", context, status=status)


def _explanation(found: Transfer) -> str:
    """How a transfer stands that waits for somebody else, or for nobody."""
    if found.must_act == Party.TARGET and not found.has_expired(timezone.now()):
        return _("You asked for this. %(partner)s has to agree now.") % {"partner": found.target_partner}
    return how_it_ended(found, timezone.now())


def _what_may_move(found: Transfer) -> dict[str, Any]:
    azure, reserved = azure_held(found), reservations_held(found)
    return {
        "azure": azure[:SHOWN],
        "azure_total": azure.count(),
        "reserved": reserved[:SHOWN],
        "reserved_total": reserved.count(),
        "licenses": licenses_held(found),
    }


def _what_ends(found: Transfer) -> dict[str, Any]:
    """The reservations that would end before their time if everything moved now."""
    if found.source_partner.currency == found.target_partner.currency:
        return {"ending": [], "ending_more": 0}
    ending = money_of(found, movable(found), timezone.now()).ending
    return {"ending": ending[:NAMED], "ending_more": max(0, len(ending) - NAMED)}


@signed_in
@looks_and_acts
def sign(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Agree, by typing the own name."""
    found = _found(request, transfer_id)
    if request.method != "POST":
        return _looked_at(request, found)
    person = _admin(request)
    form = SignForm(request.POST, person=person)
    if not form.is_valid():
        return _page(request, found, form, EndForm(needs_reason=False))

    def told(is_new: bool) -> str:
        if not is_new:
            return _("You signed this before.")
        return _("You signed. %(partner)s reviews the transfer now.") % {"partner": found.source_partner}

    signature = signature_of(request, form.cleaned_data["typed_name"])
    agree = lambda: signed_or_told(lambda: agree_to_transfer(found, signature, actor=person))  # noqa: E731
    return act(request, agree, done=told, then=_address(found))


@signed_in
@looks_and_acts
def decline(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Say no, with a reason if one likes."""
    done = (_("You declined the transfer: nothing moves."), _("You declined this transfer before."))
    return _ended(request, _found(request, transfer_id), decline_transfer, done)


@signed_in
@looks_and_acts
def cancel(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Take back what the organization asked for."""
    done = (_("The transfer is canceled: nothing moves."), _("You canceled this transfer before."))
    return _ended(request, _found(request, transfer_id), cancel_transfer, done)


def _ended(request: HttpRequest, found: Transfer, service: Callable[..., bool], done: tuple[str, str]) -> HttpResponse:
    if request.method != "POST":
        return _looked_at(request, found)
    person = _admin(request)
    form = EndForm(request.POST, needs_reason=False)
    if not form.is_valid():
        return _page(request, found, SignForm(person=person), form)
    reason = form.cleaned_data["reason"]
    end = lambda: service(found, reason, actor=person)  # noqa: E731
    return act(request, end, done=lambda is_new: done[0] if is_new else done[1], then=_address(found))


@signed_in
@looks_and_acts
def new(request: HttpRequest) -> HttpResponse:
    """Ask from the own side that Azure goes from one partner to another."""
    person, tenant = _person(request), _tenant(request)
    denied = _why_not_ask(person)
    if request.method == "POST" and denied:
        raise PermissionDenied(denied)
    accounts = list(sellers_of(tenant))
    given = {name: request.GET[name] for name in ("source", "target") if name in request.GET}
    data = request.POST if request.method == "POST" else None
    typed = None if data is not None else typed_before(request)
    form = NewTransferForm(data, accounts=accounts, person=person, given=given, typed=typed)
    if form.is_valid() and (asked := _asked(request, form)):
        sentence = _("You asked for the transfer and signed. %(partner)s has to agree now.")
        messages.success(request, sentence % {"partner": asked.target_partner})
        return redirect(_address(asked))
    context = {"form": form, "ask_denied": denied, "has_two": len(accounts) > 1}
    return render(request, "subscriptions/my_transfer_new.html", context, status=422 if form.is_bound else 200)


def _asked(request: HttpRequest, form: NewTransferForm) -> Transfer | None:
    """Ask; None with an error of the form where something stands in the way."""
    source, target = form.account("source"), form.account("target")
    wish = Wish(
        source=source,
        target=target,
        asked_as=Party.CUSTOMER,
        token=form.cleaned_data["wish"],
        note=form.cleaned_data["note"],
        reseller=target.reseller if target.partner.is_provider else None,
    )
    try:
        return ask_for_transfer(wish, signature_of(request, form.cleaned_data["typed_name"]), actor=_person(request))
    except Refused as refused:
        form.add_error(None, str(refused))
        return None


@signed_in
@throttled("transfer", per_minute=20)
@require_POST
def retry(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Try again at once what could not be moved."""
    found, person = _found(request, transfer_id), _admin(request)
    return retried(request, found, person, _address(found))


@signed_in
@require_POST
def tick(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    found, person = _found(request, transfer_id), _admin(request)
    return ticked(request, found, person, f"{_address(found)}#hand-over")


@signed_in
@looks_and_acts
def remove_access(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Say what access of the old partner is taken away, and take it."""
    found, person = _found(request, transfer_id), _person(request)
    context = hand_over_context(found, person, Party.CUSTOMER)
    if request.method != "POST":
        return render(request, "subscriptions/my_transfer_access.html", context | {"back": _address(found)})
    if context["hand_over_denied"]:
        raise PermissionDenied(WHO[Party.CUSTOMER])
    return access_removed(request, found, person, f"{_address(found)}#hand-over")


@signed_in
@require_safe
def record(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """The record of a transfer, for the customer."""
    return record_page(request, _found(request, transfer_id), _person(request), "layouts/my.html")


@signed_in
@throttled("export", per_minute=30)
@require_safe
def record_file(request: HttpRequest, transfer_id: UUID) -> HttpResponseBase:
    return record_download(_found(request, transfer_id), _person(request))


def _why_not_ask(person: User) -> str:
    return "" if may_decide(person) else str(WHO[Party.CUSTOMER])


def _admin(request: HttpRequest) -> User:
    """Whoever asks, if they decide for their organization."""
    person = _person(request)
    if not may_decide(person):
        raise PermissionDenied(WHO[Party.CUSTOMER])
    return person


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _tenant(request: HttpRequest) -> Tenant:
    tenant = _person(request).tenant
    if tenant is None:
        raise Http404
    return tenant


def _found(request: HttpRequest, transfer_id: UUID) -> Transfer:
    return get_object_or_404(transfers_about(_tenant(request)), pk=transfer_id)


def _address(found: Transfer) -> str:
    return reverse("my_transfers:transfer", args=[found.pk])
