"""Ordering: a draft that is filled, and placed in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Customer
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.locks import delete_unheld, without_long_waits
from subscriptions.catalog import Kind, Offer
from subscriptions.catalog.regions import REGIONS
from subscriptions.catalog.terms import end_of_term
from subscriptions.models import Order, OrderLine, Reservation, SoftwarePurchase, Subscription
from subscriptions.selectors.eligibility import Base, Eligibility
from subscriptions.selectors.orders import drafts_of, lines_of
from subscriptions.services.azure import welcome_partner
from subscriptions.services.history import QUANTITY, RESERVATION, SOFTWARE, SUBSCRIPTION
from subscriptions.services.holding import BUSY_CUSTOMER, account_held, hold_subscriptions, relationship_held
from subscriptions.services.subscriptions import new_subscription, note_seats

OFFERS: Final = gettext_noop("Offers")
FORGOTTEN_AT_ONCE: Final = 1_000
# What somebody chooses for a line of a draft.
CHOSEN: Final = ("quantity", "billing_cycle", "parent", "base", "region", "scope")


def draft_for(customer: Customer, *, actor: User) -> Order:
    """The draft that a person has for a customer; a new one if there is none. Two clicks find the same."""
    draft, _created = drafts_of(customer, actor).get_or_create(defaults={"customer": customer, "made_by": actor})
    return draft


def add_line(customer: Customer, offer: Offer, *, quantity: int | None = None, actor: User) -> OrderLine:
    """Put an offer into the draft that a person has for a customer, see `put_line`."""
    with relationship_held(customer):
        draft = draft_for(customer, actor=actor)
        return put_line(draft, offer, quantity=quantity, eligibility=Eligibility(customer))


def put_line(order: Order, offer: Offer, *, quantity: int | None = None, eligibility: Eligibility) -> OrderLine:
    """Put an offer into a draft, in the caller's transaction; as many as its minimum if no `quantity` is given.

    What belongs to something gets the first thing it can belong to. An offer of which one is enough is there once.
    Raises `Refused` where the customer of `eligibility` may not buy it.
    """
    _hold_draft(order)
    lines = lines_of(order)
    if why_not := eligibility.why_not(offer, [line.offer_id for line in lines]):
        raise Refused(why_not)
    if len(lines) >= Order.MOST_LINES:
        raise Refused(_("One order has at most %(most)d lines. Place this one first.") % {"most": Order.MOST_LINES})
    line = OrderLine(
        order=order,
        offer_id=offer.id,
        quantity=quantity or offer.minimum,
        billing_cycle=offer.cycles[0] if offer.cycles else "",
    )
    if offer.kind == Kind.RESERVATION:
        line.scope, line.region = Reservation.Scope.SHARED, REGIONS[eligibility.customer.partner.cloud][0]
    elif bases := eligibility.bases_of(offer, lines):
        belong_to(line, bases[0])
    line.save()
    touch(order)
    return line


def belong_to(line: OrderLine, base: Base) -> None:
    """Note in a line what it belongs to."""
    line.parent, line.base = base.subscription, base.line


def change_lines(order: Order, changes: Mapping[OrderLine, Mapping[str, Any]]) -> None:
    """Save what somebody chose for lines of a draft, all at once: for each line the values that are new.

    Raises `Refused`, and nothing is changed, if the order was placed meanwhile, or a line was taken out of it.
    """
    with without_long_waits(BUSY_CUSTOMER):
        _hold_draft(order)
        for line, values in changes.items():
            for name, value in values.items():
                setattr(line, name, value)
        there = {None, *order.lines.values_list("pk", flat=True)}
        if any({line.pk, line.base_id} - there for line in changes):
            raise Refused(_("The order has changed in another window. This is how it is now."))
        OrderLine.objects.bulk_update(changes, CHOSEN)
        touch(order)


def remove_line(line: OrderLine) -> None:
    """Take a line out of a draft, with the add-ons that were to extend it, and theirs.

    Raises `Refused` if the order was placed.
    """
    with transaction.atomic():
        _hold_draft(line.order)
        gone = [line.pk]
        while found := list(OrderLine.objects.filter(base__in=gone).exclude(pk__in=gone).values_list("pk", flat=True)):
            gone += found
        OrderLine.objects.filter(pk__in=gone).delete()
        touch(line.order)


def discard_draft(order: Order) -> None:
    """Throw a draft away. Raises `Refused` if the order was placed meanwhile."""
    with transaction.atomic():
        _hold_draft(order).delete()


def touch(order: Order) -> None:
    """Note that somebody works on a draft: it is kept for a while from now on."""
    Order.objects.filter(pk=order.pk).update(touched_at=timezone.now())


def forget_drafts(now: datetime) -> int:
    """Forget drafts that nobody has touched for long; how many went. One that is being placed meanwhile stays."""
    old = Order.objects.filter(status=Order.Status.DRAFT, touched_at__lt=now - Order.KEPT_FOR)
    return delete_unheld(old, at_once=FORGOTTEN_AT_ONCE)


def _hold_draft(order: Order) -> Order:
    held = Order.objects.select_for_update().filter(pk=order.pk, status=Order.Status.DRAFT).first()
    if held is None:
        raise Refused(_("This order was placed or discarded a moment ago, perhaps in another window."))
    return held


def place_order(order: Order, *, actor: User) -> Order:
    """Buy what stands in a draft, all of it or nothing, and give the order as it is then.

    The account is held meanwhile: nothing is bought while its relationship ends. Placing twice is placing once. Raises
    `Refused` for an empty draft and for the first line that cannot be bought, ValueError while there is no customer.
    """
    if order.customer is None:
        raise ValueError("What nobody buys cannot be placed")
    now = timezone.now()
    with account_held(order.customer) as customer:
        held = Order.objects.select_for_update().get(pk=order.pk)
        if not held.is_draft:
            return held
        # So that nobody suspends or cancels meanwhile what the lines will belong to.
        hold_subscriptions(Subscription.objects.filter(pk__in=held.lines.exclude(parent=None).values("parent")))
        lines = lines_of(held)
        check_lines(lines, Eligibility(customer))
        for line in _bases_first(lines):
            _buy(line, customer, now)
            _finish_purchase(line, customer, now, actor)
        held.move_to(Order.Status.PLACED, placed_at=now)
        details = {OFFERS: ", ".join(f"{line.quantity} × {line.offer}" for line in lines)}
        record(
            Deed.ORDER_PLACED,
            partner=customer.partner,
            actor=actor,
            customer=customer,
            details=details,
            subject=held.pk,
        )
    return held


def check_lines(lines: Sequence[OrderLine], eligibility: Eligibility) -> None:
    """Raises `Refused` if nothing is to be bought, or for the first line that cannot be."""
    if not lines:
        raise Refused(_("Nothing is chosen yet. Add an offer to the order first."))
    for line in lines:
        if why_not := eligibility.why_not_line(line, lines):
            raise Refused(_("%(offer)s: %(why_not)s") % {"offer": line.offer, "why_not": why_not})


def _bases_first(lines: Sequence[OrderLine]) -> list[OrderLine]:
    """The lines of an order, each after the line that it extends. Raises `Refused` where they go round in a circle."""
    inside = {line.pk: line for line in lines}
    after = {line.pk: [line.base_id] if line.base_id in inside else [] for line in lines}
    try:
        return [inside[pk] for pk in TopologicalSorter(after).static_order()]
    except CycleError as error:
        raise Refused(
            _("Lines of this order belong to each other in a circle. Choose anew what they extend.")
        ) from error


def _buy(line: OrderLine, customer: Customer, now: datetime) -> None:
    """Write what a line of an order becomes, and note it in the line."""
    if line.offer.kind == Kind.RESERVATION:
        line.reservation = _reservation(line, customer, now)
        bought: Reservation | SoftwarePurchase | Subscription = line.reservation
    elif line.offer.kind == Kind.SOFTWARE:
        line.software = bought = SoftwarePurchase(
            customer=customer, offer_id=line.offer_id, quantity=line.quantity, purchased_at=now
        )
    else:
        line.subscription = bought = _subscription(line, customer, now)
    bought.save(force_insert=True)
    line.save(update_fields=["subscription", "reservation", "software"])


def _subscription(line: OrderLine, customer: Customer, now: datetime) -> Subscription:
    # Of two lines of one order the base was bought before.
    parent = OrderLine.objects.get(pk=line.base_id).subscription if line.base_id else line.parent
    if line.offer.requires and parent is None:
        raise Refused(_("%(offer)s belongs to nothing.") % {"offer": line.offer})
    bought = new_subscription(customer, line.offer, parent=parent, now=now)
    bought.quantity, bought.billing_cycle = line.quantity, line.billing_cycle
    return bought


def _reservation(line: OrderLine, customer: Customer, now: datetime) -> Reservation:
    return Reservation(
        customer=customer,
        offer_id=line.offer_id,
        name=line.offer.name,
        region=line.region,
        quantity=line.quantity,
        scope=line.scope,
        azure=line.parent if line.scope == Reservation.Scope.SINGLE else None,
        billing_cycle=line.billing_cycle,
        term=line.offer.term,
        begun_at=now,
        ends_at=end_of_term(now, line.offer.term),
    )


def _finish_purchase(line: OrderLine, customer: Customer, now: datetime, actor: User) -> None:
    """What comes with a purchase, and the first line in its history."""
    if line.subscription and line.offer.is_license_based:
        note_seats(line.subscription, now)
    elif line.subscription and line.offer.kind == Kind.AZURE:
        welcome_partner(line.subscription, customer.partner, now=now)
    deed, subject, name = _told(line)
    details = {name: str(subject), QUANTITY: line.quantity}
    record(deed, partner=customer.partner, actor=actor, customer=customer, details=details, subject=subject.pk)


def _told(line: OrderLine) -> tuple[Deed, Subscription | Reservation | SoftwarePurchase, str]:
    if line.reservation:
        return Deed.RESERVATION_BOUGHT, line.reservation, RESERVATION
    if line.software:
        return Deed.SOFTWARE_BOUGHT, line.software, SOFTWARE
    assert line.subscription is not None  # noqa: S101 - one of the three was bought
    return Deed.SUBSCRIPTION_BOUGHT, line.subscription, SUBSCRIPTION
