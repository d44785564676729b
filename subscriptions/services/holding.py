"""Holding subscriptions: what two people may not do to one at the same time, they do one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db.models import F, QuerySet
from django.db.models.lookups import IsNull
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from subscriptions.models import Subscription

BUSY: Final = gettext_lazy("Somebody else is changing this subscription right now. Try again in a moment.")
BUSY_CUSTOMER: Final = gettext_lazy("Somebody else is changing this customer right now. Try again in a moment.")


@contextmanager
def subscription_held(subscription: Subscription) -> Iterator[Subscription]:
    """A transaction that holds a subscription as it is now, its parent before it; for a person who waits.

    Whoever changes a subscription holds it first, parents before children, many in the order of their ids. Raises
    `Refused` where that takes too long.
    """
    with without_long_waits(BUSY):
        rows = Subscription.objects.select_for_update()
        if subscription.parent_id:
            rows.get(pk=subscription.parent_id)
        yield rows.select_related(None).get(pk=subscription.pk)


def hold_subscriptions(subscriptions: QuerySet[Subscription]) -> list[Subscription]:
    """Hold several until the caller's transaction ends, in the order in which everybody does, as they are then."""
    in_order = subscriptions.order_by(IsNull(F("parent"), False), "pk")
    return list(in_order.select_for_update(of=("self",), no_key=True))


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
