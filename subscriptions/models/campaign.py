"""A campaign: many customers go to one new partner, asked for with one file."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models import Customer
from partnercenter.jobs.models import Job
from partnercenter.partners.models import Partner
from subscriptions.models.transfer import Transfer


class TransferCampaign(models.Model):
    """An uploaded file with a transfer to ask for in each row, for the new partner; `name` is that of the file.

    Its rows are checked when it comes in, and again when somebody wants it, the last time at `checked_at`. Who sends it
    signs for all rows that can be sent, with one typed name; `job` asks for their transfers then. From then on the
    database refuses to change or delete it. One that nobody sends is forgotten after `KEPT_FOR`.
    """

    KEPT_FOR: ClassVar = timedelta(days=7)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=255)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    typed_name = models.CharField(max_length=120, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    browser = models.CharField(max_length=300, blank=True)
    job = models.OneToOneField(Job, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None, sent_by=None, typed_name="", job=None)
                | Q(~Q(typed_name=""), sent_at__isnull=False, sent_by__isnull=False, job__isnull=False),
                name="a_sent_campaign_is_signed",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "-created_at", "-id"], name="campaigns_by_time"),
            models.Index(fields=["created_at"], condition=Q(sent_at=None), name="campaigns_not_sent"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="sent_campaign_is_kept",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        """Whether its job still asks for transfers."""
        return self.job is not None and self.job.is_open

    @property
    def kept_until(self) -> datetime:
        """When it is forgotten if nobody sends it."""
        return self.created_at + self.KEPT_FOR


class TransferCampaignRow(models.Model):
    """One row of the file: what it says, whose account was found, and its transfer or what stands in its way.

    `customer` and `source` are Microsoft IDs as they were written, `account` and `source_partner` whom they mean.
    `code` says why nothing is asked for, in the words of `subscriptions.selectors.campaign_checks`; `problem` is the
    sentence where there is no word for it. `tried_at` is when the job came to the row.
    """

    campaign = models.ForeignKey(TransferCampaign, models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField()
    customer = models.TextField(blank=True)
    source = models.TextField(blank=True)
    note = models.TextField(blank=True)
    account = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="+")
    source_partner = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    transfer = models.OneToOneField(Transfer, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=20, blank=True)
    problem = models.TextField(blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "line"], name="one_row_for_each_line"),
            models.CheckConstraint(
                condition=Q(transfer=None) | Q(code="", tried_at__isnull=False), name="a_sent_row_has_no_problem"
            ),
            models.CheckConstraint(
                condition=~Q(code="") | Q(account__isnull=False, source_partner__isnull=False),
                name="a_row_without_a_problem_is_of_a_customer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["campaign", "line"], condition=Q(code="", transfer=None), name="campaign_rows_to_send"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.customer}"
