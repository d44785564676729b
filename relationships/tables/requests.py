"""The requests of a partner."""

from __future__ import annotations

from typing import ClassVar

import django_tables2
from django.utils.translation import gettext_lazy as _

from partnercenter.web.tables import Table
from relationships.selectors.requests import ORDERS


class RequestTable(Table):
    """What a partner has asked organizations for, the newest request first."""

    row_template = "relationships/_request_row.html"
    orders = ORDERS
    default_order = "-made"
    caption: ClassVar = _("Requests for a relationship")
    css_class = "wrap as-cards"

    recipient = django_tables2.Column(verbose_name=_("Recipient"))
    asked = django_tables2.Column(verbose_name=_("Asked for"))
    made = django_tables2.Column(verbose_name=_("Requested"))
    state = django_tables2.Column(verbose_name=_("State"))
