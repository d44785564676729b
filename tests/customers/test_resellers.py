"""Providers and resellers: who sees which customers, and as what."""

import csv
import io

import pytest
from django.utils import timezone

from customers.models import Customer
from customers.selectors.customers import resellers_of
from partnercenter.partners.models import Partner

LIST = "/customers/"
DIRECT, INDIRECT = Customer.Relationship.CLOUD_RESELLER, Customer.Relationship.INDIRECT_RESELLER


@pytest.fixture
def customers(northwind, adatum, make_partner, make_customer):
    """Three customers of the provider, one of them resold by Adatum; Adatum serves a second one directly as well."""
    other = make_partner("Proseware", kind=Partner.Kind.RESELLER)
    resold = make_customer(northwind, "Wingtip Toys", reseller=adatum)
    both = make_customer(northwind, "Fourth Coffee", reseller=adatum)
    make_customer(northwind, "Trey Research", reseller=other)
    make_customer(northwind, "Own Customer")
    make_customer(
        adatum, "Wingtip Toys", tenant=resold.tenant, domain=resold.domain, provider=northwind, relationships=[INDIRECT]
    )
    make_customer(
        adatum,
        "Fourth Coffee",
        tenant=both.tenant,
        domain=both.domain,
        provider=northwind,
        relationships=[DIRECT, INDIRECT],
    )
    make_customer(adatum, "Direct Customer")
    return {"resold": resold, "both": both}


def names_on(response):
    return [customer.name for customer in response.context["table"].records]


def exported(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return {row["Company name"]: row["Relationship"] for row in csv.DictReader(io.StringIO(text))}


def test_a_provider_sees_through_whom_each_customer_is_served(browse, nora, customers):
    response = browse(nora).get(LIST)

    page = response.content.decode()
    assert names_on(response) == ["Fourth Coffee", "Own Customer", "Trey Research", "Wingtip Toys"]
    assert [page.count(f"{name}<") for name in ("Adatum", "Proseware")] == [2, 1]
    assert "Reseller" in [header.label for header in response.context["table"].headers]


def test_a_provider_filters_by_one_or_several_resellers(browse, nora, adatum, customers):
    other = Partner.objects.get(tenant__name="Proseware")
    visitor = browse(nora)

    lists = [visitor.get(LIST, {"reseller": ids}) for ids in (adatum.pk, [adatum.pk, other.pk], customers["both"].pk)]

    assert [names_on(response) for response in lists] == [
        ["Fourth Coffee", "Wingtip Toys"],
        ["Fourth Coffee", "Trey Research", "Wingtip Toys"],
        [],
    ]


def test_a_filter_by_reseller_combines_with_search_and_order(browse, nora, adatum, customers):
    visitor = browse(nora)

    searched = visitor.get(LIST, {"reseller": adatum.pk, "q": "toys"})
    turned = visitor.get(LIST, {"reseller": adatum.pk, "sort": "-name"})

    assert (names_on(searched), names_on(turned)) == (["Wingtip Toys"], ["Wingtip Toys", "Fourth Coffee"])


def test_the_resellers_of_a_provider_are_those_who_serve_somebody_now(northwind, adatum, fabrikam, customers):
    Customer.objects.filter(partner=northwind, name="Trey Research").update(ended_at=timezone.now())

    assert [list(resellers_of(partner)) for partner in (northwind, adatum, fabrikam)] == [[adatum], [], []]


def test_a_reseller_sees_the_customers_it_serves_and_no_other_one_of_its_provider(browse, adam, northwind, customers):
    visitor = browse(adam)
    hidden = Customer.objects.get(partner=northwind, name="Own Customer")

    response = visitor.get(LIST)

    assert names_on(response) == ["Direct Customer", "Fourth Coffee", "Wingtip Toys"]
    assert names_on(visitor.get(LIST, {"q": "research"})) == []
    assert names_on(visitor.get(LIST, {"q": str(hidden.tenant_id)})) == []
    assert visitor.get(f"/customers/{hidden.tenant_id}/account/").status_code == 404
    assert list(exported(visitor.get("/customers/export/?all=1"))) == [
        "Direct Customer",
        "Fourth Coffee",
        "Wingtip Toys",
    ]


def test_a_resellers_list_says_through_which_provider(browse, adam, customers):
    response = browse(adam).get(LIST)

    assert [
        header.label for header in response.context["table"].headers if header.name in ("provider", "reseller")
    ] == ["Provider"]
    assert response.content.decode().count("Northwind<") == 2


def test_only_resellers_and_providers_have_columns_for_one_another(browse, ana, tailspin):
    headers = browse(ana).get(LIST).context["table"].headers

    assert [header.name for header in headers if header.name in ("provider", "reseller")] == []


@pytest.mark.parametrize("kind", [DIRECT, INDIRECT])
def test_a_partner_that_is_both_to_a_customer_has_one_row_found_as_either(browse, adam, customers, kind):
    found = names_on(browse(adam).get(LIST, {"relationship": kind}))

    assert found == {DIRECT: ["Direct Customer", "Fourth Coffee"], INDIRECT: ["Fourth Coffee", "Wingtip Toys"]}[kind]


def test_list_account_page_and_export_name_both_capacities(browse, adam, customers):
    visitor = browse(adam)
    both = customers["both"].tenant_id

    rows = [customer for customer in visitor.get(LIST).context["table"].records if customer.tenant_id == both]
    account = visitor.get(f"/customers/{both}/account/").content.decode()
    cells = exported(visitor.get("/customers/export/?relationship=indirect_reseller"))

    assert [customer.relationship_label for customer in rows] == ["Cloud Reseller; Indirect reseller"]
    assert (account.count("Cloud Reseller; Indirect reseller"), account.count("<dd>Northwind</dd>")) == (1, 1)
    assert cells == {"Fourth Coffee": "Cloud Reseller; Indirect reseller", "Wingtip Toys": "Indirect reseller"}


def test_the_provider_sees_nothing_of_what_the_reseller_sells_directly(browse, nora, customers):
    visitor = browse(nora)

    assert names_on(visitor.get(LIST, {"q": "direct"})) == []
    assert exported(visitor.get("/customers/export/?all=1"))["Fourth Coffee"] == "Cloud Reseller"
