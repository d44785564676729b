from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from subscriptions.models import Subscription
from subscriptions.services.subscriptions import suspend_subscription
from tests.subscribing import subscribe

E3, CONFERENCING = "Office 365 Enterprise E3", "Audio Conferencing"


@pytest.fixture
def e3(tailspin):
    return subscribe(tailspin, E3, quantity=10, now=timezone.now() - timedelta(days=200))


def page(subscription, name="subscription"):
    return reverse(f"subscriptions:{name}", args=[subscription.customer.tenant_id, subscription.pk])


def text(response):
    return " ".join(response.content.decode().split())


def told(response):
    return [str(message) for message in response.context["messages"]]


def test_the_page_shows_what_was_bought_and_its_history(browse, ana, e3):
    suspend_subscription(e3, customer=e3.customer, actor=ana.user)

    body = text(browse(ana).get(page(e3)))

    assert "Suspended: its users cannot work with it." in body
    assert "It is not billed meanwhile." in body
    assert "Subscription suspended" in body
    assert ana.user.principal_name in body


def test_the_reason_stands_beside_what_cannot_be_done(browse, ana, hugo, e3):
    body, helpdesk = text(browse(ana).get(page(e3))), text(browse(hugo).get(page(e3)))

    assert "It could be canceled until" in body
    assert "Only a Global admin, Admin agent, or Sales agent can buy and change subscriptions." in helpdesk
    assert page(e3, "edit") in body
    assert page(e3, "edit") not in helpdesk


@pytest.mark.parametrize("status", Subscription.Status.values)
def test_every_state_has_its_page(browse, ana, tailspin, status):
    one = subscribe(tailspin, E3, status=status)

    response = browse(ana).get(page(one))

    assert response.status_code == 200
    assert one.get_status_display() in text(response)


@pytest.mark.parametrize(
    "offer",
    ["Azure plan", "Microsoft Azure", "Office 365 Enterprise E3 Trial", "Dynamics 365 - Additional Database Storage"],
)
def test_every_kind_has_its_pages(browse, ana, tailspin, offer):
    one = subscribe(tailspin, offer)

    answers = [
        browse(ana).get(page(one, name)).status_code
        for name in ("subscription", "edit", "suspend", "reactivate", "cancel")
    ]

    assert answers == [200] * 5


def test_the_page_asks_a_fixed_number_of_questions(browse, ana, e3, tailspin, django_assert_max_num_queries):
    client = browse(ana)
    for number in range(30):
        subscribe(tailspin, CONFERENCING, parent=e3, name=f"Room {number}")
        suspend_subscription(Subscription.objects.get(name=f"Room {number}"), customer=tailspin, actor=ana.user)

    with django_assert_max_num_queries(11):
        response = client.get(page(e3))

    assert response.status_code == 200


def test_it_is_changed_in_one_form(browse, ana, e3):
    data = {"name": "Mail of the clinic", "quantity": "15", "billing_cycle": "monthly", "version": "1"}

    response = browse(ana).post(page(e3, "edit"), data, follow=True)

    e3.refresh_from_db()
    assert told(response) == ["The subscription was saved."]
    assert (e3.name, e3.quantity, e3.billing_cycle, e3.auto_renew) == ("Mail of the clinic", 15, "monthly", False)


def test_too_few_seats_are_explained_at_the_field(browse, ana, e3):
    data = {"name": E3, "quantity": "9", "billing_cycle": "annual", "auto_renew": "on", "version": "1"}

    response = browse(ana).post(page(e3, "edit"), data)

    assert response.status_code == 422
    assert text(response).count("Seats can be given back only within 7 days after they were added.") >= 2
    e3.refresh_from_db()
    assert e3.quantity == 10


def test_what_is_locked_is_not_changed_whatever_is_sent(browse, ana, e3):
    suspend_subscription(e3, customer=e3.customer, actor=ana.user)
    data = {"name": "Other", "quantity": "99", "billing_cycle": "monthly", "auto_renew": "", "version": "2"}

    browse(ana).post(page(e3, "edit"), data)

    e3.refresh_from_db()
    assert (e3.name, e3.quantity, e3.billing_cycle, e3.auto_renew) == ("Other", 10, "annual", True)


def test_the_second_to_save_keeps_what_was_typed(browse, ana, e3):
    client = browse(ana)
    data = {"name": "First", "quantity": "10", "billing_cycle": "annual", "auto_renew": "on", "version": "1"}
    client.post(page(e3, "edit"), data)

    response = client.post(page(e3, "edit"), data | {"name": "Second"})

    assert response.status_code == 422
    assert "Somebody else changed this subscription a moment ago." in text(response)
    assert 'value="Second"' in text(response)


def test_suspending_says_in_numbers_what_it_means(browse, ana, e3, tailspin):
    subscribe(tailspin, CONFERENCING, parent=e3)

    body = text(browse(ana).get(page(e3, "suspend")))
    response = browse(ana).post(page(e3, "suspend"), follow=True)

    assert "1 subscription belongs to it and goes with it." in body
    assert "It is not billed while it is suspended." in body
    assert told(response) == [f"{E3} is suspended: its users cannot work with it."]
    assert set(Subscription.objects.values_list("status", flat=True)) == {"suspended"}


def test_a_second_click_is_told_that_it_was_the_second(browse, ana, e3):
    client = browse(ana)
    client.post(page(e3, "suspend"), follow=True)

    response = client.post(page(e3, "suspend"), follow=True)

    assert told(response) == ["Only an active subscription can be suspended."]


def test_a_reseller_sees_what_its_provider_sold_and_who_changes_it(
    browse, make_staff, northwind, adatum, make_customer
):
    theirs = make_customer(northwind, "Proseware", reseller=adatum)
    sold, other = subscribe(theirs, E3), subscribe(theirs, "Visio Online Plan 2", reseller=None)
    account = make_customer(
        adatum, "Proseware", tenant=theirs.tenant, domain=theirs.domain, provider=northwind,
        relationships=["indirect_reseller"],
    )  # fmt: skip
    adam = browse(make_staff(adatum, "Adam", "global_admin"))

    body = text(adam.get(page(sold)))

    assert "Northwind sold this subscription and changes it; ask them." in body
    assert adam.get(page(other)).status_code == 404
    assert account.tenant_id == theirs.tenant_id


def test_a_partner_of_the_same_customer_does_not_see_it(browse, finn, fabrikam, e3, tailspin, make_customer):
    make_customer(fabrikam, "Tailspin of Fabrikam", tenant=tailspin.tenant, domain=tailspin.domain)

    assert browse(finn).get(page(e3)).status_code == 404
