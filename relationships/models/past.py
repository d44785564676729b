"""Relationships that have ended: kept as history."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from customers.models import Customer
from partnercenter.partners.models import Partner


class PastRelationship(models.Model):
    """What a partner was to a customer until it ended: from when to when, through whom, why and by whom it ended.

    The account itself stays, without its relationship; a customer who comes back has the same one. `ended_by` is empty
    where a provider ended what its reseller had.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    relationships = ArrayField(models.CharField(max_length=20, choices=Customer.Relationship.choices))
    between = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "-ended_at", "-id"], name="past_of_a_customer")]

    def __str__(self) -> str:
        return f"{self.customer}, {self.begun_at:%Y-%m-%d} – {self.ended_at:%Y-%m-%d}"

    @property
    def label(self) -> str:
        """What the partner was to the customer, in words."""
        return "; ".join(str(Customer.Relationship(kind).label) for kind in self.relationships)
