"""What is done with many subscriptions or with the licenses of many users at once, and what came of each."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.models.user_change import ChosenUsers
from partnercenter.jobs.models import Job
from partnercenter.partners.models import Partner
from subscriptions.models.subscription import Subscription


class SubscriptionChange(models.Model):
    """The same change for many subscriptions of a partner, done by a job; `items` say what came of each.

    `customer` is whose they all are, if they were selected in one customer's list. `reseller` is the new reseller of
    record, where that changes; None means that there is none any more.
    """

    class Act(models.TextChoices):
        SUSPEND = "suspend", _("Suspend")
        REACTIVATE = "reactivate", _("Reactivate")
        RESELLER = "reseller", _("Change reseller")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="+")
    act = models.CharField(max_length=10, choices=Act.choices)
    reseller = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    job = models.OneToOneField(Job, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d %H:%M}: {self.get_act_display()}"


class SubscriptionChangeItem(models.Model):
    """One subscription of a change: waiting, done, or left for a reason."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        SAME = "same", _("Was like that already")
        NOT_ACTIVE = "not_active", _("Only an active subscription can be suspended")
        NOT_SUSPENDED = "not_suspended", _("Only a suspended subscription can be reactivated")
        PARENT = "parent", _("What it belongs to is not active")
        DUE = "due", _("Its term has just ended")
        RESELLER = "reseller", _("The reseller is not yours any more")
        ENDED = "ended", _("It has ended")
        GONE = "gone", _("It is not yours any more")

    # Outcomes of those that were left as they were, for a reason.
    LEFT: ClassVar = frozenset(Outcome) - {Outcome.WAITING, Outcome.DONE, Outcome.SAME}

    change = models.ForeignKey(SubscriptionChange, models.CASCADE, related_name="items", db_index=False)
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="+", db_index=False)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, default=Outcome.WAITING)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "subscription"], name="a_subscription_is_changed_once"),
        ]
        indexes = [
            models.Index(fields=["change", "id"], condition=models.Q(outcome="waiting"), name="items_that_wait"),
            models.Index(fields=["change", "id"], name="items_of_a_change"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.outcome}"


class LicenseChange(ChosenUsers):
    """Licenses that many users get and lose, done by a job if there are very many; `results` say what came of each.

    `assign` and `revoke` are subscriptions of which all of the users get a license, or lose theirs. `visited` is how
    many users were visited.
    """

    assign = ArrayField(models.UUIDField(), default=list)
    revoke = ArrayField(models.UUIDField(), default=list)
    visited = models.PositiveIntegerField(default=0)
    job = models.OneToOneField(Job, models.PROTECT, null=True, blank=True, related_name="+")


class LicenseResult(models.Model):
    """What came of one license of one user; the names are kept, as the user may go."""

    class Outcome(models.TextChoices):
        ASSIGNED = "assigned", _("Assigned")
        REVOKED = "revoked", _("Revoked")
        HAD = "had", _("Had it already")
        HAD_NOT = "had_not", _("Did not have it")
        NO_SEAT = "no_seat", _("No license was left")
        NO_LOCATION = "no_location", _("The user has no location")
        NOT_ACTIVE = "not_active", _("The subscription is not active")
        GONE = "gone", _("The user is not there any more")

    LEFT: ClassVar = frozenset({Outcome.NO_SEAT, Outcome.NO_LOCATION, Outcome.NOT_ACTIVE, Outcome.GONE})

    change = models.ForeignKey(LicenseChange, models.CASCADE, related_name="results", db_index=False)
    user_id = models.UUIDField()
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="+", db_index=False)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)

    class Meta:
        indexes = [models.Index(fields=["change", "id"], name="results_of_licenses")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.outcome}"
