"""The three clouds: what a tenant's name ends in, what a partner can do there, and whom it may serve.

Everything that differs between the clouds is one table here (the product rules, section 2); pages and
services ask `offers` and never compare clouds themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cloud(models.TextChoices):
    """A cloud. A partner belongs to one and sees only that one."""

    GLOBAL = "global", _("Global")
    US_GOVERNMENT = "usgov", _("US Government")
    GERMANY = "germany", _("Germany")


class Feature(Enum):
    """What not every cloud has."""

    REQUEST_WITHOUT_ADMIN_RIGHTS = "request without admin rights"
    INDIRECT_MODEL = "indirect model"
    QUALIFICATIONS = "qualifications"
    USERS_AND_LICENSES = "users and licenses"
    TRANSFER = "transfer"
    TRANSFER_WITHOUT_ADMIN_RIGHTS = "transfer without admin rights"


@dataclass(frozen=True)
class CloudFacts:
    """One column of the table: suffix of new tenants, features, Azure offer, and the cloud's own portal."""

    domain_suffix: str
    features: frozenset[Feature]
    azure_offer: str
    portal_address: str
    portal_name: str = "Azure portal"


CLOUDS: Mapping[str, CloudFacts] = {
    Cloud.GLOBAL: CloudFacts(
        domain_suffix=".onmicrosoft.com",
        features=frozenset(Feature),
        azure_offer="MS-AZR-0145P",
        portal_address="https://portal.azure.com/",
    ),
    Cloud.US_GOVERNMENT: CloudFacts(
        domain_suffix=".onmicrosoft.us",
        features=frozenset({Feature.TRANSFER}),
        azure_offer="MS-AZR-USGOV-0146P",
        portal_address="https://portal.azure.us/",
    ),
    Cloud.GERMANY: CloudFacts(
        domain_suffix=".onmicrosoft.de",
        features=frozenset({Feature.TRANSFER}),
        azure_offer="MS-AZR-DE-0146P",
        portal_address="https://portal.microsoftazure.de/",
    ),
}

MISSING = {
    Feature.REQUEST_WITHOUT_ADMIN_RIGHTS: _(
        "In the %(cloud)s cloud a relationship is always requested together with delegated admin privileges."
    ),
    Feature.INDIRECT_MODEL: _(
        "In the %(cloud)s cloud partners sell directly: it has neither indirect providers nor resellers."
    ),
    Feature.QUALIFICATIONS: _(
        "The %(cloud)s cloud has no special qualifications for education, government communities "
        "or state-owned companies."
    ),
    Feature.USERS_AND_LICENSES: _(
        "In the %(cloud)s cloud the users and licenses of customers are not managed here. "
        "Go to the %(portal)s of this cloud: %(address)s"
    ),
    Feature.TRANSFER: _("In the %(cloud)s cloud subscriptions cannot be moved to a different partner."),
    Feature.TRANSFER_WITHOUT_ADMIN_RIGHTS: _(
        "In the %(cloud)s cloud only a partner that holds delegated admin privileges can move subscriptions. "
        "Request a relationship with these privileges first."
    ),
}

EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
EFTA = frozenset({"CH", "IS", "LI", "NO"})
EUROPEAN_MARKET = EU | EFTA | {"GB"}


def offers(cloud: str, feature: Feature) -> bool:
    """Whether partners of `cloud` have `feature`."""
    return feature in CLOUDS[cloud].features


def explain_missing(cloud: str, feature: Feature) -> str:
    """Say why `cloud` does not have `feature`, and where it is done instead if there is such a place."""
    facts = CLOUDS[cloud]
    return str(MISSING[feature]) % {
        "cloud": Cloud(cloud).label,
        "portal": facts.portal_name,
        "address": facts.portal_address,
    }


def market_countries(cloud: str, country: str) -> frozenset[str]:
    """Return the countries whose customers a partner of this cloud and country may serve.

    The product rules name markets, not their borders; the choice made here: Europe (the European Union,
    EFTA and the United Kingdom) is one market, every other country is its own. The US Government cloud
    serves the United States only, the Germany cloud the European Union and EFTA.
    """
    if cloud == Cloud.US_GOVERNMENT:
        return frozenset({"US"})
    if cloud == Cloud.GERMANY:
        return EU | EFTA
    return EUROPEAN_MARKET if country in EUROPEAN_MARKET else frozenset({country})
