"""A file of users, from its upload to its result."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from partnercenter.jobs.models import Job
from partnercenter.states import Stateful


class UserImport(Stateful):
    """An uploaded file of users (the product rules, section 10).

    `content` is the file as it came: the result file is made from it. `encoding` and `delimiter` say how it was
    read. Its rows are checked when it comes in; good ones wait in `rows` for the person to choose a location and
    start. `passwords_handed_out_at` is the last time that temporary passwords of its users were made.
    """

    class Status(models.TextChoices):
        CHECKED = "checked", _("Checked")
        CREATING = "creating", _("Creating users")
        DONE = "done", _("Done")
        CANCELED = "canceled", _("Canceled")
        FAILED = "failed", _("Failed")
        DISCARDED = "discarded", _("Discarded")

    STEPS: ClassVar = {
        Status.CHECKED: frozenset({Status.CREATING, Status.DISCARDED}),
        Status.CREATING: frozenset({Status.DONE, Status.CANCELED, Status.FAILED}),
        Status.DONE: frozenset(),
        Status.CANCELED: frozenset(),
        Status.FAILED: frozenset(),
        Status.DISCARDED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="user_imports")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    file_name = models.CharField(max_length=255)
    content = models.BinaryField()
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CHECKED)
    total = models.PositiveIntegerField()
    good = models.PositiveIntegerField()
    location = models.CharField(max_length=2, blank=True)
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)
    passwords_handed_out_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-uploaded_at", "-id"], name="user_imports_by_time"),
            models.Index(
                fields=["-uploaded_at", "-id"],
                condition=models.Q(status="checked", good__gt=0),
                name="user_imports_that_wait",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def faulty(self) -> int:
        """How many rows have a problem."""
        return self.total - self.good


class UserImportRow(models.Model):
    """One row of the file: what it asks for, what is wrong with it, and what became of it.

    `number` counts data rows from 1, `line` lines of the file. `problems` is a list of
    `{"column", "code", "value", …}`. `user_id` is chosen before the user exists, by the database: creating a row
    twice is therefore not possible. `name_key` and `search_text` are the user's (see `User.keys`).
    """

    class Outcome(models.TextChoices):
        FAULTY = "faulty", _("Not created")
        WAITING = "waiting", _("Waiting")
        CREATED = "created", _("Created")
        TAKEN = "taken", _("Not created: this address was taken in the meantime")

    user_import = models.ForeignKey(UserImport, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    first_name = models.TextField()
    last_name = models.TextField()
    display_name = models.TextField()
    email = models.TextField()
    name_key = models.TextField(db_collation="C")
    search_text = models.TextField(db_collation="C")
    problems = models.JSONField(default=list)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    user_id = models.UUIDField(db_default=RandomUUID(), unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_import", "number"], name="one_row_for_each_number"),
        ]
        indexes = [
            models.Index(fields=["user_import", "number"], condition=models.Q(outcome="waiting"), name="rows_waiting"),
            models.Index(fields=["user_import", "number"], condition=models.Q(outcome="faulty"), name="rows_faulty"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.email}"
