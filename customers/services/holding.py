"""Holding a customer's organization: what two people may not do to it at the same time, they do one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection
from django.utils.translation import gettext_lazy

from customers.models import Customer
from partnercenter.directory.models import Tenant
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import NotAnyMore
from partnercenter.locks import without_long_waits

BUSY: Final = gettext_lazy("Somebody else is changing this customer right now. Try again in a moment.")
NO_PRIVILEGES: Final = gettext_lazy(
    "This customer has not granted you delegated admin privileges, or took them back. Its Global admins can grant them."
)

ENDED: Final = gettext_lazy(
    "The relationship with this customer has ended. Request a new one before you change anything."
)

# The weakest of all holds: it keeps nobody from the account but those who take privileges back or end the relationship.
_HOLD: Final = """
    SELECT ended_at IS NULL, admin_privileges_at IS NOT NULL AND admin_privileges_ended_at IS NULL
    FROM customers_customer WHERE id = %s FOR KEY SHARE
"""


class RelationshipEnded(NotAnyMore):
    """The partner does not serve this customer any more."""

    def __init__(self) -> None:
        super().__init__(ENDED, Job.Error.RELATIONSHIP_ENDED)


class WithoutPrivileges(NotAnyMore):
    """The customer has not granted delegated admin privileges to this partner, or took them back."""

    def __init__(self) -> None:
        super().__init__(NO_PRIVILEGES, Job.Error.NO_PRIVILEGES)


def hold_organization(customer: Customer) -> None:
    """Hold an organization that a partner may administer until the caller's transaction ends.

    Whoever changes several of its users, a global admin or a domain does it first. The order is everywhere: a file or
    job, then the organization, then accounts, then users. Raises `RelationshipEnded` or `WithoutPrivileges`; nobody can
    take them back before the transaction ends.
    """
    hold_tenant(customer)
    hold_privileges(customer)


def hold_privileges(customer: Customer) -> None:
    """Let nobody take delegated privileges back before the caller's transaction ends.

    Raises `WithoutPrivileges` where there are none, `RelationshipEnded` where there is nothing any more.
    """
    if not hold_relationship(customer):
        raise WithoutPrivileges


def hold_relationship(customer: Customer) -> bool:
    """Let nobody end the relationship before the caller's transaction ends; whether there are delegated privileges.

    Raises `RelationshipEnded` where somebody has ended it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [customer.pk])
        is_served, has_privileges = cursor.fetchone()
    if not is_served:
        raise RelationshipEnded
    return bool(has_privileges)


def hold_account(customer: Customer) -> Customer:
    """The account as it is now, held until the caller's transaction ends. Raises `RelationshipEnded` as above."""
    held = Customer.objects.select_for_update(no_key=True).filter(pk=customer.pk, ended_at=None).first()
    if held is None:
        raise RelationshipEnded
    return held


def hold_tenant(customer: Customer) -> None:
    """Hold an organization until the caller's transaction ends, for its own people."""
    Tenant.objects.select_for_update(no_key=True).get(pk=customer.tenant_id)


@contextmanager
def organization_held(customer: Customer) -> Iterator[None]:
    """A transaction that holds an organization, for a person who waits; raises `Refused` where that takes too long."""
    with without_long_waits(BUSY):
        hold_organization(customer)
        yield
