"""The hand-over after a transfer: ticking points off, and taking the old partner's access away."""

from __future__ import annotations

from collections import defaultdict
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Customer
from customers.services.holding import hold_tenant
from customers.services.privileges import take_back_privileges
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record_each
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from subscriptions.models import Party, RoleAssignment, Transfer, TransferTick
from subscriptions.selectors.hand_over import (
    has_hand_over,
    moved_subscriptions,
    old_assignments,
    valid_ticks,
    why_not_hand_over,
)
from subscriptions.selectors.transfers import may_act_for
from subscriptions.services.azure import AZURE_ROLE, PRINCIPAL
from subscriptions.services.history import SUBSCRIPTION
from subscriptions.services.transfer_telling import record_transfer
from subscriptions.services.transfers import as_now, transfer_held

What = TransferTick.What
# What the log calls the points.
POINTS: Final = {
    What.ROLES: gettext_noop("Role assignments"),
    What.PRIVILEGES: gettext_noop("Delegated admin privileges"),
    What.SUPPORT: gettext_noop("Support contact"),
}


def tick_off(transfer: Transfer, what: TransferTick.What, *, actor: User) -> bool:
    """Say that a point of the hand-over was looked after; False if somebody has said so before.

    What was said before more had moved is said anew.

    Raises `Refused` for who is neither a Global admin of the customer nor an admin of the new partner, and where
    nothing has moved.
    """
    with transfer_held(transfer) as held:
        _require_hand_over(held)
        if why_not := why_not_hand_over(held, as_now(actor)):
            raise Refused(why_not)
        if valid_ticks(held).filter(what=what).exists():
            return False
        said = {"ticked_by": actor, "ticked_at": timezone.now()}
        TransferTick.objects.update_or_create(transfer=held, what=what, defaults=said)
        record_transfer(Deed.HAND_OVER_TICKED, held, actor=actor, details={POINTS[what]: True})
    return True


def take_tick_back(transfer: Transfer, what: TransferTick.What, *, actor: User) -> bool:
    """Undo that a point was ticked off; False if it is not. Raises `Refused` as above."""
    with transfer_held(transfer) as held:
        if why_not := why_not_hand_over(held, as_now(actor)):
            raise Refused(why_not)
        if not held.ticks.filter(what=what).delete()[0]:
            return False
        record_transfer(Deed.HAND_OVER_TICKED, held, actor=actor, details={POINTS[what]: False})
    return True


def remove_old_access(transfer: Transfer, *, actor: User) -> int:
    """Take from the old partner its roles in what has moved; how much there was, 0 if nothing was left.

    A Global admin of the customer takes its delegated privileges as well, an admin of the new partner the roles alone.
    Both partners have it in their logs. Raises `Refused` for others, and where nothing has moved.
    """
    with transfer_held(transfer) as held:
        _require_hand_over(held)
        hold_tenant(held.source)
        person = as_now(actor)
        if why_not := why_not_hand_over(held, person):
            raise Refused(why_not)
        taken = _take_privileges(held, actor) if may_act_for(held, Party.CUSTOMER, person) else 0
        list(moved_subscriptions(held).order_by("pk").select_for_update(no_key=True).values_list("pk"))
        assignments = list(old_assignments(held).select_related("partner__tenant", "subscription", "user"))
        RoleAssignment.objects.filter(pk__in=[one.pk for one in assignments]).delete()
        _record(held, assignments, actor)
    return taken + len(assignments)


def _require_hand_over(transfer: Transfer) -> None:
    if not has_hand_over(transfer):
        raise Refused(_("Nothing has moved by this transfer: there is nothing to hand over."))


def _take_privileges(transfer: Transfer, actor: User) -> int:
    """Take the privileges back while the relationship lasts; with its end they have ended as well."""
    account = Customer.objects.select_related("partner__tenant").get(pk=transfer.source_id)
    if account.ended_at is not None:
        return 0
    return int(take_back_privileges(account, actor=actor))


def _record(transfer: Transfer, assignments: list[RoleAssignment], actor: User) -> None:
    """A line for each subscription and principal, in the logs of both partners.

    The old one reads the names under which things moved, and nothing of what the new one calls them since.
    """
    now = {one.subscription_id: one.subscription.name for one in assignments}
    moved = dict(transfer.items.filter(subscription__in=now).values_list("subscription", "name"))
    roles: defaultdict[str, defaultdict[UUID, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in assignments:
        roles[one.principal][one.subscription_id].append(one.get_role_display())
    for account, names in ((transfer.target, now), (transfer.source, moved)):
        for who, lost in roles.items():
            told = {
                pk: {SUBSCRIPTION: names[pk], PRINCIPAL: who, AZURE_ROLE: ", ".join(labels)}
                for pk, labels in lost.items()
            }
            record_each(Deed.ROLE_REMOVED, partner=account.partner, actor=actor, customer=account, told=told)
