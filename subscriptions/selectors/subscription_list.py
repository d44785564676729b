"""What lists of subscriptions find: each part of a list is read along an index, however much there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.models import Customer
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import Order, Source
from partnercenter.web.searching import Searched, Together
from subscriptions.catalog import CATALOG
from subscriptions.models import Subscription
from subscriptions.selectors.finding import (
    CalledAsOffered,
    Cells,
    FewOrWalked,
    Found,
    Many,
    Walked,
    ids_like,
    offers_called,
    said_by,
    words_of,
)
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
# The states in which something comes to the end of its term; of the index by end, too.
COMES_TO_AN_END: Final = (Status.ACTIVE, Status.SUSPENDED)

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

    @property
    def each_status(self) -> tuple[str, ...]:
        return self.statuses or tuple(Status)

    @property
    def cells(self) -> list[tuple[str, str]]:
        """What is wanted of a list, as cells of an index by kind and state."""
        return [(kind, status) for kind in self.kinds for status in self.each_status]

    @property
    def key(self) -> str:
        """The same wish has the same key; where no text is asked for."""
        moments = [one.isoformat() if one else "" for one in (self.ends_from, self.ends_before)]
        return "|".join([self.kind, self.state, self.offer_id, str(self.reseller and self.reseller.pk), *moments])

    @property
    def facts(self) -> dict[str, Sequence[Any]]:
        """What is asked beside text and time, by columns; nothing for whatever."""
        return {
            "kind": self.kinds if self.kind else (),
            "status": self.statuses,
            "offer_id": [self.offer_id] if self.offer_id else (),
            "reseller_id": [self.reseller.pk] if self.reseller else (),
        }

    def ending(self, rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
        """The rows that come to the end of their term when that is wanted."""
        rows = rows.filter(term_ends_at__isnull=False, status__in=COMES_TO_AN_END)
        if self.ends_from:
            rows = rows.filter(term_ends_at__gte=self.ends_from)
        return rows.filter(term_ends_at__lt=self.ends_before) if self.ends_before else rows

    def narrow(self, rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
        """The rows that meet all conditions but for the text."""
        if self.kind:
            rows = rows.filter(kind__in=self.kinds)
        if self.offer_id:
            rows = rows.filter(offer_id=self.offer_id)
        if self.reseller:
            rows = rows.filter(reseller=self.reseller)
        if self.by_end:
            rows = self.ending(rows)
        return self._in_state(rows)

    def _in_state(self, rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
        if self.state == EVERY_STATE:
            return rows
        return rows.filter(status=self.state) if self.state else rows.filter(not_ended())


def found_of_customer(customer: Customer, wanted: Wanted) -> Source[Subscription]:
    """What a customer has bought, as this account sees it: each kind is a part."""
    own = sold_through(customer)
    parts = [_searched(own.filter(kind=kind), wanted) for kind in wanted.kinds]
    if customer.provider_id:
        # Little: what one provider sold to one customer.
        others = wanted.narrow(subscriptions_of(customer).exclude(customer=customer))
        parts.append(Source(others.filter(said_by(wanted.text))))
    parts += _with_ids(wanted.narrow(own), wanted)
    return Together(wanted.narrow(subscriptions_of(customer)).filter(said_by(wanted.text)), parts)


def _searched(rows: QuerySet[Subscription], wanted: Wanted) -> Source[Subscription]:
    return Searched(rows, wanted.text, order=ORDERS["name"], narrowed=wanted.narrow(rows))


def found_of_partner(partner: Partner, wanted: Wanted) -> Source[Subscription]:
    """What all customers have bought through a partner."""
    own = Subscription.objects.filter(partner=partner)
    parts = _parts(own, wanted) + _with_ids(wanted.narrow(own.filter(customer__ended_at=None)), wanted)
    if partner.kind == Partner.Kind.RESELLER:
        others = sold_by_providers(partner)
        parts += [_through_reseller(others, wanted), *_with_ids(wanted.narrow(others), wanted)]
    rows = wanted.narrow(subscriptions_of_partner(partner)).filter(said_by(wanted.text))
    return Together(rows, parts) if wanted.text else Many(rows, parts, key=f"{partner.pk}:{wanted.key}")


def _parts(own: QuerySet[Subscription], wanted: Wanted) -> list[Source[Subscription]]:
    """What a partner sold, in parts of which each stands in an index in the order of the list."""
    living = own.filter(customer__ended_at=None)
    if wanted.by_end:
        return [_by_end(own, wanted)]
    if wanted.reseller:
        return [_through_reseller(own if wanted.text else living, wanted)]
    if wanted.text:
        return [*_by_text(own, wanted)]
    if wanted.offer_id:
        fits = CATALOG[wanted.offer_id].kind in wanted.kinds
        cells = [(wanted.offer_id, status) for status in wanted.each_status if fits]
        return [Cells(wanted.narrow(living), ("offer_id", "status"), cells, of_any=living)]
    return [Cells(wanted.narrow(living), ("kind", "status"), wanted.cells, of_any=living)]


def _by_text(own: QuerySet[Subscription], wanted: Wanted) -> list[Found]:
    """What is called as its offer is, found by offers; and what has a name of its own."""
    living, named = own.filter(customer__ended_at=None), own.filter(has_own_name=True)
    found = wanted.narrow(living).filter(words_of(wanted.text))
    offers = offers_called(wanted.text)
    offers = [one for one in offers if one.kind in wanted.kinds and wanted.offer_id in ("", one.id)]
    return [
        CalledAsOffered(found.filter(has_own_name=False), offers, wanted.each_status, of_any=living),
        Walked(found.filter(has_own_name=True), named, wanted.text, wanted.facts, order=ORDERS["name"]),
    ]


def _by_end(own: QuerySet[Subscription], wanted: Wanted) -> Source[Subscription]:
    found = wanted.narrow(own.filter(customer__ended_at=None))
    if not {*wanted.each_status} & {*COMES_TO_AN_END}:
        return Source(found.none())
    if not wanted.text:
        # Without it, or through few resellers, the database finds the best way.
        asks = any(wanted.facts.values()) and not wanted.reseller
        return Walked(found, wanted.ending(own), "", wanted.facts, order=BY_END) if asks else Source(found)
    by_text = _by_text(own, replace(wanted, ends_from=None, ends_before=None, reseller=None))
    found = found.filter(words_of(wanted.text))
    return FewOrWalked(by_text, found, wanted.ending(own), wanted.text, wanted.facts, order=BY_END)


def _through_reseller(rows: QuerySet[Subscription], wanted: Wanted) -> Source[Subscription]:
    """What was sold with a reseller on record: the one to whom `rows` belong, or whom the list asks for."""
    found = wanted.narrow(rows).filter(words_of(wanted.text))
    if wanted.by_end:
        return Source(found)
    of_any = rows.filter(reseller=wanted.reseller) if wanted.reseller else rows
    of_any = of_any.filter(offer_id=wanted.offer_id) if wanted.offer_id else of_any
    return Cells(found, ("kind", "status"), wanted.cells, of_any=of_any, text=wanted.text)


def _with_ids(narrowed: QuerySet[Subscription], wanted: Wanted) -> list[Source[Subscription]]:
    """What a text finds by the ID alone; nothing where it can be none."""
    by_id = ids_like(wanted.text)
    return [Source(narrowed.filter(by_id).exclude(words_of(wanted.text)))] if by_id else []


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
