"""What is bought together with a new customer: its draft is filled before there is anybody who buys."""

from __future__ import annotations

from django.utils.translation import gettext as _

from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from relationships.models import NewCustomer
from relationships.selectors.new_customer_orders import EligibilityOfNew
from relationships.services.new_customer_holding import hold_new_customer
from subscriptions.catalog import Offer
from subscriptions.models import Order, OrderLine
from subscriptions.services.holding import BUSY_CUSTOMER
from subscriptions.services.orders import put_line


def put_into_order(draft: NewCustomer, offer: Offer, *, quantity: int | None = None, actor: User) -> OrderLine:
    """Put an offer into what is bought with a new customer; as many as its minimum if no `quantity` is given.

    Raises `Refused` where it cannot buy it, and where it was added meanwhile.
    """
    with without_long_waits(BUSY_CUSTOMER):
        held = hold_new_customer(draft)
        if held is None or not held.is_draft:
            raise Refused(_("This customer was added, or its draft discarded, a moment ago in another window."))
        if held.order is None:
            held.order = Order.objects.create(made_by=actor)
            held.save(update_fields=["order"])
        return put_line(held.order, offer, quantity=quantity, eligibility=EligibilityOfNew(held))
