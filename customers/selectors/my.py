"""What a person sees of their own organization."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from customers.models import Customer
from partnercenter.directory.models import Domain, Tenant


def accounts_of(tenant: Tenant) -> QuerySet[Customer]:
    """The accounts that partners keep for this tenant now, with the partners; the oldest one first."""
    accounts = Customer.objects.filter(tenant=tenant, ended_at=None)
    return accounts.select_related("partner__tenant").order_by("begun_at", "id")


def account_of(tenant: Tenant, partner_id: UUID) -> QuerySet[Customer]:
    """The account that one partner keeps for this tenant now, with the partner; none if it does not serve it."""
    return accounts_of(tenant).filter(partner_id=partner_id)


def domains_of(tenant: Tenant) -> QuerySet[Domain]:
    """The verified domains of a tenant, the primary one first."""
    return Domain.objects.filter(tenant=tenant, verified_at__isnull=False).order_by("-is_primary", "name")
