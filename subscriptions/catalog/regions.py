"""Where Azure runs, for reservations: the regions of each cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from partnercenter.directory.clouds import Cloud

# Names of places of the product: no language translates them.
REGIONS: Final[Mapping[str, tuple[str, ...]]] = {
    Cloud.GLOBAL: (
        "East US",
        "East US 2",
        "Central US",
        "West US",
        "West US 2",
        "Canada Central",
        "Brazil South",
        "North Europe",
        "West Europe",
        "UK South",
        "France Central",
        "Switzerland North",
        "Southeast Asia",
        "East Asia",
        "Japan East",
        "Korea Central",
        "Australia East",
        "Central India",
        "UAE North",
        "South Africa North",
    ),
    Cloud.US_GOVERNMENT: ("US Gov Virginia", "US Gov Texas", "US Gov Arizona"),
    Cloud.GERMANY: ("Germany Central", "Germany Northeast"),
}
