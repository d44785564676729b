"""What a customer may buy, and why it may not buy the rest (the product rules, section 8)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Agreement, Customer
from partnercenter.web.templatetags.web import grouped
from subscriptions.catalog import AZURE_PLAN, CATALOG, Category, Kind, Offer, offers_in
from subscriptions.models import OrderLine, Reservation, Subscription
from subscriptions.selectors.subscriptions import active_azure_of, not_ended, sold_through

# So many products are named where one of them is needed.
NAMED: Final = 2


@dataclass(frozen=True)
class Base:
    """What an add-on can extend: a subscription that is there, or another line of the order."""

    key: str
    label: str
    offer_id: str
    subscription: Subscription | None = None
    line: OrderLine | None = None


class Eligibility:
    """What one customer may buy through its account. Everything is asked of the database once."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self._active_azure: dict[frozenset[UUID], set[UUID]] = {}

    @cached_property
    def has_agreement(self) -> bool:
        """Whether somebody attested that the customer accepted the customer agreement."""
        return Agreement.objects.filter(customer=self.customer).exists()

    @cached_property
    def bars_all(self) -> str:
        """Why nothing can be bought through this account at all; empty if something can."""
        customer = self.customer
        if customer.ended_at:
            return _("The relationship with this customer has ended. Request a new one before anything is bought.")
        if Customer.Relationship.CLOUD_RESELLER not in customer.relationships:
            if customer.provider_id:
                sentence = _("%(provider)s sells to this customer; ask them to place the order.")
                return sentence % {"provider": customer.provider}
            sentence = _("You serve this customer as %(relationship)s, which does not include selling.")
            return sentence % {"relationship": customer.relationship_label}
        if not self.has_agreement:
            return _("The customer has not accepted the customer agreement yet. Nothing can be bought before that.")
        return ""

    def why_not(self, offer: Offer, chosen: Collection[str] = ()) -> str:
        """Why the customer may not buy an offer; empty if it may. `chosen` are other offers of the same order."""
        return (
            self.bars_all
            or self._not_here(offer)
            or self._not_qualified(offer)
            or self._had(offer, chosen)
            or self._lacks_base(offer, chosen)
        )

    def why_none(self, kind: Kind) -> str:
        """Why no offer of a kind can be bought; empty if one can."""
        cloud = self.customer.partner.cloud
        reasons = [self.why_not(offer) for offer in offers_in(cloud) if offer.kind == kind]
        if not reasons:
            return _("Nothing of this kind is sold in the %(cloud)s cloud.") % {"cloud": cloud.label}
        return "" if "" in reasons else reasons[0]

    def _not_here(self, offer: Offer) -> str:
        if self.customer.partner.cloud in offer.clouds:
            return ""
        return _("This offer is not sold in the %(cloud)s cloud.") % {"cloud": self.customer.partner.cloud.label}

    def _not_qualified(self, offer: Offer) -> str:
        if not offer.qualification or offer.qualification == self.customer.qualification:
            return ""
        wanted = Customer.Qualification(offer.qualification).label
        sentence = _("Only for customers with the special qualification “%(qualification)s”.")
        return sentence % {"qualification": wanted}

    def _had(self, offer: Offer, chosen: Collection[str]) -> str:
        if offer.is_trial and offer.id in self._trials:
            return _("A customer can try an offer once, and this one has.")
        if offer.is_trial and offer.id in chosen:
            return _("A customer can try an offer once.")
        if offer.kind == Kind.PLAN and (offer.id in chosen or self._has_plan):
            return _("The customer has an Azure plan already; one is enough for any number of Azure subscriptions.")
        return ""

    def _lacks_base(self, offer: Offer, chosen: Collection[str]) -> str:
        if not offer.requires and not offer.is_add_on:
            return ""
        if not offer.requires:
            return _("The products that this add-on extends are not sold any more.")
        active = {base.offer_id for base in self.subscriptions}
        return "" if not offer.requires.isdisjoint({*active, *chosen}) else _needs_one_of(offer)

    @cached_property
    def subscriptions(self) -> list[Subscription]:
        """The active subscriptions of the account, in the order of their names."""
        active = sold_through(self.customer).filter(status=Subscription.Status.ACTIVE)
        # Azure subscriptions can be very many, and extend nothing; those for reservations are asked for apart.
        return list(active.exclude(kind=Kind.AZURE).order_by("name_key", "pk"))

    @cached_property
    def _trials(self) -> set[str]:
        # Of the organization, whoever sold it to them.
        tried = Subscription.objects.filter(customer__tenant=self.customer.tenant_id, is_trial=True)
        return {*tried.values_list("offer_id", flat=True)}

    @cached_property
    def _has_plan(self) -> bool:
        return sold_through(self.customer).filter(not_ended(), offer_id=AZURE_PLAN).exists()

    def bases_of(self, offer: Offer, lines: Sequence[OrderLine] = ()) -> list[Base]:
        """What an add-on, an Azure subscription or a reservation can belong to: lines of the same order come first."""
        ordered = [
            Base(f"line-{line.pk}", _line_label(line), line.offer_id, line=line)
            for line in lines
            if line.offer_id in offer.requires
        ]
        there = [
            Base(f"subscription-{one.pk}", str(one), one.offer_id, subscription=one)
            for one in self.subscriptions
            if one.offer_id in offer.requires
        ]
        return ordered + there

    def why_not_line(self, line: OrderLine, lines: Sequence[OrderLine]) -> str:
        """Why a line of an order cannot be bought as it stands; empty if it can. `lines` are all of the order."""
        offer = line.offer
        others = [other.offer_id for other in lines if other.pk != line.pk]
        return self.why_not(offer, others) or why_not_quantity(offer, line.quantity) or self._why_not_base(line, lines)

    def _why_not_base(self, line: OrderLine, lines: Sequence[OrderLine]) -> str:
        if line.offer.kind == Kind.RESERVATION:
            single = line.scope == Reservation.Scope.SINGLE
            return (
                _("Choose the Azure subscription that this reservation is for.")
                if single and not self._azure(line, lines)
                else ""
            )
        if not line.offer.requires or self._base(line, lines):
            return ""
        return _("Choose what this belongs to: %(needs)s") % {"needs": _needs_one_of(line.offer)}

    def _base(self, line: OrderLine, lines: Sequence[OrderLine]) -> Base | None:
        bases = self.bases_of(line.offer, lines)
        chosen = f"line-{line.base_id}" if line.base_id else f"subscription-{line.parent_id}"
        return next((base for base in bases if base.key == chosen), None)

    def _azure(self, line: OrderLine, lines: Sequence[OrderLine]) -> bool:
        """Whether the Azure subscription of a reservation is an active one of this account; asked once for all."""
        named = frozenset(one.parent_id for one in (line, *lines) if one.parent_id)
        if named not in self._active_azure:
            active = active_azure_of(self.customer).filter(pk__in=named)
            self._active_azure[named] = {*active.values_list("pk", flat=True)}
        return line.parent_id in self._active_azure[named]


