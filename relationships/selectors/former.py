"""Questions about customers whose relationship has ended. Each begins with a partner, or with a row it already got."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from customers.models import Customer
from customers.selectors.customers import former_customers_of
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import Order
from partnercenter.web.searching import matching_text
from relationships.models import PastRelationship

# The order of the list, an index of the table.
ORDERS: Final[Mapping[str, Order]] = {"ended": Order(("ended_at", "tenant_id"))}


def former_matching(partner: Partner, text: str) -> QuerySet[Customer]:
    """The former customers of a partner in whose names, domains and Microsoft ID every word of a text occurs."""
    return matching_text(former_customers_of(partner), text)


def past_of(customer: Customer) -> QuerySet[PastRelationship]:
    """All relationships of an account that have ended, the last one first."""
    past = PastRelationship.objects.filter(customer=customer).select_related("between__tenant", "ended_by")
    return past.order_by("-ended_at", "-id")


def last_past_of(customers: Collection[Customer]) -> dict[int, PastRelationship]:
    """The last relationship of each of some accounts that has ended, by the keys of the accounts."""
    past = PastRelationship.objects.filter(customer__in=customers).select_related("between__tenant", "ended_by")
    return {one.customer_id: one for one in past.order_by("customer", "-ended_at", "-id").distinct("customer")}


def past_of_tenant(tenant_id: UUID) -> QuerySet[PastRelationship]:
    """All relationships that partners had with an organization and that have ended, the last one first."""
    past = PastRelationship.objects.filter(customer__tenant=tenant_id)
    return past.select_related("customer__partner__tenant", "between__tenant").order_by("-ended_at", "-id")
