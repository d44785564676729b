"""What this app keeps."""

from subscriptions.models.campaign import TransferCampaign, TransferCampaignRow
from subscriptions.models.changes import LicenseChange, LicenseResult, SubscriptionChange, SubscriptionChangeItem
from subscriptions.models.order import Order, OrderLine
from subscriptions.models.reservation import Reservation, SoftwarePurchase
from subscriptions.models.subscription import REGRET, License, RoleAssignment, SeatAddition, Subscription
from subscriptions.models.transfer import Party, Transfer, TransferItem, TransferSignature, TransferTick

__all__ = [
    "REGRET",
    "License",
    "LicenseChange",
    "LicenseResult",
    "Order",
    "OrderLine",
    "Party",
    "Reservation",
    "RoleAssignment",
    "SeatAddition",
    "SoftwarePurchase",
    "Subscription",
    "SubscriptionChange",
    "SubscriptionChangeItem",
    "Transfer",
    "TransferCampaign",
    "TransferCampaignRow",
    "TransferItem",
    "TransferSignature",
    "TransferTick",
]
