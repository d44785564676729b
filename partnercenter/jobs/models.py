"""Work that takes a while: one row for each, watched by a person, done by a worker."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnercenter.directory.models import Tenant
from partnercenter.partners.models import Partner
from partnercenter.states import Stateful


class Job(Stateful):
    """Long work of a partner.

    The row owns the truth; the queue carries only its id. Whoever works on it holds a lease: `lease_number`
    grows with each one, so that a worker that was frozen and wakes up finds that the job is no longer its own.
    `attempts` counts how often the chunk it is at was begun, and is written before the work: a job that kills
    its worker is given up after `MAX_ATTEMPTS`. `rung_at` says when the sweep last sent it; it is empty as long
    as the sweep has not, or not since a worker took it.
    """

    MAX_ATTEMPTS: ClassVar = 3
    LEASE: ClassVar = timedelta(seconds=30)
    RING_AGAIN: ClassVar = timedelta(seconds=60)

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELED = "canceled", _("Canceled")

    class Kind(models.TextChoices):
        USER_IMPORT = "user_import", _("Create uploaded users")
        TAG_CHANGE = "tag_change", _("Change tags of customers")
        BLOCK_USERS = "block_users", _("Block the sign-in of users")
        ALLOW_USERS = "allow_users", _("Allow the sign-in of users")
        DELETE_USERS = "delete_users", _("Delete users")
        RESTORE_USERS = "restore_users", _("Restore users")
        CHANGE_ROLES = "change_roles", _("Change roles of users")
        CHANGE_LOCATIONS = "change_locations", _("Change locations of users")
        SUSPEND_SUBSCRIPTIONS = "suspend_subscriptions", _("Suspend subscriptions")
        REACTIVATE_SUBSCRIPTIONS = "reactivate_subscriptions", _("Reactivate subscriptions")
        CHANGE_RESELLER = "change_reseller", _("Change the reseller of subscriptions")
        CHANGE_LICENSES = "change_licenses", _("Change licenses of users")
        TRANSFER = "transfer", _("Transfer subscriptions to another partner")
        CAMPAIGN = "campaign", _("Ask for the transfers of a campaign")

    class Error(models.TextChoices):
        STOPS_WORKERS = "stops_workers", _("It stopped the worker three times and was given up.")
        UNEXPECTED = "unexpected", _("An unexpected error stopped it three times. Its reference is in the log.")
        NO_PRIVILEGES = "no_privileges", _("The customer took the delegated admin privileges back.")
        RELATIONSHIP_ENDED = "relationship_ended", _("The relationship with the customer has ended.")

    STEPS: ClassVar = {
        Status.QUEUED: frozenset({Status.RUNNING, Status.CANCELED, Status.FAILED}),
        Status.RUNNING: frozenset({Status.QUEUED, Status.DONE, Status.FAILED, Status.CANCELED}),
        Status.DONE: frozenset(),
        Status.FAILED: frozenset(),
        Status.CANCELED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="+")
    customer_name = models.CharField(max_length=255, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, choices=Kind.choices)
    subject_id = models.UUIDField()
    subject = models.CharField(max_length=255)
    url = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)

    total = models.PositiveIntegerField(default=0)
    succeeded = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=20, choices=Error.choices, blank=True)

    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)

    lease_number = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    rung_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id"], name="one_job_for_a_thing"),
            models.CheckConstraint(
                condition=Q(total__gte=F("succeeded") + F("failed")), name="progress_never_beyond_total"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status__in=["queued", "running"]), name="jobs_to_do"),
            models.Index(
                fields=["partner", "due_at"], condition=Q(status__in=["queued", "running"]), name="jobs_to_do_in_turn"
            ),
            models.Index(fields=["partner"], condition=Q(status="running"), name="jobs_at_work"),
            models.Index(fields=["partner", "-created_at", "-id"], name="jobs_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def is_cancelable(self) -> bool:
        """Whether a job of its kind can be canceled at all: a transfer that was accepted goes to its end."""
        return self.kind != self.Kind.TRANSFER

    @property
    def is_interrupted(self) -> bool:
        """Whether it runs, but nobody has worked on it for a lease: a worker died, another one will get it."""
        held = self.leased_until is not None and self.leased_until > timezone.now()
        return self.status == self.Status.RUNNING and not held

    @property
    def processed(self) -> int:
        """How many of `total` are through, whatever came of them."""
        return self.succeeded + self.failed

    @property
    def rate(self) -> float | None:
        """Items a second since the start; None before there is anything to say, and while nobody works on it."""
        if not self.started_at or not self.processed or self.is_interrupted:
            return None
        seconds = ((self.finished_at or timezone.now()) - self.started_at).total_seconds()
        return self.processed / max(seconds, 0.1)

    @property
    def time_left(self) -> timedelta | None:
        """At the rate so far; None when the job does not run or has not shown a rate."""
        if self.status != self.Status.RUNNING or not self.rate:
            return None
        return timedelta(seconds=round((self.total - self.processed) / self.rate))
