import re
from graphlib import TopologicalSorter

import pytest
from django.urls import reverse

from customers.models import Agreement
from subscriptions.catalog import CATALOG
from subscriptions.models import Order
from subscriptions.services.orders import add_line
from tests.subscribing import OFFERS, subscribe

E3, CONFERENCING = "Office 365 Enterprise E3", "Audio Conferencing"


def new(customer):
    return reverse("subscriptions:new", args=[customer.tenant_id])


def found(response):
    return [offer.name for offer in response.context["page"]]


def reasons(response):
    return {offer.name: why_not for offer, why_not, _count in response.context["offers"]}


def told(response):
    return [str(message) for message in response.context["messages"]]


def test_the_catalog_is_that_of_the_partners_cloud(browse, ana, make_partner, make_staff):
    germany = make_partner("Wolke", cloud="germany", country="DE", suffix="onmicrosoft.de")
    greta = make_staff(germany, "Greta", "global_admin")

    ours = browse(ana).get("/subscriptions/catalog/").context["page"].paginator.count
    theirs = found(browse(greta).get("/subscriptions/catalog/"))

    assert ours == 291
    assert [name for name in theirs if "Reserved" not in name] == [
        "Azure plan",
        "Azure subscription",
        "Microsoft Azure Germany",
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=proplus trial", ["Office 365 ProPlus (Nonprofit Staff Pricing) Trial"]),
        ("q=MS-AZR-0145P", ["Microsoft Azure"]),
        ("q=ms-azr-0145p", ["Microsoft Azure"]),
        ("q=sql&category=software", ["SQL Server 2019 Enterprise, 2 core licenses", "SQL Server 2019 Standard, 2 core licenses"]),
        ("q=nothing+of+the+kind", []),
        ("q=796b6b5f", ["Office 365 Enterprise E3"]),
        ("q=1f6b6b5f", []),
        ("q=6b5f", []),
    ],
)  # fmt: skip
def test_every_word_has_to_occur(browse, ana, query, names):
    assert found(browse(ana).get(f"/subscriptions/catalog/?{query}")) == names


@pytest.mark.parametrize(
    ("kind", "count", "one_of_them"),
    [
        ("license", 273, "Office 365 Enterprise E3"),
        ("usage", 3, "Azure plan"),
        ("add_on", 75, "Audio Conferencing"),
        ("trial", 17, "Office 365 Enterprise E5 Trial"),
    ],
)
def test_offers_of_one_kind_are_found(browse, ana, kind, count, one_of_them):
    response = browse(ana).get(f"/subscriptions/catalog/?kind={kind}")

    assert response.context["page"].paginator.count == count
    assert one_of_them in [offer.name for offer in response.context["form"].found]


def test_what_extends_a_product_is_shown_alone(browse, ana):
    response = browse(ana).get(f"/subscriptions/catalog/?extends={OFFERS[E3].id}")

    offers = response.context["form"].found
    assert {offer.name for offer in offers} >= {"Audio Conferencing", "Phone System"}
    assert all(OFFERS[E3].id in offer.requires for offer in offers)
    assert "What extends Office 365 Enterprise E3." in response.content.decode()


def test_the_catalog_names_the_products_that_an_add_on_extends(browse, ana):
    page = browse(ana).get("/subscriptions/catalog/?q=c94271d8-b431-4a25-a3c5-a57737a1c909").content.decode()

    assert "Extends 24 products" in page
    assert "<li>Office 365 Enterprise E3</li>" in page


def test_no_offer_extends_itself_by_however_many_steps():
    TopologicalSorter({offer.id: offer.requires for offer in CATALOG.values()}).prepare()  # raises for a circle


def test_nonsense_in_the_address_looks_for_nothing_in_particular(browse, ana):
    response = browse(ana).get("/subscriptions/catalog/?category=nonsense&kind=nonsense&page=9999")

    assert response.context["page"].paginator.count == 291


def test_a_page_of_the_catalog_has_fifty_offers(browse, ana):
    client = browse(ana)

    pages = [found(client.get(f"/subscriptions/catalog/?page={number}")) for number in range(1, 7)]

    assert [len(page) for page in pages] == [50, 50, 50, 50, 50, 41]
    assert len({name for page in pages for name in page}) > 280


def test_each_offer_says_why_it_cannot_be_bought(browse, ana, tailspin):
    why_not = reasons(browse(ana).get(new(tailspin), {"q": "audio conferencing"}))

    assert why_not[CONFERENCING].startswith("Needs an active subscription of one of these")
    assert "Nonprofit" in why_not["Audio Conferencing (Nonprofit Staff Pricing)"]


def test_choosing_offers_asks_a_fixed_number_of_questions(browse, ana, tailspin, django_assert_max_num_queries):
    client = browse(ana)
    for number in range(30):
        subscribe(tailspin, E3, name=f"Office of floor {number}")
        add_line(tailspin, OFFERS[E3], actor=ana.user)

    with django_assert_max_num_queries(14):
        response = client.get(new(tailspin))

    assert response.status_code == 200


def test_an_offer_is_added_and_the_list_stays_where_it_was(browse, ana, tailspin):
    client = browse(ana)

    response = client.post(new(tailspin) + "?q=e3&page=1", {"offer": OFFERS[E3].id, "quantity": 7}, follow=True)

    assert response.redirect_chain == [(new(tailspin) + f"?q=e3&page=1#o-{OFFERS[E3].id}", 302)]
    assert f'<tr id="o-{OFFERS[E3].id}">' in response.content.decode()
    assert told(response) == ["Added to the order: 7 × Office 365 Enterprise E3."]
    assert [(line.offer.name, line.quantity) for line in response.context["lines"]] == [(E3, 7)]


@pytest.mark.parametrize(
    "data", [{}, {"offer": "no-such-offer"}, {"offer": "x" * 500}, {"offer": OFFERS[E3].id, "quantity": "many"}]
)
def test_what_is_no_offer_is_told(browse, ana, tailspin, data):
    response = browse(ana).post(new(tailspin), data, follow=True)

    assert told(response) == ["This is no offer of the catalog, or no quantity. Choose one from the list."]
    assert Order.objects.count() == 0


def test_what_the_customer_may_not_buy_is_refused_also_without_the_page(browse, ana, tailspin):
    response = browse(ana).post(new(tailspin), {"offer": OFFERS[CONFERENCING].id}, follow=True)

    assert told(response)[0].startswith("Needs an active subscription")


def test_without_an_agreement_the_page_says_only_that(browse, ana, tailspin):
    Agreement.objects.all().delete()

    response = browse(ana).get(new(tailspin))

    body = response.content.decode()
    assert "has not accepted the customer agreement yet" in body
    assert reverse("customers:account", args=[tailspin.tenant_id]) in body
    assert not re.search('name="offer"', body)


def test_only_what_can_be_bought_is_shown_where_somebody_asks_for_that(browse, ana, tailspin):
    client = browse(ana)

    everything = client.get(new(tailspin)).context["page"].paginator.count
    response = client.get(new(tailspin), {"may": "on"})

    assert everything == 291
    assert set(reasons(response).values()) == {""}
    assert response.context["page"].paginator.count < 180
