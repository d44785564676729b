from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from partnercenter.activity.models import Activity
from subscriptions.models import License, Subscription
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
    data = {"name": "Mail of the clinic", "quantity": "15", "billing_cycle": "monthly", "seen": "1"}

    response = browse(ana).post(page(e3, "edit"), data, follow=True)

    e3.refresh_from_db()
    assert told(response) == ["The subscription was saved."]
    assert (e3.name, e3.quantity, e3.billing_cycle, e3.auto_renew) == ("Mail of the clinic", 15, "monthly", False)


def test_too_few_seats_are_explained_at_the_field(browse, ana, e3):
    data = {"name": E3, "quantity": "9", "billing_cycle": "annual", "auto_renew": "on", "seen": "1"}

    response = browse(ana).post(page(e3, "edit"), data)

    assert response.status_code == 422
    assert text(response).count("Seats can be given back only within 7 days after they were added.") >= 2
    e3.refresh_from_db()
    assert e3.quantity == 10


def test_what_is_locked_is_not_changed_whatever_is_sent(browse, ana, e3):
    suspend_subscription(e3, customer=e3.customer, actor=ana.user)
    data = {"name": "Other", "quantity": "99", "billing_cycle": "monthly", "auto_renew": "", "seen": "2"}

    browse(ana).post(page(e3, "edit"), data)

    e3.refresh_from_db()
    assert (e3.name, e3.quantity, e3.billing_cycle, e3.auto_renew) == ("Other", 10, "annual", True)


def test_the_second_to_save_keeps_what_was_typed(browse, ana, e3):
    client = browse(ana)
    data = {"name": "First", "quantity": "10", "billing_cycle": "annual", "auto_renew": "on", "seen": "1"}
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


@pytest.fixture
def sold_with_adatum(northwind, adatum, make_customer, make_staff):
    """What Northwind sold to a customer that Adatum serves, and both of their admins."""
    theirs = make_customer(northwind, "Proseware", reseller=adatum)
    make_customer(adatum, "Proseware", tenant=theirs.tenant, domain=theirs.domain, provider=northwind)
    sold = subscribe(theirs, E3, now=timezone.now() - timedelta(days=100))
    return sold, make_staff(northwind, "Nora", "global_admin"), make_staff(adatum, "Adam", "global_admin")


def test_a_reseller_reads_nothing_of_what_its_provider_wrote_into_its_log(browse, sold_with_adatum):
    sold, nora, adam = sold_with_adatum
    browse(nora).post(page(sold, "edit"), fields_of(browse(nora), sold) | {"name": "Margin 31 percent"})

    body = text(browse(adam).get(page(sold)))

    assert Activity.objects.filter(subject_id=sold.pk).exists()
    assert nora.user.principal_name not in body
    assert "Your log has nothing of it." in body


def test_a_reseller_without_an_account_sees_nothing_of_a_customer(browse, sold_with_adatum):
    sold, _nora, adam = sold_with_adatum
    client = browse(adam)
    before = text(client.get("/subscriptions/"))

    Customer.objects.filter(partner__tenant__name="Adatum").update(ended_at=timezone.now())

    lists = (
        text(client.get("/subscriptions/")),
        b"".join(client.get("/subscriptions/export/").streaming_content).decode(),
    )
    assert "Proseware" in before
    assert [str(sold.customer.tenant_id) in one or "Proseware" in one for one in lists] == [False, False]


def test_a_reseller_reads_no_name_of_what_it_does_not_see(browse, sold_with_adatum, northwind, make_partner):
    sold, _nora, adam = sold_with_adatum
    secret = subscribe(sold.customer, CONFERENCING, parent=sold, name="Secret add-on", reseller=None)
    base = subscribe(sold.customer, E3, name="Secret base", reseller=None)
    seen = subscribe(sold.customer, CONFERENCING, parent=base, name="Seen")
    client = browse(adam)

    bodies = [text(client.get(address)) for address in (page(sold), page(seen), "/subscriptions/")]

    assert client.get(page(secret)).status_code == 404
    assert ["Secret" in body for body in bodies] == [False, False, False]


