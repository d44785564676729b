"""What customers of the demo buy: offers of the catalog, how common each is, and how many people buy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from subscriptions.catalog import CATALOG, Offer
from subscriptions.catalog.offers import offers_in

# Some names are there twice; the one that can be bought for more products is meant.
_BY_NAME: Final[Mapping[str, Offer]] = {
    offer.name: offer for offer in sorted(CATALOG.values(), key=lambda offer: len(offer.requires))
}


@dataclass(frozen=True)
class Product:
    """An offer, how often it is chosen among others, and the usual quantities."""

    offer: Offer
    weight: int
    fewest: int
    most: int


def offer(name: str) -> Offer:
    """The offer of this name; KeyError if there is none."""
    return _BY_NAME[name]


def _products(fewest: int, most: int, **weights: str) -> tuple[Product, ...]:
    """Products of one size; each keyword is a weight, `w3`, and its value the names, one to a line."""
    return tuple(
        Product(offer(name.strip()), int(weight.removeprefix("w")), fewest, most)
        for weight, names in weights.items()
        for name in names.split("|")
    )


SMALL: Final = _products(
    3, 60,
    w5="Office 365 Business Premium",
    w3="Office 365 Business Essentials | Microsoft 365 Business",
    w2="Office 365 Business",
)  # fmt: skip
LARGE: Final = _products(
    20, 400,
    w4="Office 365 Enterprise E3",
    w2="Office 365 Enterprise E1 | Microsoft 365 E3",
    w1="Office 365 Enterprise E5 | Microsoft 365 E5 | Office 365 F1",
)  # fmt: skip
FURTHER: Final = _products(
    2, 25,
    w4="Enterprise Mobility + Security E3 | Power BI Pro",
    w2="Visio Online Plan 2 | Project Online Professional | Exchange Online (Plan 1) | Windows 10 Enterprise E3",
    w1="Enterprise Mobility + Security E5 | Dynamics 365 for Sales Professional | Azure Active Directory Premium P1"
    " | Dynamics 365 Business Central Essential | Dynamics 365 Customer Engagement Plan Tier 1 (1-99 users)"
    " | Dynamics 365 for Customer Service Professional | Microsoft PowerApps Plan 1",
)  # fmt: skip
TRIALS: Final = _products(
    25, 25,
    w2="Office 365 Enterprise E5 Trial | Enterprise Mobility + Security E5 Trial",
    w1="Dynamics 365 Business Central Premium Trial | Microsoft 365 Business Trial | Windows 10 Enterprise E3 Trial",
)  # fmt: skip
ADD_ONS: Final = _products(
    2, 40,
    w3="Office 365 Advanced Threat Protection",
    w2="Audio Conferencing | Office 365 Extra File Storage",
    w1="Phone System | Office 365 Advanced Compliance | Domestic Calling Plan",
)  # fmt: skip
FOR_NONPROFITS: Final = _products(
    5, 50,
    w3="Office 365 Enterprise E3 (Nonprofit Staff Pricing) | Microsoft 365 Business (Nonprofit Staff Pricing)",
    w1="Enterprise Mobility + Security E3 (Nonprofit Staff Pricing) | Power BI Pro (Nonprofit Staff Pricing)",
)  # fmt: skip
SOFTWARE: Final = _products(
    1, 20,
    w2="Windows Server 2019 Standard, 16 core licenses | SQL Server 2019 Standard, 2 core licenses",
    w1="Office Professional Plus 2019 | Windows Server 2019, 1 user CAL",
)  # fmt: skip
RESERVATIONS: Final = _products(
    1, 12,
    w2="Reserved VM Instance, Standard D2s v3, 1 year | Reserved VM Instance, Standard B2s, 1 year",
    w1="Reserved VM Instance, Standard D4s v3, 3 years | Reserved VM Instance, Standard E4s v3, 1 year",
)  # fmt: skip

# What some give a subscription for a name, and what Azure subscriptions are called.
NICKNAMES: Final = ("Head office", "Sales", "Warehouse", "Field staff", "Interns", "Board")
AZURE_NAMES: Final = ("Production", "Development", "Test", "Web shop", "Data platform", "Backup", "Intranet")


def old_azure_offer(cloud: str) -> Offer:
    """The offer under which Azure was sold in a cloud before there was a plan."""
    return next(one for one in offers_in(cloud) if one.kind == "azure" and not one.requires)
