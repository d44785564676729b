"""What the people of an organization see of the partners that serve it, and of those that did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count

from customers.models import Customer
from customers.selectors.my import accounts_of
from partnercenter.directory.models import Tenant
from relationships.models import PastRelationship
from relationships.selectors.former import past_of_tenant
from subscriptions.models import RoleAssignment, Subscription

# Relationships of before on the page, the last ones first.
AT_MOST: Final = 100

Kind = Customer.Relationship


@dataclass(frozen=True)
class Serving:
    """A partner that serves an organization now: its account, and how many Azure roles it holds there."""

    account: Customer
    roles: int

    @property
    def sells(self) -> bool:
        return Kind.CLOUD_RESELLER in self.account.relationships

    @property
    def advises(self) -> bool:
        return Kind.ADVISOR in self.account.relationships


@dataclass(frozen=True)
class Served:
    """What a partner was to an organization once, and how many Azure roles it still holds there."""

    past: PastRelationship
    roles: int


def partners_now(tenant: Tenant, roles: dict[UUID, int]) -> Sequence[Serving]:
    """The partners that serve an organization; the oldest one first."""
    accounts = accounts_of(tenant).select_related("partner__tenant", "provider__tenant", "reseller__tenant")
    return [Serving(account, roles.get(account.partner_id, 0)) for account in accounts]


def partners_before(tenant: Tenant, roles: dict[UUID, int]) -> Sequence[Served]:
    """What has ended between partners and an organization, the last one first."""
    return [Served(past, roles.get(past.customer.partner_id, 0)) for past in past_of_tenant(tenant.pk)[:AT_MOST]]


def roles_of_partners(tenant: Tenant) -> dict[UUID, int]:
    """How many roles each partner holds, as a foreign principal, in an organization's Azure subscriptions."""
    roles = RoleAssignment.objects.filter(subscription__customer__tenant=tenant, partner__isnull=False)
    living = roles.exclude(subscription__status__in=Subscription.ENDED)
    return dict(living.order_by().values_list("partner").annotate(count=Count("pk")))
