"""The catalog: about 270 offers recorded from the public API in 2019, an Azure plan, reservations and software.

`offers.csv` beside this file has a line for each. Names of offers are names of products: no language translates them.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from partnercenter.folding import fold

# The plan under which Azure subscriptions are, and what such a subscription is called.
AZURE_PLAN: Final = "DZH318Z0BPS6"
AZURE_SUBSCRIPTION: Final = "MS-AZR-0017G"


class Kind(models.TextChoices):
    """What becomes of an offer that is bought."""

    LICENSE = "license", _("License-based")
    PLAN = "plan", _("Azure plan")
    AZURE = "azure", _("Azure subscription")
    RESERVATION = "reservation", _("Reservation")
    SOFTWARE = "software", _("Software")


class Category(models.TextChoices):
    """Where an offer stands in the catalog."""

    ENTERPRISE = "enterprise", _("Enterprise")
    SMALL_BUSINESS = "small_business", _("Small business")
    NONPROFIT = "nonprofit", _("Nonprofit")
    ADD_ON = "add_on", _("Add-ons")
    TRIAL = "trial", _("Trials")
    AZURE = "azure", _("Azure")
    RESERVATION = "reservation", _("Azure reservations")
    SOFTWARE = "software", _("Software")


class Unit(models.TextChoices):
    """What a quantity counts."""

    LICENSES = "licenses", _("Licenses")
    ADD_ON_LICENSES = "add_on_licenses", _("Add-on licenses")
    INSTANCES = "instances", _("Instances")
    GIGABYTES = "gigabytes", _("Gigabytes")
    COPIES = "copies", _("Copies")
    USAGE = "usage", _("By usage")


class Cycle(models.TextChoices):
    """How often it is billed."""

    MONTHLY = "monthly", _("Monthly")
    ANNUAL = "annual", _("Annual")
    UPFRONT = "upfront", _("Upfront")
    ONCE = "once", _("Once")


@dataclass(frozen=True)
class Offer:
    """Something in the catalog.

    `clouds` are where it is sold, `cycles` how it may be billed (the first one is the usual one; a trial has none).
    A quantity lies between `minimum` and `maximum`. `term` is how long it runs, as ISO 8601 writes it: `P1Y`; empty
    for what has no end. `qualification` is what a customer has to be in order to buy it. `requires` are the offers of
    which the customer needs one: the base products of an add-on. `new_commerce` offers are billed while suspended.
    """

    id: str
    name: str
    kind: Kind
    category: Category
    unit: Unit
    clouds: frozenset[str]
    cycles: tuple[Cycle, ...]
    minimum: int
    maximum: int
    term: str
    is_trial: bool
    qualification: str
    new_commerce: bool
    requires: frozenset[str]
    search_text: str

    def __str__(self) -> str:
        return self.name

    @property
    def is_add_on(self) -> bool:
        """Whether it extends a subscription of another offer, with which it lives and ends."""
        return self.category == Category.ADD_ON

    @property
    def is_license_based(self) -> bool:
        """Whether it is bought by number; anything else that is a subscription is billed by usage."""
        return self.kind == Kind.LICENSE

    @property
    def is_usage_based(self) -> bool:
        """Whether it is billed by what was used: Azure."""
        return self.unit == Unit.USAGE

    @property
    def is_assigned(self) -> bool:
        """Whether its seats are given to users; instances, gigabytes and the like serve the whole organization."""
        return self.is_license_based and self.unit == Unit.LICENSES

    @property
    def has_quantity(self) -> bool:
        """Whether somebody has to say how many."""
        return self.maximum > self.minimum


def _read() -> dict[str, Offer]:
    with Path(__file__).with_name("offers.csv").open(encoding="utf-8", newline="") as lines:
        return {line["id"]: _offer(line) for line in csv.DictReader(lines)}


def _offer(line: Mapping[str, str]) -> Offer:
    return Offer(
        id=line["id"],
        name=line["name"],
        kind=Kind(line["kind"]),
        category=Category(line["category"]),
        unit=Unit(line["unit"]),
        clouds=frozenset(line["clouds"].split()),
        cycles=tuple(map(Cycle, line["cycles"].split())),
        minimum=int(line["minimum"]),
        maximum=int(line["maximum"]),
        term=line["term"],
        is_trial=line["trial"] == "1",
        qualification=line["qualification"],
        new_commerce=line["new_commerce"] == "1",
        requires=frozenset(line["requires"].split()),
        search_text=f"{fold(line['name'])}\n{line['id'].lower()}",
    )


CATALOG: Final[Mapping[str, Offer]] = MappingProxyType(_read())


def offers_in(cloud: str) -> list[Offer]:
    """What is sold in a cloud, in the order of the names."""
    return sorted((offer for offer in CATALOG.values() if cloud in offer.clouds), key=lambda offer: offer.search_text)


def add_ons_of(offer: Offer) -> list[Offer]:
    """The add-ons that extend an offer, in the order of their names."""
    found = (other for other in CATALOG.values() if other.is_add_on and offer.id in other.requires)
    return sorted(found, key=lambda other: other.search_text)
