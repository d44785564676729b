"""Questions about subscriptions. Each begins with a partner, or with a customer that a partner already got."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.selectors.customers import resellers_of
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import Order
from subscriptions.catalog import AZURE_PLAN, Kind
from subscriptions.models import Subscription

# The orders of lists by the words of `sort=`; each is an index of the table.
ORDERS: Final[Mapping[str, Order]] = {"name": Order(("name_key", "id"))}

# What people see as two lists: what is bought by number, and what is billed by usage.
LISTS: Final[Mapping[str, tuple[str, ...]]] = {"license": (Kind.LICENSE,), "usage": (Kind.AZURE, Kind.PLAN)}
LIST_LABELS: Final[Mapping[str, Promise]] = {
    "license": gettext_lazy("License-based"),
    "usage": gettext_lazy("Usage-based"),
}


def subscriptions_of(customer: Customer) -> QuerySet[Subscription]:
    """What a customer has bought through this account, whatever its state.

    A reseller's account shows also what its provider sold to the customer with the reseller on record.
    """
    return Subscription.objects.filter(_seen_from(customer))


def _seen_from(customer: Customer) -> Q:
    own = Q(customer=customer)
    if customer.provider_id is None:
        return own
    providers = Customer.objects.filter(partner_id=customer.provider_id, tenant_id=customer.tenant_id, ended_at=None)
    return own | Q(customer__in=providers.values("pk"), reseller_id=customer.partner_id)


def sold_through(customer: Customer) -> QuerySet[Subscription]:
    """What a customer has bought through this account: what its partner may change. Nothing while it is being added."""
    if customer._state.adding:
        return Subscription.objects.none()
    return Subscription.objects.filter(customer=customer)


def subscriptions_of_partner(partner: Partner) -> QuerySet[Subscription]:
    """What all customers have bought through a partner, or with it as the reseller on record."""
    own = Q(partner=partner)
    if partner.kind == Partner.Kind.RESELLER:
        own |= _sold_by_its_provider(partner)
    return Subscription.objects.filter(own, customer__ended_at=None)


def sold_by_providers(reseller: Partner) -> QuerySet[Subscription]:
    """What providers sold with a reseller on record, to customers that it serves."""
    return Subscription.objects.filter(_sold_by_its_provider(reseller), customer__ended_at=None)


def _sold_by_its_provider(reseller: Partner) -> Q:
    # Without an account that lives it sees nothing of a customer, whatever its provider has noted.
    serves = Customer.objects.filter(
        partner=reseller, provider=OuterRef("partner"), tenant=OuterRef("customer__tenant"), ended_at=None
    )
    return Q(Exists(serves), reseller=reseller)


def not_ended() -> Q:
    """The condition for subscriptions that still mean something to somebody."""
    return ~Q(status__in=Subscription.ENDED)


def with_people(subscriptions: QuerySet[Subscription]) -> QuerySet[Subscription]:
    """The same with the partners that a page names."""
    return subscriptions.select_related(
        "customer__partner__tenant", "reseller__tenant", "support_contact__tenant", "parent"
    )


def active_plan_of(customer: Customer) -> Subscription | None:
    """The Azure plan under which this account can have Azure subscriptions."""
    return sold_through(customer).filter(offer_id=AZURE_PLAN, status=Subscription.Status.ACTIVE).first()


def active_azure_of(customer: Customer) -> QuerySet[Subscription]:
    """The active Azure subscriptions of an account, under a plan or not."""
    return sold_through(customer).filter(kind=Kind.AZURE, status=Subscription.Status.ACTIVE)


def parent_of(subscription: Subscription, customer: Customer) -> Subscription | None:
    """What a subscription belongs to, if an account sees it."""
    return subscriptions_of(customer).filter(children=subscription).first()


def living_children_of(subscription: Subscription, customer: Customer) -> QuerySet[Subscription]:
    """The add-ons of a subscription that have not ended, of those that an account sees."""
    return subscriptions_of(customer).filter(not_ended(), parent=subscription).order_by("name_key", "pk")


def resellers_for(partner: Partner) -> QuerySet[Partner]:
    """Who can be the reseller of record of what a provider sells; nobody for other partners."""
    return resellers_of(partner) if partner.is_provider else Partner.objects.none()


def why_not_reseller(partner: Partner, reseller: Partner | None) -> str:
    """Why somebody cannot be the reseller of record of what a partner sells; empty if they can. None is nobody."""
    if not partner.is_provider:
        return _("Only indirect providers sell through resellers.")
    if reseller and not resellers_for(partner).filter(pk=reseller.pk).exists():
        return _("%(name)s is not one of your resellers any more.") % {"name": reseller}
    return ""


def returnable_seats(subscription: Subscription, since: object) -> int:
    """How many of its seats were added after a moment and not given back since."""
    left = subscription.additions.filter(added_at__gt=since).values_list("left", flat=True)
    return sum(left)
