"""Purchases on their way into the database: what was bought, and the orders it was bought with."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from customers.models import Customer
from partnercenter.directory.models import User
from subscriptions.catalog import Kind, Offer
from subscriptions.catalog.regions import REGIONS
from subscriptions.catalog.terms import end_of_term
from subscriptions.models import (
    REGRET,
    Order,
    OrderLine,
    Reservation,
    RoleAssignment,
    SeatAddition,
    SoftwarePurchase,
    Subscription,
)
from subscriptions.services.subscriptions import new_subscription

Scope = Reservation.Scope
BATCH: Final = 2_000


@dataclass
class Sales:
    """All that was sold by `now`, table by table."""

    now: datetime
    orders: list[Order] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    reservations: list[Reservation] = field(default_factory=list)
    software: list[SoftwarePurchase] = field(default_factory=list)
    lines: list[OrderLine] = field(default_factory=list)
    additions: list[SeatAddition] = field(default_factory=list)
    roles: list[RoleAssignment] = field(default_factory=list)

    def save(self) -> None:
        first = [line for line in self.lines if line.base is None]
        rest = [line for line in self.lines if line.base is not None]
        tables: tuple[list[Any], ...] = (
            self.orders, self.subscriptions, self.reservations, self.software, first, rest, self.additions, self.roles,
        )  # fmt: skip
        for rows in filter(None, tables):
            type(rows[0])._default_manager.bulk_create(rows, batch_size=BATCH)


class Account:
    """What one customer buys through a partner, whose `sellers` place the orders.

    What is bought at the same moment is one order. GUIDs are the same in every demo.
    """

    def __init__(self, sales: Sales, customer: Customer, sellers: Sequence[User], chance: random.Random) -> None:
        self.sales = sales
        self.customer = customer
        self.sellers = sellers
        self.chance = chance
        self.now = sales.now
        self._orders: dict[datetime, Order] = {}
        self._lines: dict[uuid.UUID, OrderLine] = {}
        self._count = 0

    def first_moment(self) -> datetime:
        """When the first thing is bought: soon after the account was made, and before now."""
        begun = self.customer.begun_at
        return begun + min(timedelta(days=self.chance.uniform(0.1, 4)), (self.now - begun) * 0.8)

    def buy(
        self, offer: Offer, quantity: int, at: datetime, *, parent: Subscription | None = None, name: str = ""
    ) -> Subscription:
        """A subscription, as it was at the moment of the purchase."""
        one = new_subscription(self.customer, offer, parent=parent, name=name, now=at)
        one.id = self._guid("subscription")
        one.quantity = min(max(quantity, offer.minimum), offer.maximum)
        if offer.cycles:
            one.billing_cycle = self.chance.choice(offer.cycles)
        for column, key in Subscription.keys(one.name, one.offer_id).items():
            setattr(one, column, key)
        self.sales.subscriptions.append(one)
        self._order(
            offer, at, one.quantity, subscription=one, billing_cycle=one.billing_cycle, **self._base(parent, at)
        )
        self._welcome(one)
        return one

    def _base(self, parent: Subscription | None, at: datetime) -> dict[str, Any]:
        """What a line belongs to: another one of its order, or what was there before."""
        if parent is not None and parent.begun_at == at:
            return {"base": self._lines[parent.pk]}
        return {"parent": parent}

    def _welcome(self, one: Subscription) -> None:
        """What comes with a purchase: seats that can be given back, or the partner as owner."""
        if one.kind == Kind.LICENSE and one.begun_at > self.now - REGRET:
            self.sales.additions.append(SeatAddition(subscription=one, added_at=one.begun_at, left=one.quantity))
        if one.kind == Kind.AZURE:
            self.assign_role(one, RoleAssignment.Role.OWNER, one.begun_at, partner=self.customer.partner)

    def assign_role(self, one: Subscription, role: RoleAssignment.Role, at: datetime, **principal: Any) -> None:
        """Who may do what in an Azure subscription: `user` or `partner`."""
        self.sales.roles.append(
            RoleAssignment(id=self._guid("role"), subscription=one, role=role, assigned_at=at, **principal)
        )

    def reserve(
        self,
        offer: Offer,
        quantity: int,
        at: datetime,
        *,
        azure: Subscription | None = None,
        cycle: str = "",
        ordered_for: Subscription | None = None,
    ) -> Reservation:
        """A reservation: for one Azure subscription, or shared by all.

        `ordered_for` is a subscription that has ended since: the reservation is an orphan.
        """
        ends_at = end_of_term(at, offer.term)
        single = azure is not None or ordered_for is not None
        reservation = Reservation(
            id=self._guid("reservation"),
            customer=self.customer,
            partner=self.customer.partner,
            offer_id=offer.id,
            name=offer.name,
            region=self.chance.choice(REGIONS[self.customer.partner.cloud][:4]),
            quantity=quantity,
            scope=Scope.SINGLE if single else Scope.SHARED,
            azure=azure,
            billing_cycle=cycle or self.chance.choice(offer.cycles),
            term=offer.term,
            status=Reservation.Status.ACTIVE if ends_at > self.now else Reservation.Status.EXPIRED,
            begun_at=at,
            ends_at=ends_at,
        )
        self.sales.reservations.append(reservation)
        self._order(
            offer, at, quantity, reservation=reservation, billing_cycle=reservation.billing_cycle,
            region=reservation.region, scope=reservation.scope, parent=azure or ordered_for,
        )  # fmt: skip
        return reservation

    def buy_software(self, offer: Offer, quantity: int, at: datetime, canceled_at: datetime | None = None) -> None:
        """Copies of software."""
        status = SoftwarePurchase.Status.CANCELED if canceled_at else SoftwarePurchase.Status.PURCHASED
        purchase = SoftwarePurchase(
            id=self._guid("software"), customer=self.customer, partner=self.customer.partner, offer_id=offer.id,
            quantity=quantity, purchased_at=at, status=status, canceled_at=canceled_at,
        )  # fmt: skip
        self.sales.software.append(purchase)
        self._order(offer, at, quantity, software=purchase, billing_cycle=offer.cycles[0])

    def _order(self, offer: Offer, at: datetime, quantity: int, **line: Any) -> None:
        order = self._orders.get(at)
        if order is None:
            order = self._orders[at] = Order(
                id=self._guid("order"), customer=self.customer, made_by=self.chance.choice(self.sellers),
                status=Order.Status.PLACED, touched_at=at, placed_at=at,
            )  # fmt: skip
            self.sales.orders.append(order)
        ordered = OrderLine(order=order, offer_id=offer.id, quantity=quantity, **line)
        self.sales.lines.append(ordered)
        if ordered.subscription_id:
            self._lines[ordered.subscription_id] = ordered

    def _guid(self, what: str) -> uuid.UUID:
        self._count += 1
        account = f"{self.customer.partner.partner_id}.{self.customer.domain}"
        return uuid.uuid5(uuid.NAMESPACE_DNS, f"{what}.{self._count}.{account}")
