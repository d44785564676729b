"""What lists of subscriptions find: each part of a list is read along an index, however much there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.models import Customer
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import Order, Source
from partnercenter.web.searching import Searched, Together, matching_text
from subscriptions.catalog import CATALOG
from subscriptions.models import Subscription
from subscriptions.selectors.subscriptions import (
    LISTS,
    ORDERS,
    not_ended,
    sold_by_providers,
    sold_through,
    subscriptions_of,
    subscriptions_of_partner,
)

# What `state=` says of all states, also those of subscriptions that have ended.
EVERY_STATE: Final = "all"
# The order of those that come to an end, where a list asks for no others; an index of the table.
BY_END: Final = Order(("term_ends_at", "id"))

Status = Subscription.Status

# The products of a partner, one step along an index for each.
_PRODUCTS: Final = """
    WITH RECURSIVE product (offer_id) AS (
        (SELECT offer_id FROM subscriptions_subscription WHERE partner_id = %(partner)s ORDER BY offer_id LIMIT 1)
        UNION ALL SELECT (
            SELECT s.offer_id FROM subscriptions_subscription AS s
            WHERE s.partner_id = %(partner)s AND s.offer_id > product.offer_id ORDER BY s.offer_id LIMIT 1
        ) FROM product WHERE product.offer_id IS NOT NULL
    )
    SELECT offer_id FROM product WHERE offer_id IS NOT NULL
"""


@dataclass(frozen=True)
class Wanted:
    """What a list asks for; what is empty asks for nothing.

    `kind` is one of `LISTS`, `state` a status or `EVERY_STATE`; empty for all that have not ended. With `ends_from` or
    `ends_before` only those are wanted that are active or suspended and come to the end of their term then.
    """

    text: str = ""
    kind: str = ""
    state: str = ""
    offer_id: str = ""
    reseller: Partner | None = None
    ends_from: datetime | None = None
    ends_before: datetime | None = None

    @property
    def by_end(self) -> bool:
        """Whether only those are wanted that come to an end at some time."""
        return bool(self.ends_from or self.ends_before)

    @property
    def kinds(self) -> tuple[str, ...]:
        return LISTS[self.kind] if self.kind else tuple(kind for kinds in LISTS.values() for kind in kinds)

    @property
    def statuses(self) -> tuple[str, ...]:
        """The states that are wanted; empty for all of them."""
        if self.state == EVERY_STATE:
            return ()
        return (self.state,) if self.state else tuple(state for state in Status if state not in Subscription.ENDED)

    def narrow(self, rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
        """The rows that meet all conditions but for the text."""
        if self.kind:
            rows = rows.filter(kind__in=self.kinds)
        if self.offer_id:
            rows = rows.filter(offer_id=self.offer_id)
        if self.reseller:
            rows = rows.filter(reseller=self.reseller)
        if self.by_end:
            rows = rows.filter(term_ends_at__isnull=False, status__in=[Status.ACTIVE, Status.SUSPENDED])
        if self.ends_from:
            rows = rows.filter(term_ends_at__gte=self.ends_from)
        if self.ends_before:
            rows = rows.filter(term_ends_at__lt=self.ends_before)
        return self._in_state(rows)

    def _in_state(self, rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
        if self.state == EVERY_STATE:
            return rows
        return rows.filter(status=self.state) if self.state else rows.filter(not_ended())


def found_of_customer(customer: Customer, wanted: Wanted) -> Source[Subscription]:
    """What a customer has bought, as this account sees it: each kind is a part."""
    own = sold_through(customer)
    parts: list[Source[Subscription]] = [
        _searched(own.filter(kind=kind), wanted, narrowed=wanted.narrow(own.filter(kind=kind))) for kind in wanted.kinds
    ]
    if customer.provider_id:
        # Little: what one provider sold to one customer.
        others = wanted.narrow(subscriptions_of(customer).exclude(customer=customer))
        parts.append(Source(matching_text(others, wanted.text)))
    return _together(matching_text(wanted.narrow(subscriptions_of(customer)), wanted.text), parts)


def found_of_partner(partner: Partner, wanted: Wanted) -> Source[Subscription]:
    """What all customers have bought through a partner."""
    everything = matching_text(wanted.narrow(subscriptions_of_partner(partner)), wanted.text)
    own = Subscription.objects.filter(partner=partner)
    narrowed = wanted.narrow(own.filter(customer__ended_at=None))
    if wanted.by_end:
        parts = [Source(matching_text(narrowed, wanted.text))]
    elif wanted.text:
        parts = [_searched(own, wanted, narrowed=narrowed)]
    else:
        parts = [Source(part) for part in _parts(narrowed, wanted)]
    if partner.kind == Partner.Kind.RESELLER:
        others = sold_by_providers(partner)
        parts.append(Source(matching_text(wanted.narrow(others), wanted.text)))
    return _together(everything, parts)


def _parts(narrowed: QuerySet[Subscription], wanted: Wanted) -> Iterator[QuerySet[Subscription]]:
    """A partner's subscriptions in parts of which each stands in an index in the order of names."""
    if wanted.offer_id or wanted.reseller:
        yield narrowed
    elif wanted.kind == "usage":
        for offer in CATALOG.values():
            if offer.kind in wanted.kinds:
                yield narrowed.filter(offer_id=offer.id)
    elif len(wanted.statuses) > 1:
        for status in wanted.statuses:
            yield narrowed.filter(status=status)
    else:
        yield narrowed


def _searched(
    rows: QuerySet[Subscription], wanted: Wanted, *, narrowed: QuerySet[Subscription]
) -> Source[Subscription]:
    return Searched(rows, wanted.text, order=ORDERS["name"], narrowed=narrowed)


def _together(rows: QuerySet[Subscription], parts: list[Source[Subscription]]) -> Source[Subscription]:
    return parts[0] if len(parts) == 1 else Together(rows, parts)


def offers_bought_from(partner: Partner) -> list[str]:
    """The offers that customers have bought through a partner, by their ids."""
    if partner.kind == Partner.Kind.RESELLER:
        return list(subscriptions_of_partner(partner).values_list("offer_id", flat=True).distinct())
    with connection.cursor() as cursor:
        cursor.execute(_PRODUCTS, {"partner": partner.pk})
        return [offer_id for (offer_id,) in cursor.fetchall()]


def resellers_on_record(partner: Partner) -> dict[UUID | None, str]:
    """The names of all who are a reseller of record in what this partner sees."""
    if not partner.is_provider:
        return {partner.pk: str(partner)}
    sold = Subscription.objects.filter(partner=partner, reseller=OuterRef("pk"))
    return dict(Partner.objects.filter(Exists(sold)).values_list("pk", "tenant__name"))


def names_of_subscriptions(partner: Partner, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """What some subscriptions are called, of those that a partner sees."""
    found = subscriptions_of_partner(partner).filter(pk__in={one for one in ids if one})
    return dict(found.values_list("pk", "name"))


def accounts_called(ids: Iterable[int]) -> dict[int, tuple[UUID, str]]:
    """The Microsoft IDs and names of some accounts, by their keys."""
    rows = Customer.objects.filter(pk__in={*ids}).values_list("pk", "tenant_id", "name")
    return {pk: (microsoft_id, name) for pk, microsoft_id, name in rows}


def has_any(customer: Customer) -> bool:
    """Whether this account shows anything at all, be it something that has ended."""
    return subscriptions_of(customer).exists()


def sold_by(partner: Partner, customer: Customer | None) -> Q:
    """The condition for subscriptions that a partner may change: it sold them; only those of a customer if given."""
    return Q(customer=customer) if customer else Q(partner=partner, customer__ended_at=None)
