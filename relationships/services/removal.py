"""Removing a relationship: both sides part, and what was between them stays readable (the product rules, section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.services.holding import BUSY, hold_tenant
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify_global_admins
from partnercenter.partners.models import Partner
from relationships.selectors.obstacles import obstacles_of
from relationships.selectors.removal import drafts_for, ending_kinds, served_through, staying_kinds
from relationships.services.ending import end_for_reseller, end_relationships
from relationships.services.history import PRIVILEGES, PROVIDER, REASON, RESELLER
from relationships.services.requests import hold_waiting_requests, withdraw_held
from subscriptions.selectors.subscriptions import sold_through

Kind = Customer.Relationship

PROVIDER_ENDS_IT: Final = gettext_lazy(
    "%(provider)s sells to this customer, and you serve it as indirect reseller. The provider removes the relationship."
)
NEW_IN_THE_WAY: Final = gettext_lazy("The relationship was not removed, because something stands in the way: %(what)s")


def remove_relationship(customer: Customer, *, reason: str, actor: User) -> bool:
    """End what a partner itself is to a customer; False if somebody has done so already.

    What its resellers are to the customer through it ends as well, and what it has asked of it is withdrawn. A reseller
    that serves the customer both ways goes on to serve it through its provider. Nothing can be bought, reactivated or
    started meanwhile. Raises `Refused` where something stands in the way, and for a reseller that has no relationship
    of its own.
    """
    now = timezone.now()
    with without_long_waits(BUSY):
        waiting = hold_waiting_requests(customer.partner, customer.tenant_id)
        hold_tenant(customer)
        held = _hold(customer)
        if held.ended_at:
            return False
        if why_not := why_not_at_all(held) or _what_stands_in_the_way(held, now):
            raise Refused(why_not)
        resellers = list(served_through(held).select_for_update(of=("self",)))
        _leave_subscriptions(held, [held.partner, *(account.partner for account in resellers)])
        drafts_for(held).delete()
        for account in resellers:
            end_for_reseller(account, held.partner, now)
        for asked in waiting:  # to come back, the partner asks anew
            withdraw_held(asked, now=now, actor=actor)
        details: dict[str, Any] = {REASON: reason}
        if resellers:
            details[RESELLER] = ", ".join(str(account.partner) for account in resellers)
        end_relationships(held, ending_kinds(held), between=held.reseller, now=now, actor=actor, reason=reason)
        _tell(held, details, actor)
    return True


def why_not_at_all(customer: Customer) -> str:
    """Why a partner cannot remove its relationship with a customer, whatever the customer has; empty if it can."""
    return "" if ending_kinds(customer) else str(PROVIDER_ENDS_IT % {"provider": customer.provider or _("A provider")})


def _hold(customer: Customer) -> Customer:
    """The account, held after all who buy, reactivate or start something through it have let go of it."""
    people = ("partner__tenant", "tenant", "reseller__tenant", "provider__tenant")
    return Customer.objects.select_for_update(of=("self",)).select_related(*people).get(pk=customer.pk)


def _what_stands_in_the_way(customer: Customer, now: datetime) -> str:
    found = obstacles_of(customer, now)
    return str(NEW_IN_THE_WAY % {"what": " ".join(one.sentence for one in found)}) if found else ""


def _leave_subscriptions(customer: Customer, partners: Sequence[Partner]) -> None:
    """Nobody who goes is the support contact of anything any more."""
    named = sold_through(customer).filter(support_contact__in=partners)
    ids = list(named.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    sold_through(customer).filter(pk__in=ids).update(support_contact=None, version=F("version") + 1)


def _tell(customer: Customer, details: dict[str, Any], actor: User) -> None:
    """The log of the partner, and the people of the customer."""
    facts = {"partner": str(customer.partner), "customer": customer.tenant.name}
    if staying_kinds(customer):
        details[PROVIDER] = facts["provider"] = str(customer.provider)
    elif customer.has_admin_privileges:
        details[PRIVILEGES] = [True, False]
    record(Deed.RELATIONSHIP_REMOVED, partner=customer.partner, actor=actor, customer=customer, details=details)
    page = reverse("my_partners:list")
    notify_global_admins(customer.tenant, Notification.Kind.RELATIONSHIP_REMOVED, facts=facts, url=page)
