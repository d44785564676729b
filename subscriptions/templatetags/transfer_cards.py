"""Pieces about transfers, also for pages of other apps, which know them by name only."""

from __future__ import annotations

from typing import Any

from django.template import Context, Library
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from partnercenter.directory.clouds import Feature, offers
from partnercenter.partners.models import Partner
from partnercenter.partners.roles import Action
from partnercenter.web.templatetags.web import badge
from subscriptions.models import Transfer, TransferCampaign, TransferItem
from subscriptions.selectors.campaigns import campaign_of
from subscriptions.selectors.transfers import BADGES, status_at, transfers_of, waiting_for

register = Library()


@register.simple_tag
def transfer_badge(transfer: Transfer) -> SafeString:
    """The state of a transfer as it is now."""
    status = status_at(transfer, timezone.now())
    return badge(BADGES[status], status.label)


@register.inclusion_tag("subscriptions/_waiting_transfers.html", takes_context=True)
def waiting_transfers(context: Context) -> dict[str, Any]:
    """How many transfers wait for the answer of a partner, for somebody who may give it."""
    staff = context["staff"]
    if not (staff.may(Action.MANAGE_TRANSFERS) and offers(staff.partner.cloud, Feature.TRANSFER)):
        return {"waiting": 0}
    return {"waiting": waiting_for(transfers_of(staff.partner), staff.partner, timezone.now()).count()}


@register.simple_tag
def campaign_with(transfer: Transfer, partner: Partner) -> TransferCampaign | None:
    """The campaign of a partner that a transfer was asked for with."""
    return campaign_of(transfer, partner)


@register.simple_tag
def item_badge(item: TransferItem) -> SafeString:
    """The state of one thing that moves."""
    if item.status == TransferItem.Status.WAITING and item.code:
        return badge("warn", _("Not moved yet"))
    kinds = {TransferItem.Status.WAITING: "info", TransferItem.Status.MOVED: "good", TransferItem.Status.FAILED: "bad"}
    status = TransferItem.Status(item.status)
    return badge(kinds[status], status.label, "clock" if status == TransferItem.Status.WAITING else "")
