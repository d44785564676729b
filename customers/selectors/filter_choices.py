"""What a list of customers can be filtered by, and how many customers each choice has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet

from customers.models import Customer, Tag
from customers.selectors.customers import customers_of, tags_of
from customers.selectors.list_query import as_guid
from customers.selectors.tags import tag_counts
from partnercenter.directory.clouds import Feature, offers
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import COUNT_LIMIT, count_up_to

_EVERYWHERE: Final = [Customer.Relationship.CLOUD_RESELLER, Customer.Relationship.ADVISOR]


@dataclass(frozen=True)
class Counts:
    """How many customers of a partner have a tag (by primary key), a reseller and a relationship."""

    tags: Counter[int] = field(default_factory=Counter)
    resellers: Counter[UUID] = field(default_factory=Counter)
    relationships: Counter[str] = field(default_factory=Counter)


def counts_of(partner: Partner) -> Counts | None:
    """The counts, or None for a partner with so many customers that a page would have to wait for them."""
    customers = customers_of(partner).order_by()
    if count_up_to(customers) > COUNT_LIMIT:
        return None
    counts = Counts()
    counts.tags.update(tag_counts(customers))
    kinds = customers.values_list("reseller", "relationships").annotate(count=Count("*"))
    for reseller, relationships, count in kinds:
        if reseller:
            counts.resellers[reseller] += count
        for relationship in relationships:
            counts.relationships[relationship] += count
    return counts


def tags_with(partner: Partner, pks: Iterable[int]) -> QuerySet[Tag]:
    """The tags with these primary keys, in the order of their names; any other partner's are not among them."""
    return tags_of(partner).filter(pk__in={*pks})


def tags_called(partner: Partner, guids: Iterable[str]) -> QuerySet[Tag]:
    """The tags that an address names, in the order of their names; what names none is passed over."""
    named = {guid for text in guids if (guid := as_guid(text))}
    return tags_of(partner).filter(guid__in=named) if named else Tag.objects.none()


def names_of(partners: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """What partners are called, by their Microsoft IDs."""
    return dict(Partner.objects.filter(pk__in={*partners} - {None}).values_list("pk", "tenant__name"))


def relationships_offered(partner: Partner) -> list[Customer.Relationship]:
    """What a partner of this kind can be to a customer in its cloud (the product rules, sections 1 and 2).

    A provider sells directly to its customers and to those of its resellers. Everybody else in a cloud with
    providers may also be a reseller of one.
    """
    if partner.is_provider or not offers(partner.cloud, Feature.INDIRECT_MODEL):
        return _EVERYWHERE
    return [*Customer.Relationship]
