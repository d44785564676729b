"""What a partner asks of an organization that exists already: to become its customer."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnercenter.directory.models import Tenant
from partnercenter.folding import fold
from partnercenter.partners.models import Partner
from partnercenter.states import Stateful
from relationships.models.links import TOKEN_LENGTH, new_token, ninety_days_from_now


class RelationshipRequest(Stateful):
    """A partner asks an organization for a relationship; a global admin there accepts or declines (section 7).

    A provider may ask together with one of its resellers: `reseller`. `with_privileges` asks for delegated admin
    privileges as well. `tenant` is whose request it is: known from the beginning where the partner named a domain of
    the organization, and else from the answer on; only that organization can answer. `letter` is what was written to
    `email`, with the link; `language` is the one it is written in. A letter that the portal has not sent itself has no
    `sent_at`: the partner copied it, or used an own mail program. `opened_at` is when a global admin of the
    organization first looked at it. `reminded_at` is when the last reminder went out, and `reminded_before` how many
    days before the end that was due. `search_text` is made of the organization and the address, see `keys`.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    STEPS: ClassVar = {
        Status.WAITING: frozenset({Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED}),
        Status.ACCEPTED: frozenset(),
        Status.DECLINED: frozenset(),
        Status.WITHDRAWN: frozenset(),
        Status.EXPIRED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=new_token, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    reseller = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    with_privileges = models.BooleanField()
    email = models.EmailField()
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    letter = models.TextField(max_length=8_000)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=ninety_days_from_now)
    sent_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminded_before = models.PositiveSmallIntegerField(null=True, blank=True)
    search_text = models.TextField(editable=False, db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="waiting", ended_at=None)
                | (~models.Q(status="waiting") & models.Q(ended_at__isnull=False)),
                name="an_answered_request_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="accepted") | models.Q(tenant__isnull=False, ended_by__isnull=False),
                name="somebody_accepted_for_an_organization",
            ),
        ]
        indexes = [
            # It holds what is searched, so that a word that no request has is looked for in the index alone.
            models.Index(fields=["partner", "-made_at", "-id"], include=["search_text"], name="requests_of_a_partner"),
            models.Index(
                fields=["reseller", "-made_at", "-id"],
                condition=models.Q(reseller__isnull=False),
                name="requests_with_a_reseller",
            ),
            models.Index(
                fields=["tenant", "-made_at", "-id"],
                condition=models.Q(tenant__isnull=False),
                name="requests_to_a_tenant",
            ),
            models.Index(fields=["expires_at"], condition=models.Q(status="waiting"), name="requests_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} → {self.tenant or self.email}"

    @staticmethod
    def keys(email: str, tenant: Tenant | None) -> dict[str, str]:
        """The columns that are made from what a request is searched by; written whenever one of the two is."""
        return {"search_text": fold(f"{tenant.name if tenant else ''} {email}")}

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.WAITING

    def has_expired(self, now: datetime) -> bool:
        """Whether it is too late to answer at a moment, also before the clock has noticed."""
        return self.status == self.Status.EXPIRED or (self.is_waiting and self.expires_at <= now)
