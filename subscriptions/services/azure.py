"""Azure subscriptions under a plan, and who may do what in them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Customer
from customers.selectors.users import users_of
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.partners.models import Partner
from subscriptions.catalog import AZURE_SUBSCRIPTION, CATALOG
from subscriptions.models import RoleAssignment, Subscription
from subscriptions.selectors.azure import foreign_principals, why_no_azure, why_no_roles, why_no_users
from subscriptions.selectors.limits import Limits
from subscriptions.services.history import SUBSCRIPTION
from subscriptions.services.holding import account_held, relationship_held, subscription_held
from subscriptions.services.subscriptions import new_subscription

PLAN: Final = gettext_noop("Azure plan")
PRINCIPAL: Final = gettext_noop("Principal")
AZURE_ROLE: Final = gettext_noop("Azure role")


def welcome_partner(subscription: Subscription, partner: Partner, *, now: datetime) -> RoleAssignment:
    """Whoever sells a new Azure subscription owns it as a foreign principal, until somebody takes that away."""
    return RoleAssignment.objects.create(
        subscription=subscription, partner=partner, role=RoleAssignment.Role.OWNER, assigned_at=now
    )


def add_azure_subscription(
    plan: Subscription, name: str, *, wish: str, customer: Customer, actor: User
) -> Subscription:
    """Add an Azure subscription under an active plan; the partner that sells it becomes its owner.

    `wish` is any text that tells one wish from the next: the same name is added once for it, however often somebody
    clicks. Raises `Refused` for a plan that is not active or that another partner sold, where nothing can be bought at
    all, and for a wish that was granted long ago: what came of it has ended.
    """
    now = timezone.now()
    with account_held(customer) as account, subscription_held(plan) as held:
        if why_not := why_no_azure(Limits(held, account, now)):
            raise Refused(why_not)
        # Made from the plan's, it can be no GUID that somebody else has.
        azure_id = uuid.uuid5(held.pk, f"{wish}\n{name}")
        if there := Subscription.objects.filter(pk=azure_id).first():
            return _still_there(there)
        added = new_subscription(account, CATALOG[AZURE_SUBSCRIPTION], parent=held, name=name, now=now)
        added.pk = azure_id
        added.save(force_insert=True)
        welcome_partner(added, account.partner, now=now)
        details = {SUBSCRIPTION: added.name, PLAN: held.name}
        _record(Deed.AZURE_ADDED, added, customer, actor, details)
    return added


def _still_there(added: Subscription) -> Subscription:
    if added.has_ended:
        sentence = _(
            "%(name)s was added from this page before, and has ended since. Open the page anew to add another."
        )
        raise Refused(sentence % {"name": added})
    return added


def assign_role(
    subscription: Subscription, principal: User | Partner, role: str, *, customer: Customer, actor: User
) -> bool:
    """Give a user of the customer, or a partner as a foreign principal, a role in an Azure subscription.

    False for a role that they have already. Partners can be whoever sells the subscription and its reseller of record.
    Raises `Refused` for others, for a deleted user, in clouds whose users are not managed here, for a subscription that
    has ended, and for one that another partner sold.
    """
    with _held(subscription, customer) as held:
        who = _partner(principal, held, customer) if isinstance(principal, Partner) else _user(principal, customer)
        assignment, created = RoleAssignment.objects.get_or_create(
            subscription=held, role=role, **who, defaults={"assigned_at": timezone.now()}
        )
        if created:
            _record_role(Deed.ROLE_ASSIGNED, assignment, held, customer, actor)
    return created


def _user(user: User, customer: Customer) -> dict[str, User | None]:
    if why_not := why_no_users(customer):
        raise Refused(why_not)
    found = users_of(customer).filter(pk=user.pk).first()
    if found is None:
        raise Refused(_("This user was deleted. Restore the user before you assign a role."))
    return {"user": found, "partner": None}


def _partner(partner: Partner, held: Subscription, customer: Customer) -> dict[str, Partner | None]:
    if partner not in foreign_principals(held, customer.partner):
        sentence = _("%(partner)s neither sells %(name)s nor is its reseller of record, and can have no role in it.")
        raise Refused(sentence % {"partner": partner, "name": held})
    return {"user": None, "partner": partner}


def remove_role(assignment: RoleAssignment, *, customer: Customer, actor: User) -> bool:
    """Take a role in an Azure subscription away; False if somebody has done so already.

    A foreign principal is one as well: its partner loses its access. Raises `Refused` as `assign_role` does.
    """
    with _held(assignment.subscription, customer) as held:
        found = held.role_assignments.filter(pk=assignment.pk).delete()[0]
        if found:
            _record_role(Deed.ROLE_REMOVED, assignment, held, customer, actor)
    return bool(found)


@contextmanager
def _held(subscription: Subscription, customer: Customer) -> Iterator[Subscription]:
    """An Azure subscription held for one transaction; raises `Refused` where its roles are to stay."""
    with relationship_held(customer), subscription_held(subscription) as held:
        if why_not := why_no_roles(Limits(held, customer, timezone.now())):
            raise Refused(why_not)
        yield held


def _record_role(deed: Deed, assignment: RoleAssignment, held: Subscription, customer: Customer, actor: User) -> None:
    details = {SUBSCRIPTION: held.name, PRINCIPAL: assignment.principal, AZURE_ROLE: assignment.get_role_display()}
    _record(deed, held, customer, actor, details)


def _record(
    deed: Deed, subscription: Subscription, customer: Customer, actor: User, details: Mapping[str, str]
) -> None:
    record(deed, partner=customer.partner, actor=actor, customer=customer, details=details, subject=subscription.pk)
