"""Holding subscriptions: what two people may not do to one at the same time, they do one after the other.

Everybody holds the account first, then subscriptions in the order of their ids. What becomes of one becomes of all
that belongs to it, and of what belongs to that: then the whole family is held at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.services.holding import hold_relationship
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from subscriptions.models import Subscription
from subscriptions.selectors.families import family_of

BUSY: Final = gettext_lazy("Somebody else is changing this subscription right now. Try again in a moment.")
BUSY_CUSTOMER: Final = gettext_lazy("Somebody else is changing this customer right now. Try again in a moment.")

_ACCOUNTS: Final = """
    SELECT 1 FROM customers_customer
    WHERE id IN (SELECT customer_id FROM subscriptions_subscription WHERE id = ANY (%(ids)s::uuid[]))
    ORDER BY id FOR SHARE
"""
# An array, as the database takes a family for so large that it would rather read the whole table.
_FAMILIES: Final = """
    WITH RECURSIVE family AS (
        SELECT unnest(%(ids)s::uuid[]) AS id
        UNION SELECT s.id FROM subscriptions_subscription AS s JOIN family ON s.parent_id = family.id
    ), together AS (
        SELECT id FROM family
        UNION SELECT parent_id FROM subscriptions_subscription
        WHERE id = ANY (%(ids)s::uuid[]) AND parent_id IS NOT NULL
    )
    SELECT 1 FROM subscriptions_subscription AS s WHERE s.id = ANY (ARRAY (SELECT id FROM together))
    ORDER BY s.id FOR NO KEY UPDATE
"""


@contextmanager
def subscription_held(subscription: Subscription, *, with_family: bool = False) -> Iterator[Subscription]:
    """A transaction that holds a subscription as it is now and its parent; for a person who waits.

    Raises `Refused` where that takes too long.
    """
    with without_long_waits(BUSY):
        if with_family:
            hold_families([subscription.pk])
        rows = Subscription.objects.filter(pk__in=[subscription.pk, subscription.parent_id])
        [held] = [one for one in hold_subscriptions(rows) if one.pk == subscription.pk]
        yield held


def hold_subscriptions(subscriptions: QuerySet[Subscription]) -> list[Subscription]:
    """Hold several until the caller's transaction ends, in the order in which everybody does, as they are then."""
    return list(subscriptions.order_by("pk").select_for_update(of=("self",), no_key=True))


def hold_families(ids: Collection[UUID]) -> None:
    """Hold subscriptions with what they belong to and all that belongs to them until the transaction ends."""
    _execute(_FAMILIES, ids)


def hold_accounts_of(ids: Collection[UUID]) -> None:
    """Hold the accounts through which subscriptions were sold: until the transaction ends, no relationship does."""
    _execute(_ACCOUNTS, ids)


def held_by_others(ids: Collection[UUID]) -> set[UUID]:
    """Hold all that belongs to subscriptions that are held, waiting for nobody.

    Returns those of which somebody else holds something.
    """
    family = family_of(ids)
    rows = Subscription.objects.filter(pk__in=family).order_by("pk").select_for_update(no_key=True, skip_locked=True)
    held = {*rows.values_list("pk", flat=True)}
    return {head for pk, head in family.items() if pk not in held}


def _execute(sql: str, ids: Collection[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": [*ids]})


@contextmanager
def account_held(customer: Customer) -> Iterator[Customer]:
    """A transaction that holds a customer's account, so that its relationship does not end meanwhile.

    Raises `Refused` where it has ended already.
    """
    with without_long_waits(BUSY_CUSTOMER):
        held = Customer.objects.select_for_update(no_key=True).filter(pk=customer.pk, ended_at=None).first()
        if held is None:
            raise Refused(
                _("The relationship with this customer has ended. Request a new one before anything is bought.")
            )
        yield held


@contextmanager
def relationship_held(customer: Customer) -> Iterator[None]:
    """A transaction before whose end no relationship with a customer ends; others may change what belongs to it.

    Raises `Refused` where it has ended already.
    """
    with without_long_waits(BUSY_CUSTOMER):
        hold_relationship(customer)
        yield
