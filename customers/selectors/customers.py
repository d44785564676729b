"""Questions about customers. Each begins with the partner: nothing here finds another partner's row."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from customers.models import Customer, Tag
from partnercenter.folding import fold
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import Order


class SearchBy(StrEnum):
    """Where a search looks; the words of `by=` in the address."""

    EVERYTHING = "all"
    COMPANY = "company"
    DOMAIN = "domain"
    MICROSOFT_ID = "microsoft_id"


# The orders of the list by the words of `sort=`; each is an index of the table. Positions in the list stand in
# addresses: equal rows are told apart by the Microsoft ID, not by a serial number.
ORDERS = {
    "name": Order(("name_key", "tenant_id")),
    "domain": Order(("domain", "tenant_id")),
    "tags": Order(("tag_count", "tenant_id")),
    "added": Order(("begun_at", "tenant_id")),
}

_COLUMN = {
    SearchBy.EVERYTHING: "search_text",
    SearchBy.COMPANY: "name_key",
    SearchBy.DOMAIN: "domain",
    SearchBy.MICROSOFT_ID: "microsoft_id_text",
}


def customers_of(partner: Partner) -> QuerySet[Customer]:
    """The customers that a partner serves now."""
    return Customer.objects.filter(partner=partner, ended_at=None)


def matching(customers: QuerySet[Customer], text: str, by: SearchBy = SearchBy.EVERYTHING) -> QuerySet[Customer]:
    """The customers in which every word of `text` occurs somewhere, without regard to case and accents."""
    if by == SearchBy.MICROSOFT_ID:
        customers = customers.annotate(microsoft_id_text=Cast("tenant_id", TextField()))
    every_word = Q()
    for word in fold(text).strip("{}").split():
        every_word &= Q(**{f"{_COLUMN[by]}__contains": word})
    return customers.filter(every_word)


def account_of(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """The same customers with all that the account page shows."""
    return customers.select_related(
        "partner__tenant", "tenant", "bill_to", "agreement", "reseller__tenant"
    ).prefetch_related("tenant__domains")


def tags_of(partner: Partner) -> QuerySet[Tag]:
    return Tag.objects.filter(partner=partner).order_by("name")


def tags_on(customer: Customer) -> QuerySet[Tag]:
    """The tags that a customer has, in the order of their names."""
    return tags_of(customer.partner).filter(pk__in=customer.tag_ids)
