"""The former customers of a partner."""

from __future__ import annotations

from typing import ClassVar

import django_tables2
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnercenter.partners.access import StaffRequest
from partnercenter.web.tables import Table
from relationships.selectors.former import ORDERS, last_past_of


class FormerTable(Table):
    """Customers whose relationship has ended, the last one first; each with `past`, its last relationship."""

    row_template = "relationships/_former_row.html"
    orders = ORDERS
    default_order = "-ended"
    caption: ClassVar = _("Former customers")
    css_class = "wrap as-cards"

    name = django_tables2.Column(verbose_name=_("Name"))
    microsoft_id = django_tables2.Column(verbose_name=_("Microsoft ID"))
    begun = django_tables2.Column(verbose_name=_("From"))
    ended = django_tables2.Column(verbose_name=_("To"))
    ended_by = django_tables2.Column(verbose_name=_("Ended by"))
    reason = django_tables2.Column(verbose_name=_("Reason"))

    def __init__(self, customers: QuerySet[Customer], request: StaffRequest) -> None:
        super().__init__(customers, request)
        past = last_past_of(self.records)
        for customer in self.records:
            customer.past = past.get(customer.pk)