def _line_label(line: OrderLine) -> str:
    words = {"offer": line.offer, "quantity": grouped(line.quantity)}
    return _("%(offer)s of this order (%(quantity)s)") % words


def why_not_quantity(offer: Offer, quantity: int) -> str:
    """Why somebody cannot have so many of an offer; empty if they can."""
    if quantity < offer.minimum:
        return _("At least %(minimum)s have to be bought.") % {"minimum": grouped(offer.minimum)}
    if quantity > offer.maximum:
        return _("At most %(maximum)s can be bought.") % {"maximum": grouped(offer.maximum)}
    return ""


def _needs_one_of(offer: Offer) -> str:
    """Which products an offer needs one of; only the first few are named, as there can be a hundred."""
    bases = bases_of(offer)
    names = ", ".join(base.name for base in bases[:NAMED])
    more = len(bases) - NAMED
    if more <= 0:
        return _("Needs an active subscription of %(offers)s.") % {"offers": names}
    sentence = ngettext(
        "Needs an active subscription of one of these: %(offers)s or %(count)d more.",
        "Needs an active subscription of one of these: %(offers)s or %(count)d more.",
        more,
    )
    return sentence % {"offers": names, "count": more}


def bases_of(offer: Offer) -> list[Offer]:
    """The offers of which an offer needs one, those that most customers have before others."""
    return sorted((CATALOG[base] for base in offer.requires), key=_usual_ones_first)


def _usual_ones_first(offer: Offer) -> tuple[bool, str]:
    return offer.category not in (Category.ENTERPRISE, Category.SMALL_BUSINESS), offer.search_text