def test_who_is_on_record_stays_while_something_else_is_changed(browse, sold_with_adatum):
    sold, nora, _adam = sold_with_adatum
    Subscription.objects.update(support_contact=sold.reseller)
    Customer.objects.filter(partner=sold.partner).update(reseller=None)  # so that it serves nobody any more
    client = browse(nora)

    client.post(page(sold, "edit"), fields_of(client, sold) | {"name": "Sales"})

    after = Subscription.objects.get(pk=sold.pk)
    assert (after.name, after.reseller, after.support_contact) == ("Sales", sold.reseller, sold.reseller)


def fields_of(client, subscription):
    """What the form of a subscription sends if nobody changes anything."""
    form = client.get(page(subscription, "edit")).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: getattr(value, "pk", value) for name, value in values.items() if value not in (None, False)}


def test_who_was_overtaken_reads_what_is_different_and_saves_again(browse, ana, contoso, make_staff, e3):
    client = browse(ana)
    mine = fields_of(client, e3) | {"name": "Sales", "quantity": 12}
    others = browse(make_staff(contoso, "Agnes", "admin_agent"))
    others.post(page(e3, "edit"), fields_of(others, e3) | {"name": "Marketing", "quantity": 15})

    refused = client.post(page(e3, "edit"), mine)
    form = refused.context["form"]
    again = {name: form[name].value() for name in form.fields}

    assert refused.status_code == 422
    assert "Now it says: Name: Marketing; Quantity: 15. Save again to replace it with yours." in text(refused)
    assert (again["name"], again["quantity"]) == ("Sales", "12")
    assert client.post(page(e3, "edit"), again).status_code == 302
    e3.refresh_from_db()
    assert (e3.name, e3.quantity) == ("Sales", 12)


def test_nothing_of_what_has_ended_looks_as_if_it_could_be_changed(browse, ana, tailspin):
    over = subscribe(tailspin, E3, status="canceled")

    response = browse(ana).get(page(over, "edit"))

    assert all(field.disabled for name, field in response.context["form"].fields.items() if name != "seen")
    assert ">Save<" not in text(response)


def test_why_it_cannot_be_canceled_is_said_in_every_state(browse, ana, e3):
    suspend_subscription(e3, customer=e3.customer, actor=ana.user)

    assert "Only an active subscription can be canceled." in text(browse(ana).get(page(e3)))


def test_people_of_the_customer_read_the_product_and_not_what_the_partner_calls_it(browse, carla, e3):
    Subscription.objects.filter(pk=e3.pk).update(name="Pays late")
    License.objects.create(subscription=e3, user=carla)

    body = text(browse(carla).get("/my/"))

    assert E3 in body
    assert "Pays late" not in body


def test_what_ends_more_than_itself_asks_for_its_name(browse, ana, tailspin):
    base = subscribe(tailspin, E3)
    add_on = subscribe(tailspin, CONFERENCING, parent=base)
    client = browse(ana)

    asked = client.get(page(base, "cancel"))
    refused = client.post(page(base, "cancel"), {"name": "Office"})
    before = [Subscription.objects.get(pk=one.pk).status for one in (base, add_on)]
    canceled = client.post(page(base, "cancel"), {"name": f" {E3} "})

    assert f"Type “{E3}” to confirm" in text(asked)
    assert (refused.status_code, before) == (422, ["active", "active"])
    assert "That is another name. Nothing was done." in text(refused)
    assert canceled.status_code == 302
    assert {*Subscription.objects.values_list("status", flat=True)} == {"canceled"}


def test_what_ends_alone_asks_for_no_name(browse, ana, tailspin):
    one = subscribe(tailspin, E3)
    client = browse(ana)

    assert "to confirm" not in text(client.get(page(one, "cancel")))
    assert client.post(page(one, "cancel")).status_code == 302


def test_an_address_that_makes_no_sense_says_so(browse, ana, e3):
    assert "asks for something that is not there" in text(browse(ana).get("/subscriptions/?offer=nonsense"))
    assert "asks for something that is not there" not in text(browse(ana).get("/subscriptions/?q=office"))
