"""Campaigns: a file is uploaded, looked at, signed and sent; then its page shows the state of every transfer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from customers.views.scope import why_not
from partnercenter.csvfiles import csv_lines
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.exports import csv_download, export_csv
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.throttles import throttled
from partnercenter.web.unsent import typed_before
from subscriptions.forms.campaigns import CampaignFilter, CampaignForm, SendCampaignForm
from subscriptions.models import TransferCampaign
from subscriptions.selectors.campaigns import BLOCKED, WAITING, StateCount, campaigns_of, numbers_of, rows_of
from subscriptions.services.campaign_files import MAX_BYTES, TITLES
from subscriptions.services.campaigns import check_again, discard_campaign, send_campaign, upload_campaign
from subscriptions.tables.campaigns import EXPORT_HEADER, CampaignRowTable, CampaignTable, export_rows
from subscriptions.views.transfer_signing import signature_of

P = ParamSpec("P")
# Checks in a minute: nobody finds out by trying which partners a customer has.
CHECKS_A_MINUTE = 20


def of_campaign(
    view: Callable[Concatenate[StaffRequest, TransferCampaign, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give a view the campaign of its address, among those of the partner (404)."""

    @wraps(view)
    def found(request: StaffRequest, campaign_id: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, get_object_or_404(campaigns_of(request.partner), pk=campaign_id), *args, **kwargs)

    return found


@allow(Action.SEE_CUSTOMERS)
@require_safe
def campaigns(request: StaffRequest) -> HttpResponse:
    """All campaigns of the partner, each with numbers."""
    context = {
        "table": CampaignTable(campaigns_of(request.partner), request),
        "manage_denied": why_not(request, Action.MANAGE_TRANSFERS),
    }
    return render(request, "subscriptions/campaigns.html", context)


@allow(Action.MANAGE_TRANSFERS)
@throttled("campaign", per_minute=CHECKS_A_MINUTE, method="POST")
@looks_and_acts
def new_campaign(request: StaffRequest) -> HttpResponse:
    """Take a file; what keeps it from being read is said at its field, and nothing is stored."""
    data, files = posted(request)  # reading them is what finds a file too large
    too_large = "upload_too_large" in request.META
    form = CampaignForm(data, files, initial={"wish": str(uuid4())}, too_large=too_large)
    if form.is_valid():
        file, wish = form.cleaned_data["file"], form.cleaned_data["wish"]
        try:
            made = upload_campaign(request.partner, name=file.name, content=file.read(), wish=wish, actor=request.user)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("transfers:campaign", made.pk)
    context = {"form": form, "limit": MAX_BYTES, "columns": [*TITLES.values()], "kept": TransferCampaign.KEPT_FOR.days}
    return render(request, "subscriptions/new_campaign.html", context, status=422 if form.errors else 200)


@allow(Action.MANAGE_TRANSFERS)
@require_safe
def campaign_template(request: StaffRequest) -> HttpResponseBase:
    """An empty file with the right header, in the reader's language."""
    return csv_download(_("campaign"), _header())


def _header() -> Iterator[bytes]:
    return csv_lines([str(title) for title in TITLES.values()], ())


@allow(Action.SEE_CUSTOMERS)
@require_safe
@of_campaign
def campaign(request: StaffRequest, campaign: TransferCampaign) -> HttpResponse:
    """What was found in its rows and how to go on, how far the sending is, and the state of every transfer."""
    form = SendCampaignForm(campaign=campaign, person=request.user)
    return render(request, "subscriptions/campaign.html", _context(request, campaign, form))


@allow(Action.SEE_CUSTOMERS)
@require_safe
@of_campaign
def campaign_progress(request: StaffRequest, campaign: TransferCampaign) -> HttpResponse:
    """How far it is, for htmx; the whole page is loaded again when there is no more to wait for."""
    if not campaign.is_running:
        return HttpResponseClientRefresh()
    context = {"campaign": campaign, "manage_denied": why_not(request, Action.MANAGE_TRANSFERS)}
    context |= _numbers(numbers_of([campaign], timezone.now())[campaign.pk])
    return render(request, "subscriptions/_campaign_progress.html", context)


