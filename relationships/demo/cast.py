"""Who is in the demo (the product rules, section 14)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from partnercenter.directory.clouds import Cloud
from partnercenter.directory.models import TenantRole
from partnercenter.partners.models import Partner
from partnercenter.partners.roles import Role


@dataclass(frozen=True)
class Person:
    """A staff member of a demo partner: signs in as `name@domain of the partner`."""

    name: str
    role: Role

    @property
    def tenant_role(self) -> TenantRole:
        """What this person is in the partner's own tenant."""
        return TenantRole.GLOBAL_ADMIN if self.role == Role.GLOBAL_ADMIN else TenantRole.USER

    def principal_name(self, domain: str) -> str:
        return f"{self.name.lower()}@{domain}"


@dataclass(frozen=True)
class DemoPartner:
    """A partner of the demo, its people and how many customers it has."""

    name: str
    kind: Partner.Kind
    cloud: Cloud
    country: str
    currency: str
    partner_id: str
    domain: str
    people: tuple[Person, ...]
    customers: int


def _admin(name: str) -> tuple[Person, ...]:
    return (Person(name, Role.GLOBAL_ADMIN),)


PARTNERS: Final = (
    DemoPartner(
        "Contoso Cloud", Partner.Kind.DIRECT, Cloud.GLOBAL, "US", "USD", "4501001", "contoso.onmicrosoft.com",
        (
            Person("Ana", Role.GLOBAL_ADMIN),
            Person("Agnes", Role.ADMIN_AGENT),
            Person("Sam", Role.SALES_AGENT),
            Person("Hugo", Role.HELPDESK_AGENT),
            Person("Bill", Role.BILLING_ADMIN),
            Person("Uri", Role.USER_ADMIN),
        ),
        2_000,
    ),
    DemoPartner(
        "Northwind Distribution", Partner.Kind.PROVIDER, Cloud.GLOBAL, "US", "USD", "4501002",
        "northwind.onmicrosoft.com", _admin("Nora"), 60,
    ),
    DemoPartner(
        "Adatum Resellers", Partner.Kind.RESELLER, Cloud.GLOBAL, "US", "USD", "4501003",
        "adatum.onmicrosoft.com", _admin("Adam"), 0,
    ),
    DemoPartner(
        "Fabrikam Azure", Partner.Kind.DIRECT, Cloud.GLOBAL, "US", "EUR", "4501004",
        "fabrikam.onmicrosoft.com", _admin("Finn"), 40,
    ),
    DemoPartner(
        "Federal Cloud", Partner.Kind.DIRECT, Cloud.US_GOVERNMENT, "US", "USD", "4501005",
        "federal.onmicrosoft.us", _admin("Uma"), 25,
    ),
    DemoPartner(
        "Wolke Deutschland", Partner.Kind.DIRECT, Cloud.GERMANY, "DE", "EUR", "4501006",
        "wolke.onmicrosoft.de", _admin("Greta"), 25,
    ),
)  # fmt: skip

CONTOSO, NORTHWIND, ADATUM, FABRIKAM = (demo.domain for demo in PARTNERS[:4])

# The tags of Contoso, with their colors.
TAGS: Final = (
    ("Premium support", "purple"),
    ("Renewal due", "orange"),
    ("Education", "blue"),
    ("Healthcare", "teal"),
    ("Retail", "yellow"),
    ("Pilot", "pink"),
    ("West", "green"),
    ("East", "gray"),
    ("Credit watch", "red"),
    ("Azure first", "blue"),
)
