"""Resellers work with the customers they serve and with nothing else (the product rules, section 7)."""

import csv
import io
import uuid

import pytest
from django.urls import reverse

from partnercenter.directory.models import User
from subscriptions.models import Order, Subscription
from subscriptions.selectors.subscriptions import resellers_for
from tests.licensing import E3
from tests.pages import GUARDED, PAGES, address
from tests.subscribing import azure_plan, azure_subscription, buy_software, reserve, subscribe

OF_A_CUSTOMER = [name for name in GUARDED if "microsoft_id" in PAGES[name].parameters]


@pytest.fixture
def served(partnership, northwind, adatum, make_customer):
    """The reseller's account for a customer of the provider, who sold it something."""
    own = make_customer(northwind, "Wingtip Toys", reseller=adatum)
    subscribe(own, E3, name="Sold with Adatum", reseller=adatum)
    return make_customer(
        adatum,
        "Wingtip Toys",
        tenant=own.tenant,
        domain=own.domain,
        provider=northwind,
        relationships=["indirect_reseller"],
    )


@pytest.fixture
def hidden(partnership, northwind, make_customer):
    """A customer of the provider that no reseller serves, with one of everything."""
    customer = make_customer(northwind, "Trey Research")
    User.objects.create_user(f"kim@{customer.domain}", display_name="Kim", tenant=customer.tenant)
    subscribe(customer, E3, name="Hidden product")
    reserve(customer, azure_subscription(azure_plan(customer)))
    buy_software(customer)
    return customer


@pytest.fixture
def direct(adatum, make_customer):
    """A customer that the reseller sells to itself."""
    return make_customer(adatum, "Direct Customer")


def names_on(response):
    return sorted(str(row) for row in response.context["table"].records)


def exported(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return [line[1] for line in csv.reader(io.StringIO(text))][1:]


@pytest.mark.parametrize("name", OF_A_CUSTOMER)
def test_no_page_of_a_customer_that_it_does_not_serve_exists_for_a_reseller(browse, adam, hidden, name):
    client = browse(adam)
    ids = dict.fromkeys(PAGES[name].parameters, uuid.uuid4()) | {"number": 1, "microsoft_id": hidden.tenant_id}

    statuses = {method(address(name, ids)).status_code for method in (client.get, client.post)}

    assert statuses in ({404}, {404, 405})


def test_lists_search_and_export_have_only_the_customers_of_the_reseller(browse, adam, served, hidden, direct):
    client = browse(adam)

    lists = [names_on(client.get("/customers/", {"q": text})) for text in ("", "trey", hidden.domain, hidden.tenant_id)]
    files = [exported(client.get("/customers/export/", query)) for query in ({"all": "1"}, {"q": "trey"})]

    assert lists == [["Direct Customer", "Wingtip Toys"], [], [], []]
    assert files == [["Direct Customer", "Wingtip Toys"], []]


def test_subscriptions_across_customers_are_those_sold_by_it_or_with_it(browse, adam, served, hidden, direct):
    subscribe(direct, E3, name="Sold directly")
    client = browse(adam)

    found = [names_on(client.get("/subscriptions/", {"q": text, "state": "all"})) for text in ("", "hidden")]
    overview = client.get("/subscriptions/overview/").content.decode()

    assert found == [["Sold directly", "Sold with Adatum"], []]
    assert "Hidden product" not in overview


def test_home_shows_a_reseller_nothing_of_other_customers(browse, adam, served, hidden, direct):
    page = browse(adam).get("/").content.decode()

    assert "Trey" not in page


def test_what_a_reseller_names_as_a_filter_shows_it_nothing_more(browse, adam, northwind, served, hidden, direct):
    client = browse(adam)

    lists = [names_on(client.get("/customers/", {"reseller": pk})) for pk in (northwind.pk, adam.partner.pk)]

    assert all("Trey Research" not in names for names in lists)


def test_an_indirect_reseller_sees_what_was_sold_and_cannot_buy(browse, adam, served):
    client = browse(adam)
    there = f"/customers/{served.tenant_id}"
    sentence = "Northwind sells to this customer; ask them to place the order."
    [sold] = Subscription.objects.all()

    pages = [
        client.get(f"{there}{page}") for page in ("/subscriptions/", "/subscriptions/new/", "/account/", "/users/")
    ]
    client.post(f"{there}/subscriptions/new/", {"offer": sold.offer_id, "quantity": "1"})
    changed = client.post(f"{there}/subscriptions/{sold.pk}/suspend/", follow=True)

    sold.refresh_from_db()
    assert [page.status_code for page in pages] == [200] * 4
    assert "Sold with Adatum" in pages[0].content.decode()
    assert sentence in pages[0].content.decode()
    assert sentence in pages[1].content.decode()
    assert not Order.objects.exists()
    assert changed.status_code in (200, 403, 404, 422)
    assert (Subscription.objects.count(), sold.status) == (1, "active")


def test_the_provider_sees_and_sells_to_the_customer_that_its_reseller_serves(browse, nora, served):
    client, there = browse(nora), f"/customers/{served.tenant_id}"

    page = client.get(f"{there}/subscriptions/new/").content.decode()
    answer = client.get(reverse("subscriptions:subscriptions", args=[served.tenant_id]))

    assert "ask them to place the order" not in page
    assert "Sold with Adatum" in answer.content.decode()


def test_the_provider_sees_nothing_of_what_its_reseller_sells_directly(browse, nora, direct, partnership):
    client = browse(nora)

    statuses = {client.get(f"/customers/{direct.tenant_id}/{page}/").status_code for page in ("account", "users")}

    assert (statuses, names_on(client.get("/customers/"))) == ({404}, [])


def test_a_reseller_is_on_record_for_subscriptions_once_it_serves_a_customer(northwind, adatum, partnership, request):
    before = list(resellers_for(northwind))
    request.getfixturevalue("served")

    assert (before, list(resellers_for(northwind))) == ([], [adatum])
