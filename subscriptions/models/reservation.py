"""The two things that are bought besides subscriptions: reservations of Azure, and software."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from partnercenter.partners.models import Partner
from partnercenter.states import Stateful
from subscriptions.catalog import CATALOG, Cycle, Offer
from subscriptions.models.purchase import sold_by_the_partner_of_the_customer
from subscriptions.models.subscription import REGRET, Subscription


class Reservation(Stateful):
    """Azure capacity paid for one or three years, whether it is used or not.

    A `single` one is for one Azure subscription, `azure`; it is empty where that has gone since, and the reservation is
    an orphan. A `shared` one serves all of the customer's. `term` is as ISO 8601 writes it, `billing_cycle` says
    whether it is paid upfront or by the month.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("something bought", "Active")
        EXPIRED = "expired", _("Expired")
        CANCELED = "canceled", pgettext_lazy("something bought", "Canceled")

    class Scope(models.TextChoices):
        SINGLE = "single", _("Single subscription")
        SHARED = "shared", _("Shared")

    STEPS: ClassVar = {
        Status.ACTIVE: frozenset({Status.EXPIRED, Status.CANCELED}),
        Status.EXPIRED: frozenset(),
        Status.CANCELED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", editable=False)
    offer_id = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    region = models.CharField(max_length=40)
    quantity = models.PositiveIntegerField()
    scope = models.CharField(max_length=10, choices=Scope.choices)
    azure = models.ForeignKey(Subscription, models.SET_NULL, null=True, blank=True, related_name="reservations")
    billing_cycle = models.CharField(max_length=10, choices=Cycle.choices)
    term = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    begun_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    canceled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_reservation_has_a_quantity"),
            models.CheckConstraint(
                condition=Q(scope="single") | Q(scope="shared", azure=None),
                name="a_shared_reservation_is_for_no_one_subscription",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "begun_at", "id"], name="reservations_of_a_customer"),
            models.Index(fields=["ends_at"], condition=Q(status="active"), name="reservations_due"),
        ]
        triggers = [sold_by_the_partner_of_the_customer()]

    def __str__(self) -> str:
        return self.name

    @property
    def offer(self) -> Offer:
        return CATALOG[self.offer_id]

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def is_orphan(self) -> bool:
        """Whether it is for one subscription that is not there any more."""
        return self.scope == self.Scope.SINGLE and self.azure_id is None

    @property
    def cancelable_until(self) -> datetime:
        return self.begun_at + REGRET


class SoftwarePurchase(Stateful):
    """Software bought once and for all; it can be given back, as a whole, for 30 days."""

    class Status(models.TextChoices):
        PURCHASED = "purchased", _("Purchased")
        CANCELED = "canceled", pgettext_lazy("something bought", "Canceled")

    STEPS: ClassVar = {Status.PURCHASED: frozenset({Status.CANCELED}), Status.CANCELED: frozenset()}
    CANCELABLE_FOR: ClassVar = timedelta(days=30)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", editable=False)
    offer_id = models.CharField(max_length=40)
    quantity = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PURCHASED)
    purchased_at = models.DateTimeField(default=timezone.now)
    canceled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_software_purchase_has_a_quantity"),
        ]
        indexes = [models.Index(fields=["customer", "purchased_at", "id"], name="software_of_a_customer")]
        triggers = [sold_by_the_partner_of_the_customer()]

    def __str__(self) -> str:
        return self.offer.name

    @property
    def offer(self) -> Offer:
        return CATALOG[self.offer_id]

    @property
    def cancelable_until(self) -> datetime:
        return self.purchased_at + self.CANCELABLE_FOR
