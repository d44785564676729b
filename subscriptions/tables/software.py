"""The software that a customer has bought."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import django_tables2
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partnercenter.partners.access import StaffRequest
from partnercenter.web.tables import Table
from subscriptions.models import SoftwarePurchase
from subscriptions.selectors.software import ORDERS, why_not_cancel


class SoftwareTable(Table):
    """What was bought, the newest first; each with why it cannot be given back at the moment `now`."""

    row_template = "subscriptions/_software_row.html"
    orders = ORDERS
    default_order = "-purchased"
    caption: ClassVar = _("Software")
    css_class = "wrap as-cards"

    software = django_tables2.Column(verbose_name=_("Software"))
    quantity = django_tables2.Column(verbose_name=_("Quantity"))
    state = django_tables2.Column(verbose_name=_("State"))
    purchased = django_tables2.Column(verbose_name=_("Bought"))
    actions = django_tables2.Column(verbose_name=_("Actions"))

    def __init__(self, purchases: QuerySet[SoftwarePurchase], request: StaffRequest, now: datetime) -> None:
        super().__init__(purchases, request)
        for purchase in self.records:
            purchase.cancel_denied = why_not_cancel(purchase, now)
