"""The customer list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import django_tables2
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Tag
from customers.selectors.customers import ORDERS
from customers.selectors.finding import CustomersFound
from partnercenter.web.tables import Table


class CustomerTable(Table):
    """Customers of one partner; only a provider's list has a column for the reseller."""

    row_template = "customers/_row.html"
    css_class = "customers"
    orders = ORDERS
    default_order = "name"

    name = django_tables2.Column(verbose_name=_("Name"))
    microsoft_id = django_tables2.Column(verbose_name=_("Microsoft ID"))
    domain = django_tables2.Column(verbose_name=_("Primary domain"))
    relationship = django_tables2.Column(verbose_name=_("Relationship"))
    reseller = django_tables2.Column(verbose_name=_("Reseller"))
    tags = django_tables2.Column(verbose_name=_("Tags"))
    added = django_tables2.Column(verbose_name=_("Added"))

    def __init__(self, customers: CustomersFound, request: HttpRequest, *, tags: Iterable[Tag], provider: bool) -> None:
        if provider:
            customers.rows = customers.rows.select_related("reseller__tenant")
        super().__init__(customers, request, exclude=() if provider else ("reseller",))
        self.provider = provider
        vocabulary = {tag.pk: tag for tag in tags}
        for customer in self.records:
            customer.tags = [vocabulary[pk] for pk in customer.tag_ids if pk in vocabulary]


EXPORT_HEADER = (_("Microsoft ID"), _("Company name"), _("Primary domain name"), _("Relationship"), _("Tags"))


def export_rows(customers: QuerySet[Customer], tags: Iterable[Tag]) -> Iterator[tuple[str, ...]]:
    """The cells of the export (the product rules, section 4), read in pieces so that any size takes the same memory."""
    vocabulary = {tag.pk: tag.name for tag in tags}
    relationships = {value: str(label) for value, label in Customer.Relationship.choices}
    columns = customers.values_list("tenant_id", "name", "domain", "relationships", "tag_ids")
    for microsoft_id, name, domain, kinds, tag_ids in columns.iterator(chunk_size=5_000):
        names = sorted(vocabulary[pk] for pk in tag_ids if pk in vocabulary)
        yield str(microsoft_id), name, domain, "; ".join(map(relationships.__getitem__, kinds)), "; ".join(names)
