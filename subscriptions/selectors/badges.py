"""How the states of what was bought are shown: the kind of badge for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from subscriptions.models import Reservation, SoftwarePurchase, Subscription

STATE_BADGES: Final = {
    Subscription.Status.ACTIVE: "good",
    Subscription.Status.SUSPENDED: "warn",
    Subscription.Status.EXPIRED: "warn",
    Subscription.Status.DISABLED: "bad",
    Subscription.Status.DELETED: "plain",
    Subscription.Status.CANCELED: "plain",
}
_BADGES: Final[Mapping[type, Mapping[Any, str]]] = {
    Subscription: STATE_BADGES,
    Reservation: {
        Reservation.Status.ACTIVE: "good",
        Reservation.Status.EXPIRED: "plain",
        Reservation.Status.CANCELED: "plain",
    },
    SoftwarePurchase: {
        SoftwarePurchase.Status.PURCHASED: "good",
        SoftwarePurchase.Status.CANCELED: "plain",
    },
}


def badge_of(bought: Subscription | Reservation | SoftwarePurchase) -> str:
    """The kind of badge for the state of something."""
    return _BADGES[type(bought)][bought.status]
