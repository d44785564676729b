"""What is left to do after a transfer: the access that the old partner still has, and who looks after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from partnercenter.directory.models import User
from subscriptions.models import Party, RoleAssignment, Subscription, Transfer, TransferItem, TransferTick
from subscriptions.selectors.transfers import may_act_for

What = TransferTick.What
# Transfers after which there is something to hand over.
ENDED: Final = frozenset({Transfer.Status.COMPLETE, Transfer.Status.COMPLETED_WITH_ERRORS})


@dataclass(frozen=True)
class Point:
    """One point of the checklist. `is_done` is what the facts say; `tick` is that somebody looked after it anyway."""

    what: TransferTick.What
    is_done: bool
    tick: TransferTick | None
    count: int = 0

    @property
    def is_open(self) -> bool:
        return not (self.is_done or self.tick)


@dataclass(frozen=True)
class HandOver:
    """The checklist of a transfer; `roles` counts the assignments of the old partner by principal and role.

    It `is_final` when nothing moves any more.
    """

    roles: list[tuple[str, str, int]]
    points: list[Point]
    is_final: bool

    @property
    def is_open(self) -> bool:
        """Whether something is left to do, or may be when more has moved."""
        return not self.is_final or any(point.is_open for point in self.points)

    def has_access_for(self, party: Party) -> bool:
        """Whether there is access of the old partner that a party can remove: the privileges only the customer gave."""
        removable = {What.ROLES, What.PRIVILEGES} if party == Party.CUSTOMER else {What.ROLES}
        return any(not point.is_done for point in self.points if point.what in removable)


def has_hand_over(transfer: Transfer) -> bool:
    """Whether something has moved, so that access is left behind; what is still tried again keeps nobody waiting."""
    if transfer.status == Transfer.Status.IN_PROGRESS and not (transfer.job and transfer.job.is_open):
        return transfer.items.filter(status=TransferItem.Status.MOVED).exists()
    return transfer.status in ENDED


def moved_subscriptions(transfer: Transfer) -> QuerySet[Subscription]:
    """What has moved and is with the new partner still."""
    moved = transfer.items.filter(status="moved", subscription__isnull=False).values("subscription")
    return Subscription.objects.filter(pk__in=moved, customer=transfer.target_id)


def old_assignments(transfer: Transfer) -> QuerySet[RoleAssignment]:
    """The roles in what has moved of the old partner and of its resellers, unless they sell it for the new one too."""
    items = transfer.items.filter(subscription=OuterRef("subscription"), old_reseller=OuterRef("partner"))
    old = Q(partner=transfer.source_partner_id) | Exists(items)
    found = RoleAssignment.objects.filter(old, subscription__in=moved_subscriptions(transfer))
    return found.exclude(subscription__reseller__isnull=False, subscription__reseller=F("partner"))


def hand_over_of(transfer: Transfer) -> HandOver:
    """The checklist as the facts are now."""
    ticks = {tick.what: tick for tick in valid_ticks(transfer).select_related("ticked_by")}
    rows = old_assignments(transfer).values_list("partner__tenant__name", "role").annotate(number=Count("pk"))
    labels = dict(RoleAssignment.Role.choices)
    roles = [(name, labels[role], number) for name, role, number in rows.order_by("partner__tenant__name", "role")]
    assigned = sum(number for _name, _role, number in roles)
    supported = moved_subscriptions(transfer).filter(support_contact=transfer.source_partner_id).count()
    source = transfer.source
    privileges = source.ended_at is None and source.has_admin_privileges
    return HandOver(
        roles,
        [
            Point(What.ROLES, not assigned, ticks.get(What.ROLES), assigned),
            Point(What.PRIVILEGES, not privileges, ticks.get(What.PRIVILEGES)),
            Point(What.SUPPORT, not supported, ticks.get(What.SUPPORT), supported),
        ],
        is_final=transfer.ended_at is not None,
    )


def valid_ticks(transfer: Transfer) -> QuerySet[TransferTick]:
    """What was ticked off since something has moved last: before, nobody knew what it would leave behind."""
    last = transfer.items.aggregate(last=Max("moved_at"))["last"]
    return transfer.ticks.filter(ticked_at__gte=last) if last else transfer.ticks.none()


def why_not_hand_over(transfer: Transfer, user: User) -> str:
    """Why somebody can do nothing about the hand-over; empty for admins of the customer and of the new partner."""
    if any(may_act_for(transfer, party, user) for party in (Party.CUSTOMER, Party.TARGET)):
        return ""
    return _("Only a Global admin of the customer, or a Global admin or Admin agent of the new partner can do this.")
