"""What is done with one subscription."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Customer
from customers.services.meanwhile import Overtaken
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from subscriptions.catalog import Offer
from subscriptions.catalog.terms import end_of_term
from subscriptions.models import REGRET, SeatAddition, Subscription
from subscriptions.selectors.limits import Limits
from subscriptions.selectors.subscriptions import why_not_reseller
from subscriptions.services.history import QUANTITY, RESELLER, SUBSCRIPTION
from subscriptions.services.holding import account_held, subscription_held
from subscriptions.services.states import cancel_held, reactivate_held, suspend_held

NAME: Final = gettext_noop("Name")
BILLING: Final = gettext_noop("Billing")
AUTO_RENEW: Final = gettext_noop("Renews automatically")
SUPPORT_CONTACT: Final = gettext_noop("Support contact")

# What can be changed, and how the log calls it.
EDITABLE: Final[Mapping[str, str]] = {
    "name": NAME,
    "quantity": QUANTITY,
    "billing_cycle": BILLING,
    "auto_renew": AUTO_RENEW,
    "reseller": RESELLER,
    "support_contact": SUPPORT_CONTACT,
}
# What of it has a limit of its own, and where that stands.
_WHY_NOT: Final[Mapping[str, Callable[[Limits], str]]] = {
    "name": lambda limits: limits.why_nothing,
    "quantity": lambda limits: limits.why_not_quantity,
    "billing_cycle": lambda limits: limits.why_not_cycle,
    "auto_renew": lambda limits: limits.why_not_renewal,
    "reseller": lambda limits: limits.why_not_reseller,
    "support_contact": lambda limits: limits.why_nothing,
}


def change_subscription(
    subscription: Subscription, values: Mapping[str, Any], *, customer: Customer, seen: str, actor: User
) -> bool:
    """Save new values of `EDITABLE`; returns whether anything is different now.

    `seen` is the version that the person saw. More seats can be had at any time, fewer only while they can be given
    back (the product rules, section 8). Raises `Refused` where a limit is in the way, `Overtaken` for an old
    version; nothing is changed then.
    """
    now = timezone.now()
    with account_held(customer), subscription_held(subscription) as held:
        if str(held.version) != seen:
            raise Overtaken(_("Somebody else changed this subscription a moment ago."))
        changed = {name: value for name, value in values.items() if getattr(held, name) != value}
        if not changed:
            return False
        limits = Limits(held, customer, now)
        _check(changed, limits)
        details = {EDITABLE[name]: [_told(name, getattr(held, name)), _told(name, changed[name])] for name in changed}
        if "quantity" in changed:
            _change_seats(held, changed["quantity"], limits)
        for name, value in changed.items():
            setattr(held, name, value)
        held.version += 1
        held.save(update_fields=[*changed, "version"])
        _record(Deed.SUBSCRIPTION_CHANGED, held, customer, actor, details)
    return True


def _check(changed: Mapping[str, Any], limits: Limits) -> None:
    for name, value in changed.items():
        why_not = _WHY_NOT[name](limits)
        if name in ("reseller", "support_contact"):
            why_not = why_not or why_not_reseller(limits.customer.partner, value)
        if why_not:
            raise Refused(why_not)


def _change_seats(held: Subscription, quantity: int, limits: Limits) -> None:
    """Note added seats, or take back the last ones that were added. Raises `Refused` beyond the limits."""
    if not limits.fewest <= quantity <= limits.most:
        raise Refused(
            _("The quantity cannot be %(quantity)s. %(hint)s") % {"quantity": quantity, "hint": limits.quantity_hint}
        )
    if quantity > held.quantity:
        SeatAddition.objects.create(subscription=held, added_at=limits.now, left=quantity - held.quantity)
        return
    back = held.quantity - quantity
    for addition in held.additions.filter(added_at__gt=limits.now - REGRET, left__gt=0).order_by("-added_at"):
        taken = min(back, addition.left)
        SeatAddition.objects.filter(pk=addition.pk).update(left=F("left") - taken)
        back -= taken


def suspend_subscription(subscription: Subscription, *, customer: Customer, actor: User) -> None:
    """Suspend an active one, with what belongs to it. Raises `Refused` for any other."""
    _act(subscription, customer, lambda limits: limits.why_not_suspend, suspend_held, actor)


def reactivate_subscription(subscription: Subscription, *, customer: Customer, actor: User) -> None:
    """Make a suspended one active again, with what was suspended with it. Raises `Refused` for any other."""
    _act(subscription, customer, lambda limits: limits.why_not_reactivate, reactivate_held, actor)


def cancel_subscription(subscription: Subscription, *, customer: Customer, actor: User) -> None:
    """End one within the days of regret; what is billed by usage at any time. Raises `Refused` afterwards."""
    _act(subscription, customer, lambda limits: limits.why_not_cancel, cancel_held, actor)


def _act(
    subscription: Subscription,
    customer: Customer,
    why_not: Callable[[Limits], str],
    change: Callable[..., list[UUID]],
    actor: User,
) -> None:
    now = timezone.now()
    with account_held(customer), subscription_held(subscription, with_family=True) as held:
        if sentence := why_not(Limits(held, customer, now)):
            raise Refused(sentence)
        change([held.pk], now=now, actor=actor)


def new_subscription(
    customer: Customer, offer: Offer, *, parent: Subscription | None = None, name: str = "", now: datetime
) -> Subscription:
    """The row of a subscription that an account buys, not written yet.

    What belongs to something ends its term together with that.
    """
    return Subscription(
        customer=customer,
        partner=customer.partner,
        reseller=customer.reseller,
        parent=parent,
        offer_id=offer.id,
        kind=offer.kind,
        name=name or offer.name,
        billing_cycle=offer.cycles[0] if offer.cycles else "",
        auto_renew=bool(offer.term) and not offer.is_trial,
        is_trial=offer.is_trial,
        begun_at=now,
        term=offer.term,
        term_begun_at=now,
        status_at=now,
        **_end(offer, parent, now),
    )


def _end(offer: Offer, parent: Subscription | None, now: datetime) -> dict[str, datetime | None]:
    if not offer.term:
        return {"term_ends_at": None, "due_at": None}
    ends_at = parent.term_ends_at if parent and parent.term_ends_at else end_of_term(now, offer.term)
    return {"term_ends_at": ends_at, "due_at": ends_at}


def note_seats(subscription: Subscription, now: datetime) -> None:
    """The seats of a new subscription can be given back for some days, like any that are added later."""
    SeatAddition.objects.create(subscription=subscription, added_at=now, left=subscription.quantity)


def _told(name: str, value: Any) -> Any:
    """A value as the log keeps it: in English, whoever reads it."""
    if value is None:
        return ""
    return value if isinstance(value, bool | int) else str(value)


def _record(deed: Deed, held: Subscription, customer: Customer, actor: User, details: Mapping[str, Any]) -> None:
    named = {SUBSCRIPTION: held.name} | dict(details)
    record(deed, partner=customer.partner, actor=actor, customer=customer, details=named, subject=held.pk)
