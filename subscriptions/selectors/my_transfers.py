"""Questions that the people of an organization ask about transfers of what it has."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from customers.models import Customer
from customers.selectors.my import accounts_of
from partnercenter.directory.models import Tenant
from subscriptions.models import Party, Transfer
from subscriptions.selectors.transfers import transfers_about


def waiting_for(tenant: Tenant, now: datetime) -> QuerySet[Transfer]:
    """The transfers that wait for the signature of an organization at a moment."""
    waiting = transfers_about(tenant).filter(status=Transfer.Status.AWAITING_CONSENT, expires_at__gt=now)
    return waiting.filter(asked_as=Party.TARGET)


def sellers_of(tenant: Tenant) -> QuerySet[Customer]:
    """The accounts of the partners that sell to an organization, between which its Azure can go."""
    accounts = accounts_of(tenant).filter(relationships__contains=[Customer.Relationship.CLOUD_RESELLER])
    return accounts.select_related("tenant", "reseller")
