"""Questions about the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from partnercenter.activity.models import Activity
from partnercenter.partners.models import Partner


@dataclass(frozen=True)
class Wanted:
    """Which lines somebody asks for; what is left empty or None does not matter.

    `since` and `before` are moments, the second one no longer included. `customer` and `person` are parts of
    names, without regard to case; `deed` is a value of `Deed`.
    """

    since: datetime | None = None
    before: datetime | None = None
    customer: str = ""
    person: str = ""
    deed: str = ""


def activity_of(partner: Partner, customer_tenant_id: UUID | None = None) -> QuerySet[Activity]:
    """A partner's log, or what stands there about one customer, given by its Microsoft ID."""
    lines = Activity.objects.filter(partner=partner)
    return lines if customer_tenant_id is None else lines.filter(customer_id=customer_tenant_id)


def history_of(partner: Partner, subject_id: UUID) -> QuerySet[Activity]:
    """What a partner's log says about one thing, given by its GUID, the newest line first."""
    return Activity.objects.filter(partner=partner, subject_id=subject_id).order_by("-at", "-id")


def newest_of(lines: QuerySet[Activity], count: int) -> QuerySet[Activity]:
    """The last `count` lines, the newest one first."""
    return lines.order_by("-at", "-id")[:count]


def matching(lines: QuerySet[Activity], wanted: Wanted) -> QuerySet[Activity]:
    """The lines that meet every condition of `wanted`."""
    conditions = {
        "at__gte": wanted.since,
        "at__lt": wanted.before,
        "customer_name__icontains": wanted.customer,
        "actor_name__icontains": wanted.person,
        "deed": wanted.deed,
    }
    return lines.filter(**{name: value for name, value in conditions.items() if value})
