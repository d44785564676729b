"""The reservations of a customer."""

from __future__ import annotations

from typing import ClassVar

import django_tables2
from django.utils.translation import gettext_lazy as _

from partnercenter.web.tables import Table
from subscriptions.selectors.reservations import ORDERS


class ReservationTable(Table):
    """What was reserved, the newest first."""

    row_template = "subscriptions/_reservation_row.html"
    orders = ORDERS
    default_order = "-begun"
    caption: ClassVar = _("Reservations")
    css_class = "wrap as-cards"

    name = django_tables2.Column(verbose_name=_("Name"))
    region = django_tables2.Column(verbose_name=_("Region"))
    quantity = django_tables2.Column(verbose_name=_("Quantity"))
    scope = django_tables2.Column(verbose_name=_("Scope"))
    term = django_tables2.Column(verbose_name=_("Term"))
    payment = django_tables2.Column(verbose_name=_("Payment"))
    state = django_tables2.Column(verbose_name=_("State"))
    begun = django_tables2.Column(verbose_name=_("Begun"))
    ends = django_tables2.Column(verbose_name=_("Ends"))
