"""Writing the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.partners.models import Partner


class Account(Protocol):
    """What the log needs to know of a customer: whose account it is, for which tenant, under which name."""

    @property
    def partner(self) -> Partner: ...
    @property
    def tenant_id(self) -> Any: ...
    @property
    def name(self) -> str: ...


def record(
    deed: Deed,
    *,
    partner: Partner,
    actor: User | None,
    customer: Account | None = None,
    details: Mapping[str, Any] | None = None,
    subject: UUID | None = None,
) -> Activity:
    """Add a line, in the caller's transaction: what is rolled back has not happened.

    `details` maps names to single values, or to `[old, new]` (see `changes`). `subject` is the GUID of a thing that has
    a history of its own. Without an actor the portal itself did it.
    """
    line = _line(deed, partner, actor, customer, details, subject)
    line.save(force_insert=True)
    return line


def record_each(
    deed: Deed, *, partner: Partner, actor: User | None, customer: Account, told: Mapping[UUID, Mapping[str, Any]]
) -> None:
    """Add a line for each of several things of a customer that one act has changed: their GUIDs with their details."""
    Activity.objects.bulk_create(
        _line(deed, partner, actor, customer, details, subject) for subject, details in told.items()
    )


def _line(
    deed: Deed,
    partner: Partner,
    actor: User | None,
    customer: Account | None,
    details: Mapping[str, Any] | None,
    subject: UUID | None,
) -> Activity:
    return Activity(
        partner=partner,
        customer_id=customer.tenant_id if customer else None,
        customer_name=customer.name if customer else "",
        actor=actor,
        actor_name=actor.principal_name if actor else "",
        deed=deed,
        details=dict(details or {}),
        subject_id=subject,
    )


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Old and new value of everything that differs between two readings of the same names."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
