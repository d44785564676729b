"""What is bought together with a new customer: chosen before there is anybody who buys, or skipped."""

import pytest
from django.urls import reverse

from partnercenter.partners.roles import Role
from relationships.models import NewCustomer
from subscriptions.catalog import CATALOG
from subscriptions.models import Order, OrderLine, Subscription
from tests.relationships.new_customers import (
    ACCEPTED,
    account_of,
    add,
    fill,
    lines_page_of,
    review_of,
    start,
    subscriptions_of,
)
from tests.subscribing import OFFERS

E3, CONFERENCING, TRIAL = "Office 365 Enterprise E3", "Audio Conferencing", "Office 365 Enterprise E5 Trial"


@pytest.fixture
def client(browse, ana):
    return browse(ana)


@pytest.fixture
def draft(client):
    """The draft of a company that has accepted the agreement."""
    begun = start(client)
    fill(client, begun, **ACCEPTED)
    begun.refresh_from_db()
    return begun


# An offer that is not for everybody.
CHARITY = next(offer for offer in CATALOG.values() if offer.qualification == "nonprofit" and not offer.requires)


def choose(client, draft, name=E3, **more):
    return client.post(subscriptions_of(draft), {"offer": OFFERS[name].id} | more, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def lines():
    return [(line.offer.name, line.quantity) for line in OrderLine.objects.order_by("pk")]


def test_an_offer_is_chosen_before_there_is_a_customer(client, draft):
    response = choose(client, draft, quantity="3")

    assert said(response) == ["Added to the order: 3 × Office 365 Enterprise E3."]
    assert lines() == [(E3, 3)]
    order = Order.objects.get()
    assert (order.customer, order.status) == (None, "draft")
    assert NewCustomer.objects.get().order == order


def test_an_add_on_belongs_to_what_is_chosen_with_it(client, draft):
    assert "Needs an active subscription" in " ".join(said(choose(client, draft, CONFERENCING)))
    choose(client, draft)

    choose(client, draft, CONFERENCING)

    assert [line.base and line.base.offer.name for line in OrderLine.objects.order_by("pk")] == [None, E3]


def test_quantities_are_set_on_the_page_of_the_lines(client, draft):
    choose(client, draft)
    line = OrderLine.objects.get()
    sent = {"order": line.order_id, "line": line.pk, f"line-{line.pk}-quantity": "25"}
    sent[f"line-{line.pk}-billing_cycle"] = line.billing_cycle

    response = client.post(lines_page_of(draft), sent | {"further": ""})

    assert response.url == review_of(draft)
    assert lines() == [(E3, 25)]


def test_a_quantity_that_nobody_can_buy_is_said_at_its_line(client, draft):
    choose(client, draft)
    line = OrderLine.objects.get()
    sent = {"order": line.order_id, "line": line.pk, f"line-{line.pk}-quantity": "0", "further": ""}

    response = client.post(lines_page_of(draft), sent)

    assert response.status_code == 422
    assert "Type a quantity of at least 1." in response.content.decode()


def test_a_line_is_taken_out(client, draft):
    choose(client, draft)
    line = OrderLine.objects.get()
    sent = {"order": line.order_id, "line": line.pk, f"line-{line.pk}-quantity": "1", "remove": line.pk}

    client.post(lines_page_of(draft), sent)

    assert lines() == []


def test_all_of_it_is_bought_when_the_customer_is_added(client, draft):
    choose(client, draft, quantity="4")
    choose(client, draft, CONFERENCING)

    add(client, draft)

    bought = {one.offer.name: one for one in Subscription.objects.all()}
    assert bought[E3].quantity == 4
    assert bought[CONFERENCING].parent == bought[E3]
    assert Order.objects.get().status == "placed"


def test_the_confirmation_names_what_was_bought(client, draft):
    choose(client, draft, quantity="4")

    page = add(client, draft).content.decode()

    draft.refresh_from_db()
    assert f"4 × {E3}" in page
    assert reverse("subscriptions:subscriptions", args=[draft.customer.tenant_id]) in page


def test_one_way_leads_on_from_the_offers(client, draft):
    choose(client, draft)
    choose(client, draft)

    page = client.get(subscriptions_of(draft), {"q": E3}).content.decode()

    assert "Review 2 lines" in page
    assert "In the order (2)" in page
    assert page.count('class="button primary"') == 1
    assert "Skip this step" not in page
    assert "may be skipped" not in page
    assert all(f'href="{lines_page_of(draft)}#line-{line.pk}"' in page for line in OrderLine.objects.all())


def test_what_was_chosen_can_be_taken_out_where_the_agreement_was_taken_back(client, draft):
    choose(client, draft)
    fill(client, draft)

    assert f'href="{lines_page_of(draft)}"' in client.get(subscriptions_of(draft)).content.decode()


def test_the_step_is_skipped(client, draft):
    page = client.get(subscriptions_of(draft)).content.decode()
    assert f'href="{review_of(draft)}"' in page
    assert "Skip this step" in page

    add(client, draft)

    assert not Subscription.objects.exists()


def test_before_the_agreement_the_page_says_so_and_can_be_skipped(client):
    draft = start(client)
    fill(client, draft)

    page = client.get(subscriptions_of(draft)).content.decode()
    response = choose(client, draft)

    assert "Nothing can be bought before that" in page
    assert "Skip this step" in page
    assert "Nothing can be bought before that" in said(response)[0]
    assert not OrderLine.objects.exists()


def test_offers_for_the_special_qualification_of_the_draft_can_be_chosen(client):
    draft = start(client)
    fill(client, draft, **ACCEPTED)
    assert "special qualification" in " ".join(said(choose(client, draft, offer=CHARITY.id)))

    fill(client, draft, **ACCEPTED, qualification="nonprofit")
    choose(client, draft, offer=CHARITY.id)

    assert [line.offer_id for line in OrderLine.objects.all()] == [CHARITY.id]


def test_who_changes_the_qualification_afterwards_reads_what_cannot_be_bought(client):
    draft = start(client)
    fill(client, draft, **ACCEPTED, qualification="nonprofit")
    choose(client, draft, offer=CHARITY.id)

    fill(client, draft, **ACCEPTED)

    assert f"{CHARITY}: Only for customers with the special" in client.get(review_of(draft)).context["bars"]


def test_a_user_admin_adds_customers_but_buys_nothing(browse, make_staff, contoso):
    client = browse(make_staff(contoso, "Uma", Role.USER_ADMIN))
    draft = start(client)
    fill(client, draft)

    page = client.get(subscriptions_of(draft))
    response = client.post(subscriptions_of(draft), {"offer": OFFERS[E3].id})

    assert "can buy and change subscriptions" in page.content.decode()
    assert response.status_code == 403
    assert client.get(lines_page_of(draft)).url == subscriptions_of(draft)
    assert not OrderLine.objects.exists()


def test_the_account_step_comes_first(client):
    draft = start(client)

    for page in (subscriptions_of(draft), lines_page_of(draft)):
        assert client.get(page).url == account_of(draft)


def test_a_trial_is_had_once(client, draft):
    choose(client, draft, TRIAL)

    assert said(choose(client, draft, TRIAL)) == ["A customer can try an offer once."]


def test_typing_in_the_search_gets_the_offers_alone(client, draft):
    response = client.get(subscriptions_of(draft), {"q": "visio"}, headers={"HX-Request": "true"})

    assert "Visio Online Plan 2" in response.content.decode()
    assert "<html" not in response.content.decode()


def test_the_page_of_offers_takes_as_many_queries_as_that_of_a_customer(client, draft, django_assert_max_num_queries):
    choose(client, draft)

    with django_assert_max_num_queries(12):
        client.get(subscriptions_of(draft))


def test_somebody_elses_draft_is_not_there(browse, draft, contoso, make_staff):
    agnes = browse(make_staff(contoso, "Agnes", Role.ADMIN_AGENT))

    for name in ("subscriptions", "order"):
        assert agnes.get(reverse(f"new_customers:{name}", args=[draft.pk])).status_code == 404
