"""Searches, filters, orders and columns of the customer list that people keep."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.naming import name_key
from partnercenter.partners.models import Partner


class SavedView(models.Model):
    """The state of a customer list under a name: `query` is what stands behind the `?` of its address.

    It is its owner's own, or `shared` with all colleagues.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=60)
    query = models.TextField(blank=True)
    shared = models.BooleanField(_("For all colleagues"), default=False)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("owner", name_key("name"), name="view_names_are_unique_for_their_owner"),
        ]
        indexes = [models.Index(fields=["partner"], condition=models.Q(shared=True), name="shared_views")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The address of the list as it was kept."""
        return f"{reverse('customers:list')}?view={self.pk}" + (f"&{self.query}" if self.query else "")


class DefaultView(models.Model):
    """The view that a person's customer list opens with, one of its own or one that a colleague shares."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.view)
