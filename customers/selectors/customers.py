"""Questions about customers. Each begins with the partner: nothing here finds another partner's row."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower

from customers.models import Customer, Tag
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import Order

# The orders of the list by the words of `sort=`; each is an index of the table. Positions in the list stand in
# addresses: equal rows are told apart by the Microsoft ID, not by a serial number.
ORDERS = {
    "name": Order(("name_key", "tenant_id")),
    "domain": Order(("domain", "tenant_id")),
    "tags": Order(("tag_count", "tenant_id")),
    "added": Order(("begun_at", "tenant_id")),
}


def customers_of(partner: Partner) -> QuerySet[Customer]:
    """The customers that a partner serves now."""
    return Customer.objects.filter(partner=partner, ended_at=None)


def former_customers_of(partner: Partner) -> QuerySet[Customer]:
    """The customers that a partner served once; who has come back is not among them."""
    return Customer.objects.filter(partner=partner, ended_at__isnull=False)


def resellers_of(partner: Partner) -> QuerySet[Partner]:
    """The indirect resellers through which a provider serves customers, in the order of their names."""
    served = Customer.objects.filter(partner=partner, reseller=OuterRef("pk"), ended_at=None)
    return Partner.objects.filter(Exists(served)).select_related("tenant").order_by("tenant__name")


def account_of(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """The same customers with all that the account page shows."""
    return customers.select_related(
        "partner__tenant",
        "tenant",
        "bill_to",
        "agreement",
        "qualification_details",
        "reseller__tenant",
        "provider__tenant",
    )


def tags_of(partner: Partner) -> QuerySet[Tag]:
    """The vocabulary of a partner, in the order of the names."""
    return Tag.objects.filter(partner=partner, retired_at=None).order_by(Lower("name"))


def tags_on(customer: Customer) -> QuerySet[Tag]:
    """The tags that a customer has, in the order of their names."""
    return tags_of(customer.partner).filter(pk__in=customer.tag_ids)
