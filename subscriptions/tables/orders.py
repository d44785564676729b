"""The orders of a customer."""

from __future__ import annotations

from collections import defaultdict
from typing import ClassVar, Final

import django_tables2
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnercenter.partners.access import StaffRequest
from partnercenter.web.keyset import Order as ListOrder
from partnercenter.web.tables import Table
from subscriptions.models import Order, OrderLine
from subscriptions.selectors.orders import lines_of_orders

# So many lines of an order stand in the list.
SHOWN: Final = 5


class OrderTable(Table):
    """What was ordered for a customer, the newest order first; each with `first_lines` and `more_lines`, a number."""

    row_template = "subscriptions/_order_row.html"
    orders: ClassVar = {"placed": ListOrder(("placed_at", "id"))}
    default_order = "-placed"
    caption: ClassVar = _("Orders")
    css_class = "wrap as-cards"

    order = django_tables2.Column(verbose_name=pgettext_lazy("something bought", "Order"))
    offers = django_tables2.Column(verbose_name=_("Offers"))
    made_by = django_tables2.Column(verbose_name=_("Ordered by"))
    placed = django_tables2.Column(verbose_name=_("Ordered"))

    def __init__(self, orders: QuerySet[Order], request: StaffRequest) -> None:
        super().__init__(orders, request)
        lines: defaultdict[object, list[OrderLine]] = defaultdict(list)
        for line in lines_of_orders(self.records):
            lines[line.order_id].append(line)
        for order in self.records:
            order.first_lines, order.more_lines = lines[order.pk][:SHOWN], len(lines[order.pk][SHOWN:])
