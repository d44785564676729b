"""Holding a customer's organization: what two people may not do to it at the same time, they do one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.utils.translation import gettext_lazy

from customers.models import Customer
from partnercenter.directory.models import Tenant
from partnercenter.locks import without_long_waits

BUSY: Final = gettext_lazy("Somebody else is changing this customer right now. Try again in a moment.")


def hold_organization(customer: Customer) -> None:
    """Hold an organization until the caller's transaction ends.

    Whoever changes several of its users, a global admin or a domain does it first. The order is everywhere: a file or
    job, then the organization, then users.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=customer.tenant_id)


@contextmanager
def organization_held(customer: Customer) -> Iterator[None]:
    """A transaction that holds an organization, for a person who waits; raises `Refused` where that takes too long."""
    with without_long_waits(BUSY):
        hold_organization(customer)
        yield
