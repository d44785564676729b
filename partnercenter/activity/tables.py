"""The log as a list and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import django_tables2
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from partnercenter.activity.details import details_of, told
from partnercenter.activity.models import Activity, Deed
from partnercenter.web.keyset import Order
from partnercenter.web.tables import Table


class ActivityTable(Table):
    """Lines of a log, the newest one first."""

    row_template = "activity/_line.html"
    orders = {"at": Order(("at", "id"))}
    default_order = "-at"
    caption = _("Activity")
    css_class = "top wrap as-cards"

    at = django_tables2.Column(verbose_name=_("Date and time"))
    deed = django_tables2.Column(verbose_name=_("Action"))
    customer = django_tables2.Column(verbose_name=_("Customer"))
    person = django_tables2.Column(verbose_name=_("Person"))
    details = django_tables2.Column(verbose_name=_("Details"))

    def __init__(self, lines: QuerySet[Activity], request: HttpRequest) -> None:
        super().__init__(lines, request)
        for line in self.records:
            line.told = details_of(line)


EXPORT_HEADER: Final = (
    _("Date and time (UTC)"),
    _("Action"),
    _("Customer"),
    _("Microsoft ID"),
    _("Person"),
    _("Details"),
)
ROWS_AT_ONCE: Final = 2_000


def export_rows(lines: QuerySet[Activity]) -> Iterator[tuple[str, ...]]:
    """The cells of the export, read with a server-side cursor: any number of lines takes the same memory."""
    deeds = dict(Deed.choices)
    for line in lines.iterator(chunk_size=ROWS_AT_ONCE):
        yield (
            f"{line.at:%Y-%m-%d %H:%M:%S}",
            str(deeds.get(line.deed, line.deed)),
            line.customer_name,
            str(line.customer_id or ""),
            line.actor_name,
            told(details_of(line)),
        )
