"""Questions about orders. Each begins with a customer that the partner already got."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from customers.models import Customer
from partnercenter.directory.models import User
from subscriptions.models import Order, OrderLine

JUST: Final = timedelta(minutes=10)


def orders_of(customer: Customer) -> QuerySet[Order]:
    """What was ordered for a customer; drafts are not orders yet."""
    return Order.objects.filter(customer=customer, status=Order.Status.PLACED).select_related("made_by")


def drafts_of(customer: Customer, person: User) -> QuerySet[Order]:
    """What a person is about to order for a customer: one draft at most."""
    return Order.objects.filter(customer=customer, made_by=person, status=Order.Status.DRAFT)


def just_placed(customer: Customer, person: User) -> Order | None:
    """The order that a person placed for a customer in the last minutes: who comes back means that one."""
    since = timezone.now() - JUST
    return orders_of(customer).filter(made_by=person, placed_at__gt=since).order_by("-placed_at").first()


def lines_of(order: Order) -> list[OrderLine]:
    """The lines of an order as they were added, with what they belong to and what became of them."""
    together = ("parent", "base", "subscription", "reservation", "software")
    return list(order.lines.select_related(*together).order_by("pk"))


def lines_of_orders(orders: list[Order]) -> QuerySet[OrderLine]:
    """The lines of some orders, as they were added."""
    return OrderLine.objects.filter(order__in=orders).order_by("pk")
