"""The requests of partners to one's own organization."""

from __future__ import annotations

from typing import ClassVar

import django_tables2
from django.utils.translation import gettext_lazy as _

from partnercenter.web.keyset import Order
from partnercenter.web.tables import Table


class MyRequestTable(Table):
    """What partners have asked an organization for, the newest request first."""

    row_template = "relationships/_my_request_row.html"
    orders: ClassVar = {"made": Order(("made_at", "id"))}
    default_order = "-made"
    caption: ClassVar = _("Requests of partners")
    css_class = "wrap as-cards"

    partner = django_tables2.Column(verbose_name=_("Partner"))
    asked = django_tables2.Column(verbose_name=_("Asked for"))
    made = django_tables2.Column(verbose_name=_("Requested"))
    state = django_tables2.Column(verbose_name=_("State"))
