"""What is done with many users of a customer at once."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from partnercenter.directory.models import TenantRole
from partnercenter.jobs.models import Job


class UserChange(models.Model):
    """The same change for many users of a customer, done by a job.

    `user_ids` are those who were chosen, in the order in which they are visited; `visited` is how many of them were.
    `role` is the new one, where roles change. `same`, `staff` and `gone` count who was left and why, as
    `services.user_changes.Changed` does; `admin` is the name of the global admin who had to stay.
    """

    class Act(models.TextChoices):
        BLOCK = "block", _("Block sign-in")
        ALLOW = "allow", _("Allow sign-in")
        DELETE = "delete", _("Delete")
        RESTORE = "restore", _("Restore")
        ROLE = "role", _("Change role")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    act = models.CharField(max_length=10, choices=Act.choices)
    role = models.CharField(max_length=20, choices=TenantRole.choices, blank=True)
    user_ids = ArrayField(models.UUIDField())
    visited = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    staff = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    admin = models.CharField(max_length=50, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    job = models.OneToOneField(Job, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {len(self.user_ids)}"


class PasswordHandout(models.Model):
    """Selected users of a customer who get new temporary passwords (the product rules, section 10).

    `user_ids` are those who were chosen, in the order of the list; `reached` is how many of them have been given a
    password once: a download that breaks off leaves the rest as they were. `handed_out_at` is the last time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    user_ids = ArrayField(models.UUIDField())
    reached = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    handed_out_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d %H:%M}: {len(self.user_ids)}"
