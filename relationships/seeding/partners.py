"""Who the seeded customers belong to: partners with a vocabulary of tags and one person who signs in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from customers.models import Tag
from partnercenter.directory.clouds import CLOUDS, Cloud
from partnercenter.directory.models import Domain, Tenant, TenantRole, User
from partnercenter.errors import Refused
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Role

RESELLERS: Final = 8
FIRST_PARTNER_ID: Final = 700_001

# From the most to the least used, with their colors.
TAGS: Final = (
    ("Premium support", "purple"), ("Renewal due", "orange"), ("Retail", "yellow"), ("West", "green"),
    ("East", "gray"), ("Azure first", "blue"), ("Healthcare", "teal"), ("Education", "blue"),
    ("Manufacturing", "gray"), ("Pilot", "pink"), ("Credit watch", "red"), ("North", "teal"), ("South", "orange"),
    ("Monthly invoice", "yellow"), ("Public sector", "purple"), ("Nonprofit", "green"), ("Reference customer", "blue"),
    ("Finance", "gray"), ("Logistics", "teal"), ("Copilot", "pink"), ("Migration", "orange"), ("Key account", "red"),
    ("Security review", "purple"), ("Onboarding", "green"), ("Paper invoice", "yellow"), ("Franchise", "gray"),
    ("大客户", "red"), ("Bestandskunde", "teal"), ("Legal hold", "red"), ("Board sponsor", "purple"),
)  # fmt: skip


@dataclass(frozen=True)
class SeededPartner:
    """A partner that gets customers. `weighted_tags` has the keys of its tags, common ones more often."""

    partner_id: str
    weighted_tags: tuple[int, ...]
    reseller_ids: tuple[str, ...] = ()


def make_partner(name: str, kind: Partner.Kind, *, hashed: str) -> tuple[SeededPartner, str]:
    """Make a partner of the Global cloud whose one global admin has the password `hashed`; and their sign-in name.

    A provider gets some resellers, without people. Raises `Refused` if there is a domain of that name already.
    """
    partner, domain = _add_partner(name, kind)
    principal_name = f"admin@{domain}"
    user = User.objects.create(
        principal_name=principal_name, email=principal_name, display_name="Admin", first_name="Admin",
        password=hashed, tenant_id=partner.pk, location="US", role=TenantRole.GLOBAL_ADMIN,
    )  # fmt: skip
    Staff.objects.create(user=user, partner=partner, roles=[Role.GLOBAL_ADMIN])
    numbers = range(1, RESELLERS + 1) if partner.is_provider else ()
    resellers = [_add_partner(f"{name} Reseller {number}", Partner.Kind.RESELLER)[0] for number in numbers]
    seeded = SeededPartner(str(partner.pk), _add_tags(partner), tuple(str(reseller.pk) for reseller in resellers))
    return seeded, principal_name


def free_name(wanted: str) -> str:
    """The wanted name of a partner, with a number behind it if it is taken."""
    name, number = wanted, 1
    while Domain.objects.filter(name=_domain(name)).exists():
        number += 1
        name = f"{wanted} {number}"
    return name


def _add_partner(name: str, kind: Partner.Kind) -> tuple[Partner, str]:
    domain = _domain(name)
    if Domain.objects.filter(name=domain).exists():
        raise Refused(f"The domain {domain} belongs to somebody already. Give another name.")
    tenant = Tenant.objects.create(name=name, cloud=Cloud.GLOBAL, country="US")
    Domain.objects.create(tenant=tenant, name=domain, is_primary=True)
    number = FIRST_PARTNER_ID + Partner.objects.count()
    while Partner.objects.filter(partner_id=str(number)).exists():
        number += 1
    partner = Partner.objects.create(tenant=tenant, kind=kind, partner_id=str(number), market="US", currency="USD")
    return partner, domain


def _domain(name: str) -> str:
    prefix = "".join(character for character in name.lower() if character.isascii() and character.isalnum())
    return f"{prefix or 'partner'}{CLOUDS[Cloud.GLOBAL].domain_suffix}"


def _add_tags(partner: Partner) -> tuple[int, ...]:
    """The vocabulary; the first tag comes some hundred times as often as the last one."""
    tags = Tag.objects.bulk_create(Tag(partner=partner, name=name, color=color) for name, color in TAGS)
    return tuple(tag.pk for place, tag in enumerate(tags, 1) for _ in range(600 // place**2 + 1))
