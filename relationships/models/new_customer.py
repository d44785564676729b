"""A customer that somebody is about to add."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnercenter.partners.models import Partner
from partnercenter.states import Stateful
from subscriptions.models import Order


class NewCustomer(Stateful):
    """The draft of a customer for a company without a tenant (the product rules, section 5), kept between its steps.

    `answers` are the values of the account step, by the names of its fields, as the form takes them: checked ones if
    there is a `checked_at`, the moment at which that step was complete, and else as they were typed. `order` is the
    draft of what is bought with it, if anything is. Then `customer` is what became of it, and of the answers only
    those stay that its confirmation tells. A draft that nobody touches
    is forgotten after `KEPT_FOR`.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ADDED = "added", _("Added")

    STEPS: ClassVar = {Status.DRAFT: frozenset({Status.ADDED}), Status.ADDED: frozenset()}
    KEPT_FOR: ClassVar = timedelta(days=30)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    answers = models.JSONField(default=dict)
    checked_at = models.DateTimeField(null=True, blank=True)
    order = models.OneToOneField(Order, models.SET_NULL, null=True, blank=True, related_name="+")
    customer = models.OneToOneField(Customer, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    added_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="draft", customer=None, added_at=None)
                | models.Q(status="added", customer__isnull=False, added_at__isnull=False),
                name="an_added_customer_is_there",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "made_by", "-touched_at"], name="drafts_of_a_person"),
            models.Index(fields=["touched_at"], condition=models.Q(status="draft"), name="new_customers_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.answers.get("company_name") or self.id)

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_empty(self) -> bool:
        """Whether nobody has put anything into it; for which reseller it began is known from the start."""
        return self.order_id is None and not {*self.answers} - {"reseller"}
