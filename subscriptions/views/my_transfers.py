"""Transfers: their pages for the customer's own people."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from partnercenter.directory.models import User
from partnercenter.web.access import signed_in
from subscriptions.selectors.transfers import transfers_about


@signed_in
@require_safe
def transfer(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Everything about one transfer of what one's organization has."""
    tenant = cast(User, request.user).tenant
    if tenant is None:
        raise Http404
    found = get_object_or_404(transfers_about(tenant), pk=transfer_id)
    return render(request, "subscriptions/my_transfer.html", {"transfer": found})