@allow(Action.MANAGE_TRANSFERS)
@throttled("campaign", per_minute=CHECKS_A_MINUTE, method="POST")
@looks_and_acts
@of_campaign
def send(request: StaffRequest, campaign: TransferCampaign) -> HttpResponse:
    """Sign for all rows that can be sent; a second click finds them being sent."""
    if campaign.sent_at:
        return _to(campaign)
    data, _files = posted(request)
    typed = None if data else typed_before(request)
    form = SendCampaignForm(data, campaign=campaign, person=request.user, typed=typed)
    if form.is_valid():
        signature = signature_of(request, form.cleaned_data["typed_name"])
        try:
            send_campaign(campaign, signature, checked_at=form.cleaned_data["seen"], actor=request.user)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("You have signed. The transfers are requested now, one after the other."))
        return _to(campaign)
    status = 422 if form.errors else 200
    return render(request, "subscriptions/campaign.html", _context(request, campaign, form), status=status)


@allow(Action.MANAGE_TRANSFERS)
@throttled("campaign", per_minute=CHECKS_A_MINUTE, method="POST")
@require_POST
@of_campaign
def check(request: StaffRequest, campaign: TransferCampaign) -> HttpResponse:
    """Check the rows once more, as everything is now."""
    done = _("The rows were checked again.")
    return act(request, lambda: check_again(campaign), done=done, then=_page(campaign))


@allow(Action.MANAGE_TRANSFERS)
@require_POST
@of_campaign
def discard(request: StaffRequest, campaign: TransferCampaign) -> HttpResponse:
    """Forget a campaign that was not sent."""
    try:
        discard_campaign(campaign, actor=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return _to(campaign)
    messages.success(request, _("The campaign was discarded. Nothing was sent."))
    return redirect("transfers:campaigns")


@allow(Action.EXPORT)
@throttled("export", per_minute=30)
@require_safe
@of_campaign
def export(request: StaffRequest, campaign: TransferCampaign) -> HttpResponseBase:
    """Exactly the rows that the same filter shows, as CSV; corrected it can be uploaded again."""
    now = timezone.now()
    chosen = CampaignFilter(request.GET, campaign, numbers_of([campaign], now)[campaign.pk])
    rows = chosen.narrow(rows_of(campaign), now).order_by("line")
    name = _("campaign-%(file)s") % {"file": Path(campaign.name).stem}
    return export_csv(name, EXPORT_HEADER, export_rows(rows, campaign, now))


def _context(request: StaffRequest, campaign: TransferCampaign, form: SendCampaignForm) -> dict[str, Any]:
    now = timezone.now()
    numbers = numbers_of([campaign], now)[campaign.pk]
    chosen = CampaignFilter(request.GET, campaign, numbers)
    return _numbers(numbers) | {
        "campaign": campaign,
        "form": form,
        "filter": chosen,
        "table": CampaignRowTable(chosen.narrow(rows_of(campaign), now), request, campaign),
        "manage_denied": why_not(request, Action.MANAGE_TRANSFERS),
        "export_denied": why_not(request, Action.EXPORT),
    }


def _numbers(numbers: list[StateCount]) -> dict[str, Any]:
    count = {one.state: one.count for one in numbers}
    return {
        "numbers": numbers,
        "total": sum(count.values()),
        "waiting": count.get(WAITING, 0),
        "blocked": count.get(BLOCKED, 0),
    }


def _page(campaign: TransferCampaign) -> str:
    return reverse("transfers:campaign", args=[campaign.pk])


def _to(campaign: TransferCampaign) -> HttpResponse:
    return redirect(_page(campaign))
