"""The transfers of what one's own organization has."""

from __future__ import annotations

from typing import ClassVar

import django_tables2
from django.utils.translation import gettext_lazy as _

from partnercenter.web.keyset import Order
from partnercenter.web.tables import Table


class MyTransferTable(Table):
    """Which partner gives Azure of an organization to which other one, the newest request first."""

    row_template = "subscriptions/_my_transfer_row.html"
    orders: ClassVar = {"asked": Order(("asked_at", "id"))}
    default_order = "-asked"
    caption: ClassVar = _("Transfers of your Azure")
    css_class = "wrap as-cards"

    partners = django_tables2.Column(verbose_name=_("From → to"))
    asked = django_tables2.Column(verbose_name=_("Requested"))
    state = django_tables2.Column(verbose_name=_("State"))
    waits = django_tables2.Column(verbose_name=_("Waits for"))
