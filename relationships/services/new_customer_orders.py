"""What is bought together with a new customer: its draft is filled before there is anybody who buys."""

from __future__ import annotations

from django.utils.translation import gettext as _

from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from relationships.models import NewCustomer
from relationships.selectors.new_customer_orders import EligibilityOfNew
from subscriptions.catalog import Offer
from subscriptions.models import Order, OrderLine
from subscriptions.services.holding import BUSY_CUSTOMER
from subscriptions.services.orders import put_line


def put_into_order(draft: NewCustomer, offer: Offer, *, quantity: int | None = None, actor: User) -> OrderLine:
    """Put an offer into what is bought with a new customer; as many as its minimum if no `quantity` is given.

    Raises `Refused` where it cannot buy it, and where it was added meanwhile.
    """
    with without_long_waits(BUSY_CUSTOMER):
        held = NewCustomer.objects.select_for_update(of=("self",)).select_related("partner__tenant", "order")
        held_draft = held.filter(pk=draft.pk, status=NewCustomer.Status.DRAFT).first()
        if held_draft is None:
            raise Refused(_("This customer was added, or its draft discarded, a moment ago in another window."))
        if held_draft.order is None:
            held_draft.order = Order.objects.create(made_by=actor)
            held_draft.save(update_fields=["order"])
        return put_line(held_draft.order, offer, quantity=quantity, eligibility=EligibilityOfNew(held_draft))
