"""How the states of what was bought are shown: the kind of badge for each."""

from __future__ import annotations

from typing import Final

from subscriptions.models import Reservation, SoftwarePurchase, Subscription

STATE_BADGES: Final = {
    Subscription.Status.ACTIVE: "good",
    Subscription.Status.SUSPENDED: "warn",
    Subscription.Status.EXPIRED: "warn",
    Subscription.Status.DISABLED: "bad",
    Subscription.Status.DELETED: "plain",
    Subscription.Status.CANCELED: "plain",
}
RESERVATION_BADGES: Final = {
    Reservation.Status.ACTIVE: "good",
    Reservation.Status.EXPIRED: "plain",
    Reservation.Status.CANCELED: "plain",
}
SOFTWARE_BADGES: Final = {
    SoftwarePurchase.Status.PURCHASED: "good",
    SoftwarePurchase.Status.CANCELED: "plain",
}
