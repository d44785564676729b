"""Questions about campaigns. Each begins with the partner that takes over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnercenter.partners.models import Partner
from subscriptions.models import Transfer, TransferCampaign, TransferCampaignRow
from subscriptions.selectors.transfers import BADGES

# The states of a row for which there is no transfer; all others are those of the transfer.
WAITING, BLOCKED = "waiting", "blocked"
STATES: Final = (WAITING, BLOCKED, *Transfer.Status.values)


@dataclass(frozen=True)
class StateCount:
    """How many rows of a campaign are in a state, with its words and the kind and icon of its badge."""

    state: str
    label: str | Promise
    badge: str
    icon: str
    count: int


def campaigns_of(partner: Partner) -> QuerySet[TransferCampaign]:
    """The campaigns of a new partner, with the people and the job."""
    return TransferCampaign.objects.filter(partner=partner).select_related("created_by", "sent_by", "job")


def rows_of(campaign: TransferCampaign) -> QuerySet[TransferCampaignRow]:
    """The rows of a campaign with all that its page shows of them."""
    of_transfer = ("transfer__source__tenant", "transfer__source_partner__tenant", "transfer__target_partner__tenant")
    rows = TransferCampaignRow.objects.filter(campaign=campaign)
    return rows.select_related("account", "source_partner__tenant", *of_transfer)


def in_state(rows: QuerySet[TransferCampaignRow], state: str, now: datetime) -> QuerySet[TransferCampaignRow]:
    """Those of some rows that are in one of `STATES` at a moment."""
    return rows.alias(state_now=_state_at(now)).filter(state_now=state)


def rows_to_send(campaign: TransferCampaign) -> QuerySet[TransferCampaignRow]:
    """Those that nothing stands in the way of, and that are not sent yet."""
    return TransferCampaignRow.objects.filter(campaign=campaign, code="", transfer=None)


def _state_at(now: datetime) -> Case:
    """The state of a row at a moment, also before the clock has noticed that its transfer expired."""
    late = Q(transfer__status__in=Transfer.WAITING, transfer__expires_at__lte=now)
    return Case(
        When(late, then=Value(Transfer.Status.EXPIRED.value)),
        When(transfer__isnull=False, then=F("transfer__status")),
        When(code="", then=Value(WAITING)),
        default=Value(BLOCKED),
        output_field=CharField(),
    )


def numbers_of(campaigns: Iterable[TransferCampaign], now: datetime) -> dict[UUID, list[StateCount]]:
    """How many rows of each of some campaigns are in each state that there is at a moment."""
    given = {campaign.pk: campaign for campaign in campaigns}
    found = defaultdict[UUID, dict[str, int]](dict)
    rows = TransferCampaignRow.objects.filter(campaign__in=given).order_by()
    for pk, state, count in rows.values_list("campaign", _state_at(now)).annotate(Count("pk")):
        found[pk][state] = count
    return {pk: _counts(campaign, found[pk]) for pk, campaign in given.items()}


def _counts(campaign: TransferCampaign, numbers: Mapping[str, int]) -> list[StateCount]:
    return [
        StateCount(state, words_of(campaign, state), *badge_of(campaign, state), numbers[state])
        for state in STATES
        if state in numbers
    ]


def words_of(campaign: TransferCampaign, state: str) -> str | Promise:
    """What a state of rows is called: without a transfer it is another thing before and after the sending."""
    if state == BLOCKED:
        return _("Not sent") if campaign.sent_at else _("Blocked")
    if state == WAITING:
        if campaign.sent_at is None:
            return _("Can be sent")
        return _("Waiting") if campaign.is_running else _("Not reached")
    return Transfer.Status(state).label


def badge_of(campaign: TransferCampaign, state: str) -> tuple[str, str]:
    """The kind and the icon of the badge of a state of rows; the icon is empty where the kind says which one."""
    if state == BLOCKED:
        return "bad", ""
    if state == WAITING:
        if campaign.sent_at is None:
            return "good", ""
        return ("info", "clock") if campaign.is_running else ("plain", "pause")
    return BADGES[Transfer.Status(state)], ""


def codes_in(campaign: TransferCampaign) -> dict[str, int]:
    """How many rows of a campaign each problem has, the most frequent one first."""
    rows = TransferCampaignRow.objects.filter(campaign=campaign).exclude(code="").order_by()
    return dict(rows.values_list("code").annotate(count=Count("pk")).order_by("-count", "code"))


def campaign_of(transfer: Transfer, partner: Partner) -> TransferCampaign | None:
    """The campaign of a partner that a transfer was asked for with; None for a single request, and for others."""
    rows = TransferCampaignRow.objects.filter(transfer=transfer, campaign__partner=partner)
    row = rows.select_related("campaign").first()
    return row.campaign if row else None


def sent_with(transfers: QuerySet[Transfer], campaign: TransferCampaign) -> QuerySet[Transfer]:
    """Those of some transfers that were asked for with a campaign."""
    return transfers.filter(pk__in=TransferCampaignRow.objects.filter(campaign=campaign).values("transfer"))
