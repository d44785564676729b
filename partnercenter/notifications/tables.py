"""What stands behind the bell, as a list."""

from __future__ import annotations

import django_tables2
from django.utils.translation import gettext_lazy as _

from partnercenter.web.keyset import Order
from partnercenter.web.tables import Table


class NotificationTable(Table):
    """Notifications of a person, the newest one first."""

    row_template = "notifications/_row.html"
    orders = {"at": Order(("at", "id"))}
    default_order = "-at"
    caption = _("Notifications")
    css_class = "wrap as-cards"

    sentence = django_tables2.Column(verbose_name=_("What happened"))
    state = django_tables2.Column(verbose_name=_("State"))
    at = django_tables2.Column(verbose_name=_("When"))
