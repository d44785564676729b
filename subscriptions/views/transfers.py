"""Transfers: their pages for partners."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from subscriptions.selectors.transfers import transfers_of
from subscriptions.views.transfer_context import items_piece, transfer_context


@allow(Action.SEE_CUSTOMERS)
@require_safe
def transfer(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """Everything about one transfer; while something moves, htmx asks for the items alone."""
    found = get_object_or_404(transfers_of(request.partner), pk=transfer_id)
    if piece := items_piece(request, found, request.user):
        return piece
    return render(request, "subscriptions/transfer.html", transfer_context(found, request.user))
