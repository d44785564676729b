"""What is about to be bought, and what was bought together."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnercenter.states import Stateful
from subscriptions.catalog import CATALOG, Cycle, Offer
from subscriptions.models.reservation import Reservation, SoftwarePurchase
from subscriptions.models.subscription import Subscription


class Order(Stateful):
    """Offers that are bought together: a draft until it is placed, in one transaction; then it never changes.

    A draft for a customer that is only about to be added has no `customer` yet. A draft that nobody touches is
    forgotten after `KEPT_FOR`.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PLACED = "placed", _("Placed")

    STEPS: ClassVar = {Status.DRAFT: frozenset({Status.PLACED}), Status.PLACED: frozenset()}
    KEPT_FOR: ClassVar = timedelta(days=30)
    MOST_LINES: ClassVar = 50

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+", db_index=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    touched_at = models.DateTimeField(default=timezone.now)
    placed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "made_by"],
                condition=models.Q(status="draft"),
                name="one_draft_of_an_order_for_each_person",
            ),
            models.CheckConstraint(
                condition=models.Q(status="draft", placed_at=None) | models.Q(status="placed", placed_at__isnull=False),
                name="a_placed_order_has_a_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(status="draft") | models.Q(customer__isnull=False),
                name="a_placed_order_is_of_a_customer",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-placed_at", "-id"], name="orders_of_a_customer"),
            models.Index(fields=["touched_at"], condition=models.Q(status="draft"), name="drafts_of_orders_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.placed_at or self.touched_at:%Y-%m-%d}"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT


class OrderLine(models.Model):
    """One offer of an order, and what became of it.

    `quantity` and `billing_cycle` are as somebody chose them. An add-on extends `parent`, a subscription that is there,
    or `base`, another line of the same order. A reservation has a `region`, a `scope`, and for a single one the Azure
    subscription it is for, which is its `parent`.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    offer_id = models.CharField(max_length=40)
    quantity = models.PositiveIntegerField(default=1)
    billing_cycle = models.CharField(max_length=10, choices=Cycle.choices, blank=True)
    parent = models.ForeignKey(Subscription, models.CASCADE, null=True, blank=True, related_name="+")
    base = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    region = models.CharField(max_length=40, blank=True)
    scope = models.CharField(max_length=10, choices=Reservation.Scope.choices, blank=True)
    subscription = models.ForeignKey(Subscription, models.PROTECT, null=True, blank=True, related_name="+")
    reservation = models.ForeignKey(Reservation, models.PROTECT, null=True, blank=True, related_name="+")
    software = models.ForeignKey(SoftwarePurchase, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription"], name="a_subscription_was_ordered_once"),
            models.UniqueConstraint(fields=["reservation"], name="a_reservation_was_ordered_once"),
            models.UniqueConstraint(fields=["software"], name="software_was_ordered_once"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="an_order_line_has_a_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.offer}"

    @property
    def offer(self) -> Offer:
        return CATALOG[self.offer_id]

    @property
    def bought(self) -> Subscription | Reservation | SoftwarePurchase | None:
        """What became of it; None while the order is a draft."""
        return self.subscription or self.reservation or self.software
