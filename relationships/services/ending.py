"""How relationships end: kept as history, and told to those who had them. Whether they may is asked before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import F
from django.urls import reverse

from customers.models import Customer
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify_staff
from partnercenter.partners.models import Partner
from partnercenter.partners.roles import Role
from relationships.models import PastRelationship
from relationships.selectors.removal import drafts_for, ending_kinds, staying_kinds
from relationships.services.history import PROVIDER

Kind = Customer.Relationship
# Who of a partner is told how its relationships begin and end.
TOLD: Final = (Role.GLOBAL_ADMIN, Role.ADMIN_AGENT)


def end_for_reseller(account: Customer, provider: Partner, now: datetime) -> None:
    """What a reseller was to the customer of its provider ends, and it is told; what it is by itself goes on.

    `account` is the reseller's, held.
    """
    if ending_kinds(account):
        keep_past(account, [Kind.INDIRECT_RESELLER], between=provider, now=now)
        changed = {"relationships": ending_kinds(account), "provider": None}
        Customer.objects.filter(pk=account.pk).update(**changed, version=F("version") + 1)
        page = reverse("customers:account", args=[account.tenant_id])
    else:
        drafts_for(account).delete()
        end_relationships(account, [Kind.INDIRECT_RESELLER], between=provider, now=now)
        page = reverse("former:customer", args=[account.tenant_id])
    details = {PROVIDER: str(provider)}
    record(Deed.RELATIONSHIP_ENDED, partner=account.partner, actor=None, customer=account, details=details)
    facts = {"provider": str(provider), "customer": account.name}
    notify_staff(account.partner, Notification.Kind.RELATIONSHIP_ENDED, roles=TOLD, facts=facts, url=page)


def end_relationships(
    account: Customer,
    kinds: Sequence[str],
    *,
    between: Partner | None,
    now: datetime,
    actor: User | None = None,
    reason: str = "",
) -> None:
    """End relationships of an account, and the account with them unless it goes on through a provider."""
    keep_past(account, kinds, between=between, now=now, actor=actor, reason=reason)
    staying = [kind for kind in staying_kinds(account) if kind not in kinds]
    changed: dict[str, Any] = {"relationships": staying} if staying else {"ended_at": now}
    if not staying and account.has_admin_privileges:
        changed["admin_privileges_ended_at"] = now
    Customer.objects.filter(pk=account.pk).update(**changed, version=F("version") + 1)


def keep_past(
    account: Customer,
    kinds: Sequence[str],
    *,
    between: Partner | None,
    now: datetime,
    actor: User | None = None,
    reason: str = "",
) -> None:
    PastRelationship.objects.create(
        customer=account,
        relationships=[*kinds],
        between=between,
        begun_at=account.begun_at,
        ended_at=now,
        ended_by=actor,
        reason=reason,
    )
