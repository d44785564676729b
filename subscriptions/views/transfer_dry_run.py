"""The dry run for the new partner, thing by thing, once the customer has agreed that it may know of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from subscriptions.models import Transfer
from subscriptions.selectors.transfer_findings import dry_run
from subscriptions.selectors.transfer_preconditions import preconditions
from subscriptions.selectors.transfer_tree import everything_held
from subscriptions.selectors.transfers import how_it_ended, status_at, transfers_of
from subscriptions.views.transfer_context import transfer_context


@allow(Action.SEE_CUSTOMERS)
@require_safe
def dry_run_of_all(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """What all that the customer has there would come to, with the remedies: who takes it over can help with them."""
    own = transfers_of(request.partner).filter(target_partner=request.partner)
    found: Transfer = get_object_or_404(own, pk=transfer_id)
    if status_at(found, timezone.now()) != Transfer.Status.AWAITING_REVIEW:
        messages.info(request, how_it_ended(found, timezone.now()))
        return redirect("transfers:transfer", found.pk)
    context = transfer_context(found, request.user) | {
        "preconditions": preconditions(found.target, found.source, found),
        "run": dry_run(found, everything_held(found)),
    }
    return render(request, "subscriptions/transfer_dry_run.html", context)
