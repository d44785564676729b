"""Questions about orders. Each begins with a customer that the partner already got."""

from __future__ import annotations

from django.db.models import QuerySet

from customers.models import Customer
from partnercenter.directory.models import User
from subscriptions.models import Order, OrderLine


def orders_of(customer: Customer) -> QuerySet[Order]:
    """What was ordered for a customer; drafts are not orders yet."""
    return Order.objects.filter(customer=customer, status=Order.Status.PLACED).select_related("made_by")


def drafts_of(customer: Customer, person: User) -> QuerySet[Order]:
    """What a person is about to order for a customer: one draft at most."""
    return Order.objects.filter(customer=customer, made_by=person, status=Order.Status.DRAFT)


def lines_of(order: Order) -> list[OrderLine]:
    """The lines of an order as they were added, with what they belong to and what became of them."""
    together = ("parent", "base", "subscription", "reservation", "software")
    return list(order.lines.select_related(*together).order_by("pk"))


def lines_of_orders(orders: list[Order]) -> QuerySet[OrderLine]:
    """The lines of some orders, as they were added."""
    return OrderLine.objects.filter(order__in=orders).order_by("pk")
