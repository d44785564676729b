"""Delegated admin privileges: a customer's own people take them back and grant them (the product rules, section 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.services.holding import BUSY, hold_tenant
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import TenantRole, User
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify_staff
from partnercenter.partners.roles import Role

ONLY_ADMINS: Final = gettext_lazy(
    "Only a Global admin of your organization can take delegated admin privileges back or grant them."
)
# Who of the partner is told.
TOLD: Final = [Role.GLOBAL_ADMIN, Role.ADMIN_AGENT]


def may_decide(user: User) -> bool:
    """Whether a person decides about the privileges that partners have in the own organization."""
    return user.is_active and user.role == TenantRole.GLOBAL_ADMIN


def take_back_privileges(customer: Customer, *, actor: User) -> bool:
    """Let a partner administer the services of an organization no more; False if it could not before.

    Whatever the partner does to users, licenses and domains at this moment comes before it or not at all. Raises
    `Refused` for anybody but a global admin of the organization, and where the relationship has ended.
    """
    with _held(customer, actor) as held:
        if not held.has_admin_privileges:
            return False
        _change(held, {"admin_privileges_ended_at": timezone.now()})
        record(Deed.PRIVILEGES_TAKEN_BACK, partner=held.partner, actor=actor, customer=held)
        _tell(held, Notification.Kind.PRIVILEGES_TAKEN_BACK)
    return True


def grant_privileges(customer: Customer, *, actor: User) -> bool:
    """Let a partner administer the services of an organization; False if it could before. Otherwise as above."""
    with _held(customer, actor) as held:
        if held.has_admin_privileges:
            return False
        _change(held, {"admin_privileges_at": timezone.now(), "admin_privileges_ended_at": None})
        record(Deed.PRIVILEGES_GRANTED, partner=held.partner, actor=actor, customer=held)
        _tell(held, Notification.Kind.PRIVILEGES_GRANTED)
    return True


@contextmanager
def _held(customer: Customer, actor: User) -> Iterator[Customer]:
    """The account, held after all who rely on its privileges have let go of it.

    The organization is held first, as everywhere: so the actor stays the global admin they are.
    """
    with without_long_waits(BUSY):
        hold_tenant(customer)
        if not any(map(may_decide, User.objects.filter(pk=actor.pk, tenant_id=customer.tenant_id))):
            raise Refused(ONLY_ADMINS)
        accounts = Customer.objects.select_for_update(of=("self",)).select_related("partner")
        held = accounts.filter(pk=customer.pk, ended_at=None).first()
        if held is None:
            raise Refused(_("This partner does not serve your organization any more. It has no privileges left."))
        yield held


def _change(customer: Customer, values: Mapping[str, datetime | None]) -> None:
    Customer.objects.filter(pk=customer.pk).update(**values)


def _tell(customer: Customer, kind: Notification.Kind) -> None:
    page = reverse("customers:account", args=[customer.tenant_id])
    notify_staff(customer.partner, kind, roles=TOLD, facts={"customer": customer.name}, url=page)
