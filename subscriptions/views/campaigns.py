"""Campaigns: one file, and a transfer for each customer in it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partnercenter.csvfiles import csv_lines
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.exports import csv_download
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.throttles import throttled
from subscriptions.forms.transfer_campaign import CampaignForm
from subscriptions.services.transfer_campaign import MAX_BYTES, TITLES, Outcome, send_campaign, try_campaign
from subscriptions.views.transfer_signing import signature_of


@allow(Action.MANAGE_TRANSFERS)
@throttled("campaign", per_minute=20, method="POST")
@looks_and_acts
def campaign(request: StaffRequest) -> HttpResponse:
    """Look at what would come of a file, or sign and send all of it; each row has its result."""
    data, files = posted(request)
    signs = "send" in request.POST
    form = CampaignForm(data, files, person=request.user, signs=signs, too_large="upload_too_large" in request.META)
    outcomes: list[Outcome] = []
    if form.is_valid():
        outcomes = _sent(request, form) if signs else try_campaign(request.partner, form.lines)
    context = {
        "form": form,
        "wish": request.POST.get("wish") or str(uuid4()),
        "limit": MAX_BYTES,
        "outcomes": outcomes,
        "sent": bool(outcomes) and signs,
        "good": sum(not outcome.problem for outcome in outcomes),
        "bad": sum(bool(outcome.problem) for outcome in outcomes),
    }
    return render(request, "subscriptions/transfer_campaign.html", context, status=422 if form.errors else 200)


def _sent(request: StaffRequest, form: CampaignForm) -> list[Outcome]:
    signature = signature_of(request, form.cleaned_data["typed_name"])
    token = f"campaign\n{form.cleaned_data['wish']}"
    return send_campaign(request.partner, form.lines, signature, token=token, actor=request.user)


@allow(Action.MANAGE_TRANSFERS)
@require_safe
def campaign_template(request: StaffRequest) -> HttpResponseBase:
    """An empty file with the right header, in the reader's language."""
    return csv_download(_("campaign"), _header())


def _header() -> Iterator[bytes]:
    return csv_lines([str(title) for title in TITLES.values()], ())
