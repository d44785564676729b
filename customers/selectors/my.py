"""What a person sees of their own organization."""

from __future__ import annotations

from django.db.models import QuerySet

from customers.models import Customer
from partnercenter.directory.models import Domain, Tenant


def accounts_of(tenant: Tenant) -> QuerySet[Customer]:
    """The accounts that partners keep for this tenant now, with the partners; the oldest one first."""
    accounts = Customer.objects.filter(tenant=tenant, ended_at=None)
    return accounts.select_related("partner__tenant").order_by("begun_at", "id")


def domains_of(tenant: Tenant) -> QuerySet[Domain]:
    """The verified domains of a tenant, the primary one first."""
    return Domain.objects.filter(tenant=tenant, verified_at__isnull=False).order_by("-is_primary", "name")
