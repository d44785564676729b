"""Azure on its way from one partner to another (the product rules, section 9)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnercenter.jobs.models import Job
from partnercenter.partners.models import Partner
from partnercenter.states import Stateful
from subscriptions.models.reservation import Reservation
from subscriptions.models.subscription import Subscription

# How long a request can be answered, and how long what could not be moved is tried again.
ANSWERED_WITHIN, RETRIED_FOR = timedelta(days=30), timedelta(days=3)
# Days before its end on which whoever must act is reminded.
REMINDED_BEFORE = (7, 3, 1)


def thirty_days_from_now() -> datetime:
    """When a request that is made now expires."""
    return timezone.now() + ANSWERED_WITHIN


class Party(models.TextChoices):
    """Who takes part in a transfer, each with a signature."""

    TARGET = "target", _("New partner")
    CUSTOMER = "customer", _("Customer")
    SOURCE = "source", _("Current partner")


class Transfer(Stateful):
    """A customer's Azure goes from its current partner, whose account is `source`, to a new one, whose is `target`.

    `asked_as` is who began it: the new partner, whose request is its signature, or the customer from its own side; then
    the new partner agrees instead of the customer. `source_partner` and `target_partner` are those of the accounts,
    for the lists. `reseller` is who sells for the new partner, a provider. What is to move are the items; they are
    chosen when the current partner accepts. Where that partner wants two persons to accept, `proposed_by` is the first.

    Items that could not be moved are tried again until `retried_until`; `stuck_since` is when the parties were told.
    """

    class Status(models.TextChoices):
        AWAITING_CONSENT = "awaiting_consent", _("Awaiting consent")
        AWAITING_REVIEW = "awaiting_review", _("Awaiting review")
        IN_PROGRESS = "in_progress", _("In progress")
        COMPLETE = "complete", _("Complete")
        COMPLETED_WITH_ERRORS = "completed_with_errors", _("Completed with errors")
        FAILED = "failed", _("Failed")
        DECLINED = "declined", _("Declined")
        CANCELED = "canceled", _("Canceled")
        EXPIRED = "expired", _("Expired")

    _ANSWERS: ClassVar = frozenset({Status.DECLINED, Status.CANCELED, Status.EXPIRED})
    STEPS: ClassVar = {
        Status.AWAITING_CONSENT: _ANSWERS | {Status.AWAITING_REVIEW},
        Status.AWAITING_REVIEW: _ANSWERS | {Status.IN_PROGRESS},
        Status.IN_PROGRESS: frozenset({Status.COMPLETE, Status.COMPLETED_WITH_ERRORS, Status.FAILED}),
        Status.COMPLETE: frozenset(),
        Status.COMPLETED_WITH_ERRORS: frozenset(),
        Status.FAILED: frozenset(),
        Status.DECLINED: frozenset(),
        Status.CANCELED: frozenset(),
        Status.EXPIRED: frozenset(),
    }
    # Those that wait for somebody, and those that have not come to an end.
    WAITING: ClassVar = frozenset({Status.AWAITING_CONSENT, Status.AWAITING_REVIEW})
    OPEN: ClassVar = WAITING | {Status.IN_PROGRESS}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    target = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    source_partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    target_partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    reseller = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_as = models.CharField(max_length=10, choices=Party.choices, default=Party.TARGET)
    asked_at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=1_000, blank=True)
    status = models.CharField(max_length=24, choices=Status.choices, default=Status.AWAITING_CONSENT)
    expires_at = models.DateTimeField(default=thirty_days_from_now)
    reminded_before = models.PositiveSmallIntegerField(null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    retried_until = models.DateTimeField(null=True, blank=True)
    stuck_since = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    job = models.OneToOneField(Job, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(source=models.F("target")), name="a_transfer_changes_the_partner"),
            models.UniqueConstraint(
                fields=["source", "target"],
                condition=Q(status__in=["awaiting_consent", "awaiting_review", "in_progress"]),
                name="one_open_transfer_between_two_accounts",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["awaiting_consent", "awaiting_review", "in_progress"], ended_at=None)
                | (~Q(status__in=["awaiting_consent", "awaiting_review", "in_progress"]) & Q(ended_at__isnull=False)),
                name="an_ended_transfer_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["target_partner", "-asked_at", "-id"], name="transfers_sent"),
            models.Index(fields=["source_partner", "-asked_at", "-id"], name="transfers_received"),
            models.Index(
                fields=["reseller", "-asked_at", "-id"], condition=Q(reseller__isnull=False), name="transfers_resold"
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(status__in=["awaiting_consent", "awaiting_review"]),
                name="transfers_by_end",
            ),
            models.Index(fields=["retried_until"], condition=Q(status="in_progress"), name="transfers_in_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.source.name}: {self.source_partner} → {self.target_partner}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def must_act(self) -> str:
        """Which party the transfer waits for; empty where it waits for nobody."""
        if self.status == self.Status.AWAITING_CONSENT:
            return Party.CUSTOMER if self.asked_as == Party.TARGET else Party.TARGET
        return Party.SOURCE if self.status == self.Status.AWAITING_REVIEW else ""

    def has_expired(self, now: datetime) -> bool:
        """Whether it is too late to answer at a moment, also before the clock has noticed."""
        return self.status == self.Status.EXPIRED or (self.status in self.WAITING and self.expires_at <= now)


class TransferSignature(models.Model):
    """That a party agreed to a transfer: who typed which name, when, from where.

    It is never changed or deleted: the database refuses that. Where the current partner took its choice back before
    anything moved it was `withdrawn_at` a moment, `withdrawn_by` somebody, and the same person may sign again.
    """

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="signatures", db_index=False)
    party = models.CharField(max_length=10, choices=Party.choices)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    typed_name = models.CharField(max_length=120)
    signed_at = models.DateTimeField(default=timezone.now)
    address = models.GenericIPAddressField(null=True, blank=True)
    browser = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "party", "signed_by"],
                condition=Q(withdrawn_at=None),
                name="a_person_signs_once",
            ),
        ]
        indexes = [models.Index(fields=["transfer", "party"], name="signatures_of_a_transfer")]
        triggers = [
            pgtrigger.Protect(name="signature_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="signature_is_never_changed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["withdrawn_at", "withdrawn_by"]),
            ),
            pgtrigger.Protect(
                name="signature_is_withdrawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.typed_name}, {self.signed_at:%Y-%m-%d %H:%M}"


class TransferItem(models.Model):
    """One thing that moves: an Azure subscription or a reservation.

    No thing can wait in two transfers. `code` says why it has not moved, in the words of
    `subscriptions.selectors.transfer_checks`; `tried_at` when that was found last. `old_reseller` is who sold it to the
    customer for the partner that it came from.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        MOVED = "moved", _("Moved")
        FAILED = "failed", _("Not moved")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="items", db_index=False)
    subscription = models.ForeignKey(Subscription, models.PROTECT, null=True, related_name="+", db_index=False)
    reservation = models.ForeignKey(Reservation, models.PROTECT, null=True, related_name="+", db_index=False)
    name = models.CharField(max_length=255)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    code = models.CharField(max_length=20, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)
    old_reseller = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(subscription__isnull=True, reservation__isnull=False)
                | Q(subscription__isnull=False, reservation__isnull=True),
                name="an_item_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["subscription"], condition=Q(status="waiting"), name="item_in_one_open_transfer"
            ),
            models.UniqueConstraint(
                fields=["reservation"], condition=Q(status="waiting"), name="reservation_in_one_open_transfer"
            ),
            models.CheckConstraint(
                condition=Q(status="moved", moved_at__isnull=False) | (~Q(status="moved") & Q(moved_at=None)),
                name="a_moved_item_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["transfer", "id"], name="items_of_a_transfer"),
            models.Index(fields=["transfer", "id"], condition=Q(status="waiting"), name="items_to_move"),
        ]

    def __str__(self) -> str:
        return self.name


class TransferTick(models.Model):
    """That a point of the hand-over was looked after, as the customer or the new partner says.

    It counts for what had moved by then.
    """

    class What(models.TextChoices):
        ROLES = "roles", _("Role assignments")
        PRIVILEGES = "privileges", _("Delegated admin privileges")
        SUPPORT = "support", _("Support contact")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="ticks", db_index=False)
    what = models.CharField(max_length=10, choices=What.choices)
    ticked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ticked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transfer", "what"], name="a_point_is_ticked_off_once")]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.ticked_by}"
