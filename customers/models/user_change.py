"""What is done with many users of a customer at once."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from partnercenter.jobs.models import Job


class ChosenUsers(models.Model):
    """Users of a customer whom somebody has selected: `total` `user_ids`, in the order in which they are visited.

    There may be 100,000: ask for parts of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    user_ids = ArrayField(models.UUIDField())
    total = models.PositiveIntegerField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d %H:%M}: {self.total}"

    def ids_between(self, start: int, end: int) -> list[uuid.UUID]:
        """The ids from place `start` up to `end`."""
        rows = self._rows().values_list(f"user_ids__{start}_{end}", flat=True)
        return list(rows.get())

    def between(self, start: int, end: int) -> QuerySet[Self, dict[str, Any]]:
        """The same as a query, for a condition on users."""
        return self._rows().values(chosen=Func(F(f"user_ids__{start}_{end}"), function="unnest"))

    def _rows(self) -> QuerySet[Self]:
        return type(self)._default_manager.filter(pk=self.pk)


class UserChange(ChosenUsers):
    """The same change for many users of a customer, done by a job.

    `visited` is how many of them were visited, `value` the new role or location where those change. `same`, `staff` and
    `gone` count who was left and why, as `services.user_changes.Changed` does, and `lost` what restored users had and
    did not get back; `admin` is the name of the global admin who had to stay.
    """

    class Act(models.TextChoices):
        BLOCK = "block", _("Block sign-in")
        ALLOW = "allow", _("Allow sign-in")
        DELETE = "delete", _("Delete")
        RESTORE = "restore", _("Restore")
        ROLE = "role", _("Change role")
        LOCATION = "location", _("Change location")

    act = models.CharField(max_length=10, choices=Act.choices)
    value = models.CharField(max_length=20, blank=True)
    visited = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    staff = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0, db_default=0)
    admin = models.CharField(max_length=50, blank=True)
    job = models.OneToOneField(Job, models.PROTECT, related_name="+")


class PasswordHandout(ChosenUsers):
    """Selected users of a customer who get new temporary passwords (the product rules, section 10).

    `reached` is how many of them have been given a password once: a download that breaks off leaves the rest as they
    were. `handed_out_at` is the last time.
    """

    reached = models.PositiveIntegerField(default=0)
    handed_out_at = models.DateTimeField(null=True)
