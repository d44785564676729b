"""A provider and a reseller that work together."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnercenter.partners.models import Partner
from partnercenter.states import Stateful
from relationships.models.links import TOKEN_LENGTH, new_token, ninety_days_from_now


class Partnership(Stateful):
    """An indirect provider invites a reseller by a personal link; its global admin accepts (section 7).

    `reseller` is known from the answer on. `email` is to whom the invitation went, in `language`, with a `note` of who
    wrote it. An invitation that the portal has not sent itself has no `sent_at`: the provider copied its link, or used
    an own mail program. A partnership that is removed leaves customers and delegated privileges as they are.
    """

    class Status(models.TextChoices):
        INVITED = "invited", _("Invited")
        ACTIVE = "active", _("Active")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")
        REMOVED = "removed", _("Removed")

    STEPS: ClassVar = {
        Status.INVITED: frozenset({Status.ACTIVE, Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED}),
        Status.ACTIVE: frozenset({Status.REMOVED}),
        Status.DECLINED: frozenset(),
        Status.WITHDRAWN: frozenset(),
        Status.EXPIRED: frozenset(),
        Status.REMOVED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=new_token, editable=False)
    provider = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    reseller = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    email = models.EmailField()
    language = models.CharField(max_length=10)
    note = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.INVITED)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(default=ninety_days_from_now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "reseller"],
                condition=models.Q(status="active"),
                name="one_partnership_of_provider_and_reseller",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["active", "removed"])
                | models.Q(reseller__isnull=False, accepted_at__isnull=False, accepted_by__isnull=False),
                name="somebody_accepted_for_a_reseller",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["invited", "active"], ended_at=None)
                | (~models.Q(status__in=["invited", "active"]) & models.Q(ended_at__isnull=False)),
                name="an_ended_partnership_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "-invited_at", "-id"], name="partnerships_of_a_provider"),
            models.Index(
                fields=["reseller", "-invited_at", "-id"],
                condition=models.Q(reseller__isnull=False),
                name="partnerships_of_a_reseller",
            ),
            models.Index(fields=["expires_at"], condition=models.Q(status="invited"), name="invitations_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} – {self.reseller or self.email}"

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.INVITED

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    def other_side_of(self, partner: Partner) -> Partner | None:
        """Whom a partner works with here; None while nobody has answered its invitation."""
        return self.reseller if self.provider_id == partner.pk else self.provider

    def has_expired(self, now: datetime) -> bool:
        """Whether it is too late to answer the invitation at a moment, also before the clock has noticed."""
        return self.status == self.Status.EXPIRED or (self.is_waiting and self.expires_at <= now)
