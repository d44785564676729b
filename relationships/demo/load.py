"""Making the demo data: one transaction, a few statements for each table."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from customers.models import Agreement, BillTo, Customer, QualificationDetails, Tag
from partnercenter.directory.clouds import CLOUDS
from partnercenter.directory.models import Domain, Tenant, TenantRole, User
from partnercenter.partners.models import Partner, Staff
from relationships.demo.beginnings import BLAKE, Beginnings
from relationships.demo.cast import ADATUM, CONTOSO, FABRIKAM, NORTHWIND, PARTNERS, TAGS, DemoPartner
from relationships.demo.litware import LITWARE_ELSEWHERE_SINCE, LITWARE_SINCE
from relationships.demo.names import DemoCompany, demo_companies, demo_people
from relationships.demo.subscriptions import sell_to_customers
from relationships.demo.transfers import ask_in_vain

SEED: Final = 2017
LITWARE: Final = "litware"
# Ready for an upload: a second domain, and nobody in it.
TAILSPIN: Final = "tailspintoys"
# Took the delegated privileges back, half-way through its time as a customer.
CLOSED: Final = "relecloud"
# They were partners before any of their customers came.
PARTNERS_SINCE: Final = timedelta(days=3_000)
# One in so many customers of the reseller is served directly as well.
BOTH_WAYS: Final = 10
# The first so many customers of a partner have people.
PEOPLED: Final = 300
# Every so many-th customer of Contoso has not accepted the customer agreement yet.
UNSIGNED: Final = 350
UNSIGNED_AT: Final = 12
# What some have a special qualification for, by the prefix of their domain.
QUALIFIED: Final = {
    "baldwinmuseumofscience": Customer.Qualification.NONPROFIT,
    "schooloffineart": Customer.Qualification.NONPROFIT,
    "bellowscollege": Customer.Qualification.EDUCATION,
}


@dataclass
class Rows:
    """Rows on their way into the database, table by table."""

    tenants: list[Tenant] = field(default_factory=list)
    domains: list[Domain] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    bill_tos: list[BillTo] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    details: list[QualificationDetails] = field(default_factory=list)

    def save(self) -> None:
        tables: tuple[list[Any], ...] = (
            self.tenants, self.domains, self.users, self.customers, self.bill_tos, self.agreements, self.details,
        )  # fmt: skip
        for rows in filter(None, tables):
            type(rows[0])._default_manager.bulk_create(rows, batch_size=2_000)


def load_demo(password: str) -> None:
    """Make partners, staff, customers and people of customers; everybody signs in with `password`."""
    with transaction.atomic():
        hashed = make_password(password)
        partners = {demo.domain: _make_partner(demo, hashed) for demo in PARTNERS}
        tags = {name: Tag.objects.create(partner=partners[CONTOSO], name=name, color=color).pk for name, color in TAGS}
        first = 0
        for demo in PARTNERS:
            _make_customers(demo, partners, first=first, tags=tags if demo.domain == CONTOSO else {})
            first += demo.customers
        _share_litware(partners[FABRIKAM], hashed)
        _serve_through(partners[NORTHWIND], partners[ADATUM])
        Beginnings(partners, hashed, timezone.now()).tell()
        sell_to_customers(timezone.now())
        ask_in_vain(partners[CONTOSO], partners[FABRIKAM], f"{LITWARE}.onmicrosoft.com")


def is_empty() -> bool:
    """Whether nobody works here yet."""
    return not Partner.objects.exists()


def foreign_partners() -> list[str]:
    """The names of partners that are not of the demo."""
    ours = [demo.partner_id for demo in PARTNERS]
    return list(Partner.objects.exclude(partner_id__in=ours).values_list("tenant__name", flat=True))


def set_demo_password(password: str) -> None:
    """Give everybody of the demo this password, unless they have it; people who chose their own keep theirs."""
    names = [person.principal_name(demo.domain) for demo in PARTNERS for person in demo.people]
    people = User.objects.filter(principal_name__in=[*names, f"carla@{LITWARE}.onmicrosoft.com", BLAKE])
    shared = people.filter(principal_name=names[0]).values_list("password", flat=True).first()
    if shared and not check_password(password, shared):
        people.filter(password=shared).update(password=make_password(password))


def _make_partner(demo: DemoPartner, hashed: str) -> Partner:
    tenant = Tenant.objects.create(id=_guid(demo.domain), name=demo.name, cloud=demo.cloud, country=demo.country)
    Domain.objects.create(tenant=tenant, name=demo.domain, is_primary=True)
    partner = Partner.objects.create(
        tenant=tenant, kind=demo.kind, partner_id=demo.partner_id, market=demo.country, currency=demo.currency,
        created_at=timezone.now() - PARTNERS_SINCE,
    )  # fmt: skip
    for person in demo.people:
        name = person.principal_name(demo.domain)
        user = User.objects.create(
            principal_name=name, email=name, display_name=person.name, first_name=person.name, password=hashed,
            tenant=tenant, location=demo.country, role=person.tenant_role,
        )  # fmt: skip
        Staff.objects.create(user=user, partner=partner, roles=[person.role])
    return partner


def _make_customers(demo: DemoPartner, partners: dict[str, Partner], *, first: int, tags: dict[str, int]) -> None:
    """The customers of one partner: the companies from number `first` on of the endless list of names."""
    partner, chance, rows, now = partners[demo.domain], random.Random(SEED), Rows(), timezone.now()  # noqa: S311
    companies = demo_companies(demo.customers, seed=SEED, country=demo.country, first=first, tags=[*tags])
    for number, company in enumerate(companies):
        begun = now - timedelta(days=chance.expovariate(1 / 400), minutes=number)
        begun = now - LITWARE_SINCE if company.prefix == LITWARE else begun
        reseller = partners[ADATUM] if demo.domain == NORTHWIND and number % 2 else None
        customer = _account(partner, company, begun, [tags[name] for name in company.tags], reseller)
        if company.prefix == CLOSED:
            customer.admin_privileges_ended_at = begun + (now - begun) / 2
        _add_account(rows, customer, company)
        if demo.domain == CONTOSO and number % UNSIGNED == UNSIGNED_AT:
            rows.agreements.pop()
        if number < PEOPLED and company.prefix != TAILSPIN:
            rows.users += _people(customer, company, count=chance.randint(2, 12), seed=number)
    rows.save()


def _account(
    partner: Partner, company: DemoCompany, begun: datetime, tag_ids: list[int], reseller: Partner | None
) -> Customer:
    domain = f"{company.prefix}{CLOUDS[partner.cloud].domain_suffix}"
    tenant = Tenant(id=_guid(domain), name=company.name, cloud=partner.cloud, country=company.country, created_at=begun)
    return Customer(
        partner=partner, tenant=tenant, reseller=reseller, name=company.name, tenant_name=company.name, domain=domain,
        begun_at=begun, tag_ids=tag_ids, admin_privileges_at=begun, qualification=QUALIFIED.get(company.prefix, ""),
        **Customer.keys(company.name, tenant.id, domain, *_further_domains(company)),
    )  # fmt: skip


def _add_account(rows: Rows, customer: Customer, company: DemoCompany) -> None:
    rows.tenants.append(customer.tenant)
    rows.domains.append(Domain(tenant=customer.tenant, name=customer.domain, is_primary=True))
    rows.domains += (Domain(tenant=customer.tenant, name=name) for name in _further_domains(company))
    rows.customers.append(customer)
    rows.bill_tos.append(
        BillTo(
            customer=customer, company_name=company.name, country=company.country, line1=company.line1,
            line2=company.line2, city=company.city, state=company.state, postal_code=company.postal_code,
            first_name=company.first_name, last_name=company.last_name, email=company.email,
            phone=company.phone, culture=company.culture,
        )
    )  # fmt: skip
    rows.agreements.append(
        Agreement(
            customer=customer, first_name=company.first_name, last_name=company.last_name,
            email=company.email, phone=company.phone, accepted_on=customer.begun_at.date(),
        )
    )  # fmt: skip
    if customer.qualification == Customer.Qualification.EDUCATION:
        website = f"https://{company.prefix}.example"
        segment = QualificationDetails.Segment.HIGHER
        rows.details.append(QualificationDetails(customer=customer, segment=segment, website=website))


def _further_domains(company: DemoCompany) -> list[str]:
    return [f"{TAILSPIN}.com"] if company.prefix == TAILSPIN else []


def _people(customer: Customer, company: DemoCompany, *, count: int, seed: int) -> Iterator[User]:
    """People of a customer; nobody knows a password of theirs."""
    for person in demo_people(count, seed=SEED + seed):
        name = f"{person.login}@{customer.domain}"
        display_name = f"{person.first_name} {person.last_name}"
        yield User(
            tenant=customer.tenant, principal_name=name, email=name, first_name=person.first_name,
            last_name=person.last_name, display_name=display_name, location=company.country,
            password=make_password(None), must_change_password=True, created_at=customer.begun_at,
            **User.keys(display_name, person.first_name, person.last_name, name),
        )  # fmt: skip


def _share_litware(fabrikam: Partner, hashed: str) -> None:
    """Litware is a customer of Contoso and of Fabrikam, and its global admin signs in."""
    contoso = Customer.objects.select_related("tenant", "bill_to", "agreement").get(domain=f"{LITWARE}.onmicrosoft.com")
    bill_to = contoso.bill_to
    begun = timezone.now() - LITWARE_ELSEWHERE_SINCE
    customer = Customer.objects.create(
        partner=fabrikam, tenant=contoso.tenant, name=contoso.name, tenant_name=contoso.name,
        domain=contoso.domain, begun_at=begun, **Customer.keys(contoso.name, contoso.tenant_id, contoso.domain),
    )  # fmt: skip
    bill_to.pk = customer.pk
    bill_to.save(force_insert=True)
    agreement = contoso.agreement
    agreement.pk, agreement.accepted_on = customer.pk, begun.date()
    agreement.save(force_insert=True)
    name = f"carla@{contoso.domain}"
    User.objects.create(
        tenant=contoso.tenant, principal_name=name, email=name, display_name="Carla", first_name="Carla",
        password=hashed, location="US", role=TenantRole.GLOBAL_ADMIN,
    )  # fmt: skip


def _serve_through(provider: Partner, reseller: Partner) -> None:
    """A reseller has its own account for each customer it serves through a provider; some it serves both ways."""
    rows = Rows()
    served = Customer.objects.filter(partner=provider, reseller=reseller).order_by("begun_at")
    for number, customer in enumerate(served.select_related("tenant", "bill_to", "agreement")):
        kinds = [Customer.Relationship.INDIRECT_RESELLER]
        if number % BOTH_WAYS == 0:
            kinds.insert(0, Customer.Relationship.CLOUD_RESELLER)
        account = Customer(
            partner=reseller, tenant=customer.tenant, provider=provider, relationships=kinds, name=customer.name,
            tenant_name=customer.tenant_name, domain=customer.domain, name_key=customer.name_key,
            search_text=customer.search_text, begun_at=customer.begun_at,
            admin_privileges_at=customer.admin_privileges_at,
        )  # fmt: skip
        rows.customers.append(account)
        rows.bill_tos.append(customer.bill_to)
        rows.agreements.append(customer.agreement)
        customer.bill_to.customer = customer.agreement.customer = account
    rows.save()


def _guid(name: str) -> uuid.UUID:
    """The same Microsoft ID for the same domain in every demo, so that addresses of pages can be kept."""
    return uuid.uuid5(uuid.NAMESPACE_DNS, name)
