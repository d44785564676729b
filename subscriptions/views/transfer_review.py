"""The review of a transfer by the current partner: choose, look at what it would come to, accept or decline."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.views.scope import why_not
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.unsent import typed_before
from subscriptions.forms.transfer_review import ChoiceForm
from subscriptions.forms.transfer_signing import EndForm, SignForm
from subscriptions.models import Transfer
from subscriptions.selectors.transfer_checks import too_few_accept
from subscriptions.selectors.transfer_findings import dry_run
from subscriptions.selectors.transfer_money import SHOWN, money_of
from subscriptions.selectors.transfer_tree import (
    Choice,
    Chosen,
    chosen_of,
    licenses_held,
    movable,
    proposed_for,
    tree_of,
)
from subscriptions.selectors.transfers import (
    RECEIVED,
    days_left,
    how_it_ended,
    in_direction,
    source_signatures,
    transfers_of,
)
from subscriptions.services.transfer_review import accept_transfer, confirm_transfer, let_two_accept, take_choice_back
from subscriptions.services.transfers import decline_transfer
from subscriptions.views.transfer_signing import did_not_count, signature_of


@allow(Action.MANAGE_TRANSFERS)
@looks_and_acts
def review(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """The tree of what the customer holds; `step` says what was pressed: look, all, none, check or accept."""
    found = _received(request, transfer_id)
    if not _is_reviewed(found):
        return _too_late(request, found)
    if found.proposed_by_id:
        return _second(request, found)
    kept = None if request.method == "POST" else typed_before(request)
    form = ChoiceForm(request.POST if request.method == "POST" else kept)
    if form.step_name in ("check", "accept"):
        return _checked(request, found, form)
    if request.POST.get("step") == "confirm":
        messages.warning(request, did_not_count(_("The choice was taken back meanwhile. Choose anew.")))
    return _tree(request, found, form)


def _tree(request: StaffRequest, found: Transfer, form: ChoiceForm) -> HttpResponse:
    choice = form.choice
    tree = tree_of(found, form.read.get("q", ""), choice)
    chosen = tree.movable - len(choice.ids) if choice.everything else len(choice.ids)
    context = _context(found) | {
        "form": form,
        "tree": tree,
        "choice": choice,
        "chosen": max(0, chosen),
        "elsewhere": max(0, chosen - tree.chosen),
        "licenses": licenses_held(found),
        "decline_form": EndForm(),
    }
    return render(request, "subscriptions/transfer_review.html", context, status=422 if form.errors else 200)


def _checked(request: StaffRequest, found: Transfer, form: ChoiceForm) -> HttpResponse:
    """The dry run and the money sheet of what is chosen, and the acceptance."""
    chosen = chosen_of(found, form.choice)
    if not (chosen.subscriptions or chosen.reservations):
        messages.error(request, _("Nothing is chosen. Choose at least one thing, or decline the transfer."))
        return _tree(request, found, form)
    is_sent = _is_sent(request, chosen, "accept")
    signing = SignForm(request.POST if is_sent else None, person=request.user)
    if is_sent and signing.is_valid():
        accepted: HttpResponse = _accepted(request, found, chosen, signing.cleaned_data["typed_name"])
        return accepted
    return _sheet(request, found, chosen, signing, choice=form.choice, text=form.read.get("q", ""))


def _is_sent(request: StaffRequest, chosen: Chosen, step: str) -> bool:
    """Whether what is chosen was signed as it is: nobody signs what they have not seen."""
    if request.method != "POST" or request.POST.get("step") != step:
        return False
    if request.POST.get("seen") == chosen.fingerprint:
        return True
    messages.warning(request, _("What is chosen has changed since you looked at it. This is how it is now."))
    return False


def _sheet(
    request: StaffRequest, found: Transfer, chosen: Chosen, signing: SignForm, *, choice: Choice | None, text: str = ""
) -> HttpResponse:
    """What the acceptance would come to. `choice` is None where the first of two persons has chosen."""
    context = _context(found) | {
        "signing": signing,
        "choice": choice,
        "text": text,
        "run": dry_run(found, chosen),
        "seen": chosen.fingerprint,
        "money": money_of(found, chosen, timezone.now()),
        "named": f":{SHOWN}",
        "licenses": licenses_held(found),
        "is_everything": len(chosen.subscriptions) + len(chosen.reservations) == _all(found),
        "is_first": found.proposed_by_id == request.user.pk,
        "needs_second": _needs_second(request, found),
        "decline_form": EndForm(),
    }
    status = 422 if signing.is_bound else 200
    return render(request, "subscriptions/transfer_review_check.html", context, status=status)


def _needs_second(request: StaffRequest, found: Transfer) -> bool:
    """Whether another person has to agree after the one who looks."""
    if found.proposed_by_id:
        return found.proposed_by_id == request.user.pk
    return found.source_partner.two_accept_transfers


def _all(found: Transfer) -> int:
    everything = movable(found)
    return len(everything.subscriptions) + len(everything.reservations)


@reauthentication_required  # type: ignore[untyped-decorator]
def _accepted(request: StaffRequest, found: Transfer, chosen: Chosen, typed_name: str) -> HttpResponse:
    """Accept, once the person has typed the own password again."""
    try:
        accept_transfer(found, chosen, signature_of(request, typed_name), actor=request.user)
    except Refused as refused:
        messages.error(request, did_not_count(str(refused)))
        return redirect("transfers:review", found.pk)
    found.refresh_from_db()
    if found.status == Transfer.Status.AWAITING_REVIEW:
        messages.success(request, _("You accepted. Another admin has to agree before anything moves; all were told."))
        return redirect("transfers:review", found.pk)
    messages.success(request, _("You accepted: what you chose moves now. Everybody concerned was told."))
    return redirect("transfers:transfer", found.pk)


def _second(request: StaffRequest, found: Transfer) -> HttpResponse:
    """What the first of two persons has chosen, for the second one to agree to."""
    kept, chosen = None if request.method == "POST" else typed_before(request), proposed_for(found)
    if request.POST.get("step") == "accept" and found.proposed_by_id != request.user.pk:
        messages.warning(request, did_not_count(_("Somebody else has accepted already. Look at what is chosen.")))
    is_sent = _is_sent(request, chosen, "confirm")
    signing = SignForm(request.POST if is_sent else None, person=request.user, typed=kept)
    if is_sent and signing.is_valid():
        confirmed: HttpResponse = _confirmed(request, found, chosen, signing.cleaned_data["typed_name"])
        return confirmed
    return _sheet(request, found, chosen, signing, choice=None)


@reauthentication_required  # type: ignore[untyped-decorator]
def _confirmed(request: StaffRequest, found: Transfer, chosen: Chosen, typed_name: str) -> HttpResponse:
    try:
        confirm_transfer(found, chosen, signature_of(request, typed_name), actor=request.user)
    except Refused as refused:
        messages.error(request, did_not_count(str(refused)))
        return redirect("transfers:review", found.pk)
    messages.success(request, _("You agreed: what was chosen moves now. Everybody concerned was told."))
    return redirect("transfers:transfer", found.pk)


@allow(Action.MANAGE_TRANSFERS)
@require_POST
def take_back(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """Undo what the first of two persons has chosen."""
    found = _received(request, transfer_id)

    def told(taken: bool) -> str:
        return _("The choice was taken back. Choose anew.") if taken else _("Nothing was chosen any more.")

    review_page = reverse("transfers:review", args=[found.pk])
    return act(request, lambda: take_choice_back(found, actor=request.user), done=told, then=review_page)


@allow(Action.MANAGE_TRANSFERS)
@looks_and_acts
def decline_review(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """Answer no, with a reason."""
    found = _received(request, transfer_id)
    data, _files = posted(request)
    form = EndForm(data, typed=None if data else typed_before(request))
    if not form.is_valid():
        if not _is_reviewed(found):
            return _too_late(request, found)
        context = _context(found) | {"form": form, "decline_form": form}
        return render(request, "subscriptions/transfer_review_decline.html", context, status=422 if data else 200)

    def told(declined: bool) -> str:
        if not declined:
            return _("You declined this transfer before.")
        return _("You declined. The customer and the new partner were told so.")

    reason = form.cleaned_data["reason"]
    then = reverse("transfers:transfer", args=[found.pk])
    return act(request, lambda: decline_transfer(found, reason, actor=request.user), done=told, then=then)


@allow(Action.MANAGE_TRANSFERS)
@require_safe
def two_persons(request: StaffRequest) -> HttpResponse:
    """Whether one person or two have to accept what leaves the partner."""
    context = {
        "two": request.partner.two_accept_transfers,
        "too_few": too_few_accept(request.partner, at_least=2),
        "denied": why_not(request, Action.SET_TRANSFER_RULES),
    }
    return render(request, "subscriptions/transfer_two_persons.html", context)


@allow(Action.SET_TRANSFER_RULES)
@require_POST
def set_two_persons(request: StaffRequest) -> HttpResponse:
    """Whoever does away with the second person types the own password again."""
    two = request.POST.get("persons") == "2"
    answer: HttpResponse = _rule_set(request, two) if two else _rule_loosened(request)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
def _rule_loosened(request: StaffRequest) -> HttpResponse:
    return _rule_set(request, False)


def _rule_set(request: StaffRequest, two: bool) -> HttpResponse:
    def told(changed: bool) -> str:
        if not changed:
            return _("Nothing was changed.")
        return _("From now on two persons have to accept.") if two else _("From now on one person is enough.")

    service = lambda: let_two_accept(request.partner, two, actor=request.user)  # noqa: E731
    return act(request, service, done=told, then="transfers:two_persons")


def _received(request: StaffRequest, transfer_id: UUID) -> Transfer:
    """A transfer from the partner of whoever asks, once the customer has agreed (404)."""
    received = in_direction(transfers_of(request.partner), request.partner, RECEIVED)
    found: Transfer = get_object_or_404(received, pk=transfer_id)
    # The checks ask both accounts for their partners, which are known already: the same rows are not joined once more.
    found.source.partner, found.target.partner = found.source_partner, found.target_partner
    return found


def _is_reviewed(found: Transfer) -> bool:
    """Whether the transfer waits for the current partner at this moment."""
    return found.status == Transfer.Status.AWAITING_REVIEW and not found.has_expired(timezone.now())


def _too_late(request: StaffRequest, found: Transfer) -> HttpResponse:
    """Who comes when nothing is to be reviewed reads why, on the page of the transfer."""
    why, signs = how_it_ended(found, timezone.now()), request.POST.get("step") in ("accept", "confirm")
    if signs and not source_signatures(found).filter(signed_by=request.user).exists():
        messages.error(request, did_not_count(why))
    else:
        messages.info(request, why)
    return redirect("transfers:transfer", found.pk)


def _context(found: Transfer) -> dict[str, Any]:
    return {"transfer": found, "customer": found.source, "days": days_left(found, timezone.now())}
