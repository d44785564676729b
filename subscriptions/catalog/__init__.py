"""What can be bought: the same for all partners, so it is a file and not rows."""

from subscriptions.catalog.offers import (
    AZURE_PLAN,
    AZURE_SUBSCRIPTION,
    CATALOG,
    Category,
    Cycle,
    Kind,
    Offer,
    Unit,
    add_ons_of,
    offers_in,
)

__all__ = [
    "AZURE_PLAN",
    "AZURE_SUBSCRIPTION",
    "CATALOG",
    "Category",
    "Cycle",
    "Kind",
    "Offer",
    "Unit",
    "add_ons_of",
    "offers_in",
]
