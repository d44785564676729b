"""Holding the draft of a new customer: what two windows may not do to it at the same time, they do one after the other.

Its order is held first: who forgets orders holds them, and then notes in their drafts that they are gone.
"""

from __future__ import annotations

from relationships.models import NewCustomer
from subscriptions.models import Order


def hold_new_customer(draft: NewCustomer) -> NewCustomer | None:
    """A new customer as it is now, held in the caller's transaction with its order; None where it was discarded."""
    orders = NewCustomer.objects.filter(pk=draft.pk).values("order")
    Order.objects.select_for_update().filter(pk__in=orders).first()
    held = NewCustomer.objects.select_for_update(of=("self",)).select_related("partner__tenant", "order")
    return held.filter(pk=draft.pk).first()
