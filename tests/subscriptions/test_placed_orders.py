"""Orders that were placed: their list, and what each page tells of them."""

import pytest
from django.urls import reverse

from subscriptions.models import Subscription
from subscriptions.services.orders import add_line, change_lines, draft_for, place_order
from tests.subscribing import OFFERS

E3, CONFERENCING = "Office 365 Enterprise E3", "Audio Conferencing"
RESERVED = "Reserved VM Instance, Standard B2s, 1 year"


@pytest.fixture
def client(browse, ana):
    return browse(ana)


@pytest.fixture
def line(tailspin, ana):
    return add_line(tailspin, OFFERS[E3], quantity=3, actor=ana.user)


def page(customer, name="review", *args):
    return reverse(f"subscriptions:{name}", args=[customer.tenant_id, *args])


def test_everybody_sees_the_orders_that_were_placed(browse, hugo, tailspin, line, ana):
    place_order(line.order, actor=ana.user)

    body = browse(hugo).get(page(tailspin, "orders")).content.decode()
    order = browse(hugo).get(page(tailspin, "order", line.order_id)).content.decode()

    assert "3 × Office 365 Enterprise E3" in body
    assert "Only a Global admin, Admin agent, or Sales agent can buy and change subscriptions." in body
    assert reverse("subscriptions:subscription", args=[tailspin.tenant_id, Subscription.objects.get().pk]) in order


def test_an_order_tells_what_its_lines_belong_to(client, tailspin, line, ana, shop):
    add_line(tailspin, OFFERS[CONFERENCING], actor=ana.user)
    reserved = add_line(tailspin, OFFERS[RESERVED], actor=ana.user)
    change_lines(line.order, {reserved: {"scope": "single", "region": "Japan East", "parent": shop}})
    place_order(line.order, actor=ana.user)

    body = client.get(page(tailspin, "order", line.order_id) + "?placed=1").content.decode()

    assert f"Belongs to {E3}" in body
    assert "Japan East · Single subscription · Web shop" in body
    assert reverse("subscriptions:licenses", args=[tailspin.tenant_id]) in body.split("<main")[1]


def test_nobody_is_sent_to_licenses_where_none_were_bought(client, tailspin, ana):
    add_line(tailspin, OFFERS["Azure plan"], actor=ana.user)
    order = place_order(draft_for(tailspin, actor=ana.user), actor=ana.user)

    body = client.get(page(tailspin, "order", order.pk) + "?placed=1").content.decode()

    assert "Assign licenses" not in body


def test_the_list_shows_the_first_lines_of_a_long_order(client, tailspin, ana):
    for _number in range(7):
        add_line(tailspin, OFFERS[E3], actor=ana.user)
    place_order(draft_for(tailspin, actor=ana.user), actor=ana.user)

    body = client.get(page(tailspin, "orders")).content.decode()

    assert body.count("1 × Office 365 Enterprise E3") == 5
    assert "and 2 more" in body


def test_the_list_of_orders_asks_a_fixed_number_of_questions(client, tailspin, ana, django_assert_max_num_queries):
    for _number in range(12):
        add_line(tailspin, OFFERS[E3], actor=ana.user)
        place_order(draft_for(tailspin, actor=ana.user), actor=ana.user)

    with django_assert_max_num_queries(11):
        response = client.get(page(tailspin, "orders"))

    assert len(response.context["table"].records) == 12
