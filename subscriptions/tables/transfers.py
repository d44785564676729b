"""The transfers of a partner, as a list and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Final

import django_tables2
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnercenter.partners.access import StaffRequest
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import Order
from partnercenter.web.tables import Table
from subscriptions.models import Transfer
from subscriptions.selectors.transfers import awaited, days_left, each_way, is_turn_of, name_for, party_of, status_at


class TransferTable(Table):
    """Transfers in which a partner takes part, the one asked for last first; the customer is named `across` customers.

    Each has `name` (what the partner calls the customer), `waits_for` with `is_mine` (it is this partner's turn), and
    `days` that are left for it.
    """

    row_template = "subscriptions/_transfer_row.html"
    orders: ClassVar = {"asked": Order(("asked_at", "id"))}
    default_order = "-asked"
    caption: ClassVar = _("Transfers")
    css_class = "wrap as-cards"

    customer = django_tables2.Column(verbose_name=_("Customer"))
    way = django_tables2.Column(verbose_name=_("From and to"))
    state = django_tables2.Column(verbose_name=_("State"))
    waits_for = django_tables2.Column(verbose_name=_("Waits for"))
    asked = django_tables2.Column(verbose_name=_("Requested"))
    ended = django_tables2.Column(verbose_name=_("Ended"))

    def __init__(self, transfers: QuerySet[Transfer], request: StaffRequest, *, across: bool = True) -> None:
        self.across = across
        super().__init__(each_way(transfers, request.partner), request, exclude=() if across else ("customer",))
        now = timezone.now()
        for one in self.records:
            one.name = name_for(one, request.partner)
            one.waits_for = awaited(one, now, party_of(one, request.user))
            one.is_mine = is_turn_of(one, request.user, now)
            one.days = days_left(one, now)


EXPORT_HEADER: Final = (
    _("Transfer ID"),
    _("Microsoft ID"),
    _("Company name"),
    _("Current partner"),
    _("New partner"),
    _("Reseller"),
    _("State"),
    _("Waits for"),
    _("Requested (UTC)"),
    _("Expires (UTC)"),
    _("Ended (UTC)"),
    _("Reason"),
)
ROWS_AT_ONCE: Final = 2_000


def export_rows(transfers: QuerySet[Transfer], partner: Partner, now: datetime) -> Iterator[tuple[object, ...]]:
    """The cells of the export, read with a server-side cursor, as a partner knows the transfers at a moment."""
    for one in transfers.iterator(chunk_size=ROWS_AT_ONCE):
        awaits = awaited(one, now)
        yield (
            one.pk,
            one.source.tenant_id,
            name_for(one, partner),
            one.source_partner,
            one.target_partner,
            one.reseller or "",
            status_at(one, now).label,
            awaits,
            f"{one.asked_at:%Y-%m-%d %H:%M:%S}",
            f"{one.expires_at:%Y-%m-%d %H:%M:%S}" if one.status in Transfer.WAITING and awaits else "",
            f"{one.ended_at:%Y-%m-%d %H:%M:%S}" if one.ended_at else "",
            one.reason,
        )
