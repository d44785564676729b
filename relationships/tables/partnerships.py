"""The partnerships of a provider or of a reseller."""

from __future__ import annotations

from typing import ClassVar

import django_tables2
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partnercenter.directory.countries import country_name
from partnercenter.partners.access import StaffRequest
from partnercenter.web.tables import Table
from relationships.models import Partnership
from relationships.selectors.partnerships import ORDERS, customers_served


class PartnershipTable(Table):
    """Partnerships and invitations, the newest first; each with its `other` side and its `country`.

    `other` is None while nobody has answered; `served` are the customers that the two have in common.
    """

    row_template = "relationships/_partnership_row.html"
    orders = ORDERS
    default_order = "-invited"
    caption: ClassVar = _("Partnerships")
    css_class = "wrap as-cards"

    name = django_tables2.Column(verbose_name=_("Partner"))
    partner_id = django_tables2.Column(verbose_name=_("Partner ID"))
    country = django_tables2.Column(verbose_name=_("Country/region"))
    since = django_tables2.Column(verbose_name=_("Since"))
    customers = django_tables2.Column(verbose_name=_("Customers"))
    state = django_tables2.Column(verbose_name=_("State"))
    actions = django_tables2.Column(verbose_name=_("Actions"))

    def __init__(self, partnerships: QuerySet[Partnership], request: StaffRequest) -> None:
        super().__init__(partnerships, request)
        partner = request.partner
        others = {row.pk: row.other_side_of(partner) for row in self.records}
        counts = customers_served(partner, [other.pk for other in others.values() if other])
        for row in self.records:
            row.other = others[row.pk]
            row.country = country_name(row.other.tenant.country) if row.other else ""
            row.served = counts.get(row.other.pk, 0) if row.other else 0
