"""`manage.py seed`: partners of any size, to measure with."""

import re
from itertools import islice

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count
from django.urls import reverse

from customers.models import Agreement, BillTo, Customer, SearchEntry, Tag
from partnercenter.directory.models import Domain, Tenant
from partnercenter.partners.models import Partner, Staff
from relationships.demo.names import demo_companies

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(monkeypatch):
    """Few customers are written the way in which many are."""
    monkeypatch.setattr("relationships.seeding.loading.MANY", 1)
    monkeypatch.setattr("relationships.seeding.rows.BATCH", 70)


def seeded(name="Seeded Partner"):
    return Partner.objects.get(tenant__name=name)


def structure():
    """All indexes, constraints and triggers of the database, as PostgreSQL tells them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        indexes = dict(cursor.fetchall())
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint"
        )
        constraints = set(cursor.fetchall())
        cursor.execute("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal")
        return indexes, constraints, dict(cursor.fetchall())


def test_a_partner_gets_so_many_complete_accounts(many):
    call_command("seed", customers=200)

    customers = Customer.objects.filter(partner=seeded())
    tenants = customers.values("tenant")
    assert [
        customers.count(),
        BillTo.objects.filter(customer__in=customers).count(),
        Agreement.objects.filter(customer__in=customers).count(),
        SearchEntry.objects.filter(customer__in=customers, partner=seeded()).count(),
        Domain.objects.filter(tenant__in=tenants, is_primary=True).count(),
    ] == [200] * 5
    assert Tag.objects.filter(partner=seeded()).count() == 30


def test_whoever_is_printed_signs_in_and_opens_the_page_of_a_customer(many, client, capsys):
    call_command("seed", customers=3)
    name, password = re.search(r"(\S+) signs in with the password (\S+)", capsys.readouterr().out).groups()
    customer = Customer.objects.first()

    client.post(reverse("account_login"), {"login": name, "password": password})
    page = client.get(reverse("customers:account", args=[customer.tenant_id]))

    assert page.status_code == 200
    assert customer.bill_to.line1 in page.content.decode()


def test_a_seeded_customer_is_found_by_its_name_its_domain_and_its_microsoft_id(many, browse):
    call_command("seed", customers=120)
    customer = Customer.objects.order_by("pk")[100]
    client = browse(Staff.objects.get(partner=seeded()))

    pages = [
        client.get(reverse("customers:list"), {"q": words})
        for words in (customer.name, customer.domain, customer.tenant_id)
    ]

    assert [[found.pk for found in page.context["table"].records] for page in pages] == [[customer.pk]] * 3


def test_everything_that_is_stored_is_as_it_is_when_a_person_adds_it(many):
    call_command("seed", customers=100)

    for customer in Customer.objects.select_related("tenant").prefetch_related("tenant__domains"):
        domains = [domain.name for domain in sorted(customer.tenant.domains.all(), key=lambda domain: domain.pk)]
        keys = Customer.keys(customer.name, customer.tenant_id, *domains)
        assert (customer.name_key, customer.search_text) == (keys["name_key"], keys["search_text"])
        customer.full_clean()
        customer.bill_to.full_clean()


def test_seeding_again_makes_another_partner_with_other_customers(many):
    call_command("seed", customers=60)
    call_command("seed", customers=60)

    assert set(Partner.objects.values_list("tenant__name", flat=True)) == {"Seeded Partner", "Seeded Partner 2"}
    assert Customer.objects.values("tenant").distinct().count() == 120
    assert Customer.objects.values("domain").distinct().count() == 120


def test_a_few_are_made_without_touching_indexes():
    call_command("seed", customers=5)

    assert Customer.objects.filter(partner=seeded()).count() == 5


def test_other_partners_share_the_customers_of_others(many):
    call_command("seed", customers=10, others=2_600)

    counts = Customer.objects.values("partner__tenant__name").annotate(count=Count("pk"))
    assert {row["partner__tenant__name"]: row["count"] for row in counts} == {
        "Seeded Partner": 10,
        "Other Partner": 1_300,
        "Other Partner 2": 1_300,
    }


def test_a_provider_serves_its_customers_through_resellers(many):
    call_command("seed", customers=200, kind="provider", name="Big Distributor")

    resellers = Partner.objects.filter(kind=Partner.Kind.RESELLER)
    assert seeded("Big Distributor").is_provider
    assert resellers.count() == 8
    assert set(Customer.objects.values_list("reseller", flat=True)) == set(resellers.values_list("pk", flat=True))


def test_indexes_and_constraints_are_as_they_were(many):
    before = structure()

    call_command("seed", customers=100)

    assert structure() == before


def test_what_fails_in_the_middle_changes_nothing(many):
    taken = next(islice(demo_companies(100, seed=1), 80, None))
    Domain.objects.create(
        tenant=Tenant.objects.create(name=taken.name, cloud="global", country="US"),
        name=f"{taken.prefix}.onmicrosoft.com",
        is_primary=True,
    )
    before = structure()

    with pytest.raises(CommandError, match=rf"(?s)Begin behind it with --first\. .*{taken.prefix}"):
        call_command("seed", customers=100, first=0)

    assert structure() == before
    assert (Partner.objects.count(), Customer.objects.count(), Tenant.objects.count()) == (0, 0, 1)


def test_a_name_that_is_taken_is_refused():
    call_command("seed", customers=1, name="Big Distributor")

    with pytest.raises(CommandError, match=r"bigdistributor\.onmicrosoft\.com belongs to somebody already"):
        call_command("seed", customers=1, name="Big Distributor")


def test_a_partner_without_customers_is_refused():
    with pytest.raises(CommandError, match="one customer or more"):
        call_command("seed", customers=0)
