"""What a customer has bought and goes on paying for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import pgtrigger
from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from partnercenter.folding import fold
from partnercenter.partners.models import Partner
from partnercenter.states import Stateful
from subscriptions.catalog import AZURE_PLAN, CATALOG, Cycle, Kind, Offer
from subscriptions.models.purchase import sold_by_the_partner_of_the_customer

# How long after a purchase or a renewal it can be canceled, and after seats were added they can be given back (the
# product rules, section 8).
REGRET: Final = timedelta(days=7)


class Subscription(Stateful):
    """An offer bought by a customer through a partner (the product rules, section 8); its `id` is its GUID everywhere.

    `partner` is that of the customer's account: the database sees to it. `reseller` is the reseller of record,
    `support_contact` whom the customer turns to; nobody named means the partner itself. `parent` is what an add-on
    extends, or the plan an Azure subscription is under: it is suspended and ends with it, and then `with_parent`.
    `name` is what people call it, at first the name of the offer. Made from it are `name_key`, which lists are in the
    order of, `search_text`, and `has_own_name`: whether it is not that of the offer.

    `terms` counts the terms since `begun_at`, of `term` each (ISO 8601; empty without an end). `due_at` is when the
    clock takes its next step: at the end of the term, or when what is expired or disabled comes to its end.
    `assigned` counts the licenses of its users: the database keeps it.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("something bought", "Active")
        SUSPENDED = "suspended", _("Suspended")
        EXPIRED = "expired", _("Expired")
        DISABLED = "disabled", _("Disabled")
        DELETED = "deleted", _("Deleted")
        CANCELED = "canceled", pgettext_lazy("something bought", "Canceled")

    STEPS: ClassVar = {
        Status.ACTIVE: frozenset({Status.SUSPENDED, Status.CANCELED, Status.EXPIRED}),
        Status.SUSPENDED: frozenset({Status.ACTIVE, Status.DISABLED, Status.CANCELED}),
        Status.EXPIRED: frozenset({Status.DISABLED}),
        Status.DISABLED: frozenset({Status.DELETED}),
        Status.DELETED: frozenset(),
        Status.CANCELED: frozenset(),
    }
    ENDED: ClassVar = frozenset({Status.DELETED, Status.CANCELED})
    # So long it is expired, and disabled afterwards; what was suspended at the end of its term is disabled for less.
    EXPIRED_FOR: ClassVar = timedelta(days=30)
    DISABLED_FOR: ClassVar = timedelta(days=90)
    DISABLED_FOR_AFTER_SUSPENSION: ClassVar = timedelta(days=30)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Every index of a list begins with one of the two, which need none of their own.
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False, editable=False)
    reseller = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    support_contact = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", db_index=False)
    offer_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=255)
    name_key = models.CharField(max_length=600, editable=False, db_collation="C")
    search_text = models.TextField(editable=False, db_collation="C")
    has_own_name = models.BooleanField(default=False, editable=False)
    quantity = models.PositiveIntegerField(default=1)
    assigned = models.PositiveIntegerField(default=0, editable=False)
    billing_cycle = models.CharField(max_length=10, choices=Cycle.choices, blank=True)
    auto_renew = models.BooleanField(default=False)
    is_trial = models.BooleanField(default=False)

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    with_parent = models.BooleanField(default=False)
    begun_at = models.DateTimeField(default=timezone.now)
    term = models.CharField(max_length=10, blank=True)
    terms = models.PositiveSmallIntegerField(default=1)
    term_begun_at = models.DateTimeField(default=timezone.now)
    term_ends_at = models.DateTimeField(null=True, blank=True)
    status_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_subscription_has_a_quantity"),
            models.CheckConstraint(condition=Q(assigned__gte=0), name="seats_never_below_zero"),
            models.CheckConstraint(condition=Q(assigned__lte=F("quantity")), name="never_more_seats_than_bought"),
            models.CheckConstraint(
                condition=Q(term="", term_ends_at=None) | Q(~Q(term=""), term_ends_at__isnull=False),
                name="a_term_has_an_end",
            ),
            models.UniqueConstraint(
                fields=["customer", "offer_id"], condition=Q(is_trial=True), name="a_trial_is_had_once"
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(kind=Kind.PLAN) & ~Q(status__in=["deleted", "canceled"]),
                name="one_azure_plan_at_a_time",
            ),
        ]
        indexes = [
            # Beside what they are in the order of, they hold what is searched and filtered: what nothing has is looked
            # for in the index alone. `subscriptions.selectors.finding` tells which one is read for what.
            BTreeIndex(
                fields=["customer", "kind", "name_key", "id"], include=["search_text"], name="subscriptions_of_customer"
            ),
            BTreeIndex(
                fields=["partner", "kind", "status", "name_key", "id"],
                include=["customer"],
                name="subscriptions_by_kind",
            ),
            BTreeIndex(
                fields=["partner", "offer_id", "status", "name_key", "id"],
                include=["customer"],
                name="subscriptions_by_offer",
            ),
            BTreeIndex(
                fields=["partner", "name_key", "id"],
                include=["search_text", "kind", "status", "offer_id", "customer"],
                condition=Q(has_own_name=True),
                name="subscriptions_by_own_name",
            ),
            BTreeIndex(
                fields=["partner", "term_ends_at", "id"],
                include=["search_text", "kind", "status", "offer_id", "customer"],
                condition=Q(term_ends_at__isnull=False, status__in=["active", "suspended"]),
                name="subscriptions_by_end",
            ),
            BTreeIndex(
                fields=["reseller", "kind", "status", "name_key", "id"],
                include=["search_text", "offer_id", "customer", "partner"],
                condition=Q(reseller__isnull=False),
                name="subscriptions_by_reseller",
            ),
            BTreeIndex(fields=["parent"], condition=Q(parent__isnull=False), name="subscriptions_by_parent"),
            BTreeIndex(fields=["due_at"], condition=Q(due_at__isnull=False), name="subscriptions_due"),
        ]
        triggers = [
            sold_by_the_partner_of_the_customer(),
            pgtrigger.Trigger(
                name="belongs_to_what_the_same_customer_has",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("customer_id", "parent_id"),  # type: ignore[no-untyped-call]
                when=pgtrigger.After,
                condition=pgtrigger.Q(new__parent__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM subscriptions_subscription
                        WHERE id = NEW.parent_id AND customer_id = NEW.customer_id
                    ) THEN
                        RAISE check_violation USING MESSAGE = 'a subscription belongs to what the same customer has';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Keep what the subscription is found by as its name is."""
        keys = self.keys(self.name, self.offer_id)
        for name, key in keys.items():
            setattr(self, name, key)
        if update_fields is not None and "name" in update_fields:
            update_fields = {*update_fields, *keys}
        super().save(*args, update_fields=update_fields, **kwargs)

    @staticmethod
    def keys(name: str, offer_id: str) -> dict[str, Any]:
        """The columns made from what a subscription is called."""
        name_key, offer = fold(name), fold(CATALOG[offer_id].name)
        found_by = dict.fromkeys((name_key, offer))
        return {
            "name_key": name_key[:600],
            "search_text": "\n".join(found_by),
            "has_own_name": len(found_by) > 1,
        }

    @property
    def offer(self) -> Offer:
        """What was bought."""
        return CATALOG[self.offer_id]

    @property
    def is_plan(self) -> bool:
        return self.offer_id == AZURE_PLAN

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def has_ended(self) -> bool:
        return self.status in self.ENDED

    @property
    def available(self) -> int:
        """How many seats nobody has."""
        return self.quantity - self.assigned

    @property
    def cancelable_until(self) -> datetime:
        """The end of the days of regret after the purchase or the last renewal."""
        return self.term_begun_at + REGRET


class SeatAddition(models.Model):
    """Seats that were added to a subscription, at its purchase or later; `left` of them have not been given back.

    They can be given back for `REGRET`, the last ones first.
    """

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="additions", db_index=False)
    added_at = models.DateTimeField(default=timezone.now)
    left = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["subscription", "-added_at"], name="seats_by_addition")]

    def __str__(self) -> str:
        return f"{self.added_at:%Y-%m-%d}: {self.left}"


class RoleAssignment(models.Model):
    """Who may do what in an Azure subscription: a user of the customer, or a partner as a foreign principal."""

    class Role(models.TextChoices):
        # Names of roles of the product: no language translates them.
        OWNER = "owner", "Owner"
        CONTRIBUTOR = "contributor", "Contributor"
        READER = "reader", "Reader"
        ACCESS_ADMINISTRATOR = "access_administrator", "User Access Administrator"
        SUPPORT = "support", "Support Request Contributor"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="role_assignments", db_index=False)
    user = models.ForeignKey("directory.User", models.CASCADE, null=True, blank=True, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    assigned_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "user", "partner", "role"],
                nulls_distinct=False,
                name="a_role_is_assigned_once",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True, partner__isnull=False) | Q(user__isnull=False, partner__isnull=True),
                name="a_role_is_of_a_user_or_a_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal}: {self.get_role_display()}"

    @property
    def principal(self) -> str:
        """Who has the role, as the log calls them."""
        return self.user.principal_name if self.user else str(self.partner)


class License(models.Model):
    """One seat of a license-based subscription, assigned to one user.

    A deleted user has it no more since `freed_at`, and gets it back when restored if a seat is left. Triggers count the
    assigned ones in the subscription, whose constraint lets nobody have a seat that is not there.
    """

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey("directory.User", models.CASCADE, related_name="+")
    assigned_at = models.DateTimeField(default=timezone.now)
    freed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "user"], name="one_license_of_a_subscription_for_a_user"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="assigned_ones_are_counted",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
                func="""
                    UPDATE subscriptions_subscription AS s SET assigned = s.assigned + n.count
                    FROM (SELECT subscription_id, count(*) FROM added WHERE freed_at IS NULL GROUP BY 1) AS n
                    WHERE s.id = n.subscription_id;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="revoked_ones_are_counted",
                operation=pgtrigger.Delete,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(old="gone"),  # type: ignore[no-untyped-call]
                func="""
                    UPDATE subscriptions_subscription AS s SET assigned = s.assigned - n.count
                    FROM (SELECT subscription_id, count(*) FROM gone WHERE freed_at IS NULL GROUP BY 1) AS n
                    WHERE s.id = n.subscription_id;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="freed_ones_are_counted",
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(old="before", new="after"),  # type: ignore[no-untyped-call]
                func="""
                    UPDATE subscriptions_subscription AS s SET assigned = s.assigned + n.change
                    FROM (
                        SELECT subscription_id, sum(is_after * (freed_at IS NULL)::int) AS change
                        FROM (
                            SELECT subscription_id, freed_at, 1 AS is_after FROM after
                            UNION ALL SELECT subscription_id, freed_at, -1 FROM before
                        ) AS both_sides
                        GROUP BY 1
                    ) AS n
                    WHERE s.id = n.subscription_id AND n.change <> 0;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.subscription}"
