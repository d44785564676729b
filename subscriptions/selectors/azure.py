"""Questions about Azure subscriptions. Each begins with a customer or a subscription that a partner already got."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.models import Customer
from partnercenter.directory.clouds import Feature, explain_missing, offers
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import Order
from subscriptions.catalog import Kind
from subscriptions.models import RoleAssignment, Subscription
from subscriptions.selectors.eligibility import Eligibility
from subscriptions.selectors.finding import said_by
from subscriptions.selectors.limits import Limits
from subscriptions.selectors.subscriptions import active_azure_of, subscriptions_of

# The order of the roles of one subscription, which are a few thousand at most.
ROLE_ORDERS: Final[Mapping[str, Order]] = {"assigned": Order(("assigned_at", "id"))}


def azure_under(plan: Subscription, customer: Customer) -> QuerySet[Subscription]:
    """The Azure subscriptions under a plan that an account shows, whatever their state, in the order of their names."""
    return subscriptions_of(customer).filter(parent=plan, kind=Kind.AZURE).order_by("name_key", "pk")


def azure_found(customer: Customer, text: str) -> QuerySet[Subscription]:
    """The active Azure subscriptions of an account whose names or GUIDs have all words of a text, in their order."""
    return active_azure_of(customer).filter(said_by(text)).order_by("name_key", "pk")


def has_roles(subscription: Subscription) -> bool:
    """Whether people have roles in a subscription: in Azure only."""
    return subscription.kind == Kind.AZURE


def roles_of_partner(partner: Partner, tenant_id: UUID) -> QuerySet[RoleAssignment]:
    """The roles that a partner holds, as a foreign principal, in an organization's Azure subscriptions."""
    roles = RoleAssignment.objects.filter(subscription__customer__tenant=tenant_id, partner=partner)
    return roles.exclude(subscription__status__in=Subscription.ENDED)


def roles_of(subscription: Subscription) -> QuerySet[RoleAssignment]:
    """Who has which role in an Azure subscription, the first ones first."""
    return subscription.role_assignments.select_related("user", "partner__tenant").order_by("assigned_at", "pk")


def why_no_roles(limits: Limits) -> str:
    """Why the roles in an Azure subscription stay as they are; empty where nothing is in the way."""
    if limits.why_nothing or has_roles(limits.subscription):
        return limits.why_nothing
    return _("Only in Azure subscriptions people have roles.")


def why_no_azure(limits: Limits) -> str:
    """Why no Azure subscription can be added under a plan; empty where nothing is in the way."""
    return limits.why_not_add_azure or Eligibility(limits.customer).bars_all


def foreign_principals(subscription: Subscription, seller: Partner) -> list[Partner]:
    """The partners that can get roles in an Azure subscription from `seller`: itself, and whom it sells through."""
    reseller = subscription.reseller if seller.is_provider else None
    return [seller, reseller] if reseller else [seller]


def why_no_users(customer: Customer) -> str:
    """Why no user of a customer gets a role here; empty where the cloud's users are managed here."""
    cloud = customer.tenant.cloud
    if offers(cloud, Feature.USERS_AND_LICENSES):
        return ""
    return explain_missing(cloud, Feature.USERS_AND_LICENSES)
