"""Campaigns: the list of them, and the rows of one, as a list and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Final

import django_tables2
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnercenter.partners.access import StaffRequest
from partnercenter.web.keyset import Order
from partnercenter.web.tables import Table
from subscriptions.models import Transfer, TransferCampaign, TransferCampaignRow
from subscriptions.selectors.campaign_checks import OF_ROWS
from subscriptions.selectors.campaigns import BLOCKED, WAITING, badge_of, numbers_of, words_of
from subscriptions.selectors.transfers import awaited, days_left, is_turn_of, status_at
from subscriptions.services.campaign_files import TITLES


class CampaignTable(Table):
    """Campaigns of a partner, the newest one first, each with the `numbers` of its rows by state."""

    row_template = "subscriptions/_campaign.html"
    orders: ClassVar = {"created": Order(("created_at", "id"))}
    default_order = "-created"
    caption: ClassVar = _("Campaigns")
    css_class: ClassVar = "wrap as-cards"

    name = django_tables2.Column(verbose_name=_("File"))
    numbers = django_tables2.Column(verbose_name=_("Customers"))
    sent = django_tables2.Column(verbose_name=_("Sent"))
    created = django_tables2.Column(verbose_name=_("Uploaded"))

    def __init__(self, campaigns: QuerySet[TransferCampaign], request: StaffRequest) -> None:
        super().__init__(campaigns, request)
        numbers = numbers_of(self.records, timezone.now())
        for one in self.records:
            one.numbers = numbers[one.pk]


class CampaignRowTable(Table):
    """The rows of a campaign in the order of the file, each with its state as it is at this moment.

    Each has `check_told` (the sentence and the remedy of its problem), and of a transfer `waits_for`, with `is_mine`
    and `days`.
    """

    row_template = "subscriptions/_campaign_row.html"
    orders: ClassVar = {"line": Order(("line",))}
    default_order = "line"
    caption: ClassVar = _("Rows of the file")
    css_class: ClassVar = "changed wrap as-cards"

    customer = django_tables2.Column(verbose_name=_("Customer"))
    line = django_tables2.Column(verbose_name=_("Line"))
    source = django_tables2.Column(verbose_name=_("Current partner"))
    state = django_tables2.Column(verbose_name=_("State"))
    waits = django_tables2.Column(verbose_name=_("Waits for"))
    what = django_tables2.Column(verbose_name=_("Reason and what to do"))

    def __init__(self, rows: QuerySet[TransferCampaignRow], request: StaffRequest, campaign: TransferCampaign) -> None:
        self.is_sent = campaign.sent_at is not None
        super().__init__(rows, request, exclude=() if self.is_sent else ("waits",))
        now = timezone.now()
        for row in self.records:
            row.label, row.badge, row.icon = state_of(row, campaign, now)
            row.check_told = OF_ROWS.get(row.code)
            row.waits_for = awaited(row.transfer, now) if row.transfer else ""
            row.is_mine = bool(row.waits_for) and is_turn_of(row.transfer, request.user, now)
            row.days = days_left(row.transfer, now) if row.waits_for else 0


def state_of(row: TransferCampaignRow, campaign: TransferCampaign, now: datetime) -> tuple[str, str, str]:
    """The words, the kind and the icon of the badge of a row, also before the clock has noticed that it expired."""
    state = status_at(row.transfer, now) if row.transfer else BLOCKED if row.code else WAITING
    return (str(words_of(campaign, state)), *badge_of(campaign, state))


EXPORT_HEADER: Final = (
    *TITLES.values(),
    _("Line"),
    _("Company name"),
    _("State"),
    _("Waits for"),
    _("Days left"),
    _("Requested (UTC)"),
    _("Expires (UTC)"),
    _("Ended (UTC)"),
    _("Transfer ID"),
    _("Code"),
    _("Reason"),
)
ROWS_AT_ONCE: Final = 2_000


def export_rows(
    rows: QuerySet[TransferCampaignRow], campaign: TransferCampaign, now: datetime
) -> Iterator[tuple[object, ...]]:
    """The cells of the export, read with a server-side cursor: what was uploaded, and how it stands at a moment."""
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        company = row.account.name if row.account else ""
        yield (row.customer, row.source, row.note, row.line, company, *_told(row, campaign, now))


def _told(row: TransferCampaignRow, campaign: TransferCampaign, now: datetime) -> tuple[object, ...]:
    label, _badge, _icon = state_of(row, campaign, now)
    one = row.transfer
    if one is None:
        return (label, *[""] * 6, row.code, reason_of(row))
    awaits = awaited(one, now)
    return (
        label,
        awaits,
        days_left(one, now) if awaits else "",
        _moment(one.asked_at),
        _moment(one.expires_at if awaits and one.status in Transfer.WAITING else None),
        _moment(one.ended_at),
        one.pk,
        "",
        one.reason,
    )


def reason_of(row: TransferCampaignRow) -> str:
    """Why nothing was asked for, and what to do about it; empty where nothing stands in the way."""
    check = OF_ROWS.get(row.code)
    return row.problem or (f"{check.sentence} {check.remedy}" if check else "")


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""
