"""The role assignments of an Azure subscription."""

from __future__ import annotations

from typing import ClassVar

import django_tables2
from django.utils.translation import gettext_lazy as _

from partnercenter.web.tables import Table
from subscriptions.selectors.azure import ROLE_ORDERS


class RoleTable(Table):
    """Who has which role, the first ones first."""

    row_template = "subscriptions/_role_row.html"
    orders = ROLE_ORDERS
    default_order = "assigned"
    caption: ClassVar = _("Role assignments")
    css_class = "wrap as-cards"

    principal = django_tables2.Column(verbose_name=_("Principal"))
    kind = django_tables2.Column(verbose_name=_("Kind"))
    role = django_tables2.Column(verbose_name=_("Role"))
    assigned = django_tables2.Column(verbose_name=_("Since"))
    actions = django_tables2.Column(verbose_name=_("Actions"))
