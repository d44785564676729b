"""The rows of seeded customers, as COPY reads them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice, repeat
from typing import Final, NamedTuple
from uuid import UUID

from customers.models import Agreement, BillTo, Customer
from partnercenter.directory.clouds import CLOUDS, Cloud
from partnercenter.directory.models import Domain, Tenant
from relationships.demo.names import DemoCompany, demo_companies
from relationships.seeding.partners import SeededPartner

SIX_YEARS: Final = timedelta(days=6 * 365)
SUFFIX: Final = CLOUDS[Cloud.GLOBAL].domain_suffix
# Customers in one batch: a second's work of one statement for each table.
BATCH: Final = 20_000

# The tables in an order in which rows come after those they refer to, and the columns that are written.
COLUMNS: Final = {
    Tenant._meta.db_table: "id, cloud, name, country, created_at",
    Domain._meta.db_table: "tenant_id, name, is_primary, verified_at",
    Customer._meta.db_table: "id, partner_id, tenant_id, reseller_id, name, tenant_name, domain, name_key, search_text,"
    " relationships, tag_ids, begun_at, admin_privileges_at, version",
    BillTo._meta.db_table: "customer_id, company_name, country, line1, line2, city, state, postal_code, first_name,"
    " last_name, email, phone, registration_id, culture",
    Agreement._meta.db_table: "customer_id, first_name, last_name, email, phone, accepted_on",
}

_DIRECT: Final = (
    *["{cloud_reseller}"] * 90, *["{advisor}"] * 5, *["{cloud_reseller,advisor}"] * 4, "{indirect_reseller}"
)  # fmt: skip


class Batch(NamedTuple):
    """Some customers, and for each of `COLUMNS` the rows in the text format of COPY."""

    customers: int
    tables: dict[str, bytes]


@dataclass
class _Lines:
    tenants: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    bill_tos: list[str] = field(default_factory=list)
    agreements: list[str] = field(default_factory=list)

    def batch(self) -> Batch:
        tables = (self.tenants, self.domains, self.customers, self.bill_tos, self.agreements)
        texts = ("".join(lines).encode() for lines in tables)
        return Batch(len(self.customers), dict(zip(COLUMNS, texts, strict=True)))


def batches(
    shares: Sequence[tuple[SeededPartner, int]], *, seed: int, first: int, first_id: int, now: datetime
) -> Iterator[Batch]:
    """Complete accounts of customers, so many of each partner, all of whose relationships began before `now`.

    `first` is the number of the first company in the endless list of names, `first_id` the primary key of the first
    customer. `seed` decides about everything but names and domains.
    """
    chance = random.Random(f"{seed} {first}")  # noqa: S311 - two runs make different customers
    accounts = enumerate(
        chain.from_iterable(
            zip(repeat(partner), _companies(partner, count, seed, first + before))
            for (partner, count), before in zip(shares, _before(shares), strict=True)
        ),
        first_id,
    )
    while True:
        lines = _Lines()
        for number, (partner, company) in islice(accounts, BATCH):
            _add(lines, number, partner, company, chance, now)
        if not lines.customers:
            return
        yield lines.batch()


def _companies(partner: SeededPartner, count: int, seed: int, first: int) -> Iterator[DemoCompany]:
    return demo_companies(count, seed=seed + first, first=first, tags=[str(tag) for tag in partner.weighted_tags])


def _before(shares: Sequence[tuple[SeededPartner, int]]) -> Iterator[int]:
    """How many customers the partners before each one have."""
    total = 0
    for _, count in shares:
        yield total
        total += count


def _add(
    lines: _Lines, number: int, partner: SeededPartner, company: DemoCompany, chance: random.Random, now: datetime
) -> None:
    tenant_id = UUID(int=chance.getrandbits(128), version=4)
    tenant, name, begun = str(tenant_id), company.name, str(now - SIX_YEARS * chance.random())
    domains = _domains(company, chance)
    keys = Customer.keys(name, tenant_id, *domains)
    search_text = keys["search_text"].replace("\n", r"\n")
    contact = f"{company.first_name}\t{company.last_name}\t{company.email}\t{company.phone}"
    reseller = chance.choice(partner.reseller_ids) if partner.reseller_ids else r"\N"
    relationships = "{cloud_reseller}" if partner.reseller_ids else _DIRECT[int(chance.random() * 100)]
    privileges = begun if chance.random() < 0.8 else r"\N"
    lines.tenants.append(f"{tenant}\tglobal\t{name}\t{company.country}\t{begun}\n")
    lines.domains += [f"{tenant}\t{domain}\t{domain is domains[0]}\t{begun}\n" for domain in domains]
    lines.customers.append(
        f"{number}\t{partner.partner_id}\t{tenant}\t{reseller}\t{name}\t{name}\t{domains[0]}\t{keys['name_key']}"
        f"\t{search_text}\t{relationships}\t{{{','.join(company.tags)}}}\t{begun}\t{privileges}\t1\n"
    )
    lines.bill_tos.append(
        f"{number}\t{name}\t{company.country}\t{company.line1}\t{company.line2}\t{company.city}\t{company.state}"
        f"\t{company.postal_code}\t{contact}\t\t{company.culture}\n"
    )
    lines.agreements.append(f"{number}\t{contact}\t{begun[:10]}\n")


def _domains(company: DemoCompany, chance: random.Random) -> list[str]:
    """The primary domain, and for a few companies one or two more."""
    further = int(chance.random() * 40)
    return [
        company.prefix + SUFFIX,
        *(f"{company.prefix}{ending}" for ending in (".example", "-group.example")[further:]),
    ]
