import pytest
from django.urls import reverse

from customers.models import Agreement
from subscriptions.models import Order, OrderLine, Subscription
from subscriptions.services.orders import add_line, draft_for, place_order
from tests.subscribing import OFFERS, subscribe

E3, CONFERENCING = "Office 365 Enterprise E3", "Audio Conferencing"


@pytest.fixture
def client(browse, ana):
    return browse(ana)


@pytest.fixture
def line(tailspin, ana):
    return add_line(tailspin, OFFERS[E3], quantity=3, actor=ana.user)


def page(customer, name="review", *args):
    return reverse(f"subscriptions:{name}", args=[customer.tenant_id, *args])


def sent(*lines, **fields):
    """What the browser sends of a draft, with other values for `line-<number>-<name>` fields."""
    data = {"order": str(lines[0].order_id), "line": [str(line.pk) for line in lines]}
    for line in lines:
        data |= {f"line-{line.pk}-quantity": line.quantity, f"line-{line.pk}-billing_cycle": line.billing_cycle}
        if line.base_id:
            data[f"line-{line.pk}-belongs_to"] = f"line-{line.base_id}"
    return data | fields


def told(response):
    return [str(message) for message in response.context["messages"]]


def test_a_draft_is_changed_and_placed(client, tailspin, line):
    data = sent(line, place="") | {f"line-{line.pk}-quantity": 12, f"line-{line.pk}-billing_cycle": "monthly"}

    response = client.post(page(tailspin), data, follow=True)

    order = Order.objects.get()
    assert response.redirect_chain == [(page(tailspin, "order", order.pk) + "?placed=1", 302)]
    assert "The order was placed" in response.content.decode()
    [bought] = Subscription.objects.all()
    assert (bought.quantity, bought.billing_cycle) == (12, "monthly")


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("0", "Ensure this value is greater than or equal to 1."),
        ("10000001", "At most 10,000,000 can be bought."),
        ("", "Type how many."),
        ("five", "Type the quantity as a whole number."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_on_top(client, tailspin, line, quantity, sentence):
    response = client.post(page(tailspin), sent(line, place="") | {f"line-{line.pk}-quantity": quantity})

    body = response.content.decode()
    assert response.status_code == 422
    assert body.count(sentence) == 2
    assert f'href="#id_line-{line.pk}-quantity"' in body
    assert Subscription.objects.count() == 0


def test_an_add_on_is_offered_with_its_base(client, tailspin, line):
    add_ons = dict(client.get(page(tailspin)).context["form"].add_ons)
    data = sent(line, add="", add_on=OFFERS[CONFERENCING].id)

    client.post(page(tailspin), data)

    assert add_ons[OFFERS[CONFERENCING].id] == CONFERENCING
    assert [(one.offer.name, one.base) for one in OrderLine.objects.order_by("pk")] == [
        (E3, None),
        (CONFERENCING, line),
    ]


def test_an_add_on_that_is_none_of_these_is_not_added(client, tailspin, line):
    response = client.post(page(tailspin), sent(line, add="", add_on="nonsense"), follow=True)

    assert told(response) == ["Choose an add-on from the list first."]


def test_a_line_is_taken_out_whatever_else_is_wrong(client, tailspin, line, ana):
    other = add_line(tailspin, OFFERS["Visio Online Plan 2"], actor=ana.user)

    client.post(page(tailspin), sent(line, other, remove=str(line.pk)) | {f"line-{other.pk}-quantity": "nonsense"})

    assert [one.offer.name for one in OrderLine.objects.all()] == ["Visio Online Plan 2"]


def test_an_order_that_changed_in_another_window_is_looked_at_again(client, tailspin, line, ana):
    data = sent(line, place="")
    add_line(tailspin, OFFERS["Visio Online Plan 2"], actor=ana.user)

    response = client.post(page(tailspin), data, follow=True)

    assert told(response) == ["The order has changed in another window. This is how it is now."]
    assert Subscription.objects.count() == 0


def test_sending_twice_shows_the_order_that_was_placed(client, tailspin, line, ana):
    data = sent(line, place="")
    client.post(page(tailspin), data)
    add_line(tailspin, OFFERS["Visio Online Plan 2"], actor=ana.user)

    response = client.post(page(tailspin), data)

    assert response.url == page(tailspin, "order", line.order_id)
    assert Subscription.objects.count() == 1


def test_what_cannot_be_bought_any_more_says_so_and_locks_the_button(client, tailspin, line):
    Agreement.objects.all().delete()

    body = client.get(page(tailspin)).content.decode()
    response = client.post(page(tailspin), sent(line, place=""), follow=True)

    assert 'name="place" disabled aria-describedby="order-denied"' in body
    assert "has not accepted the customer agreement yet" in told(response)[0]


def test_an_empty_draft_leads_to_the_offers(client, tailspin):
    response = client.get(page(tailspin), follow=True)

    assert response.redirect_chain == [(page(tailspin, "new"), 302)]


def test_a_draft_is_discarded(client, tailspin, line):
    response = client.post(page(tailspin, "discard_order"))

    assert response.status_code == 302
    assert (Order.objects.count(), client.post(page(tailspin, "discard_order")).status_code) == (0, 404)


def test_the_draft_of_a_colleague_is_not_mine(browse, make_staff, contoso, tailspin, line):
    sam = browse(make_staff(contoso, "Sam", "sales_agent"))

    assert sam.get(page(tailspin, "order", line.order_id)).status_code == 404
    assert sam.get(page(tailspin)).status_code == 302
    assert sam.post(page(tailspin, "discard_order")).status_code == 404


def test_everybody_sees_the_orders_that_were_placed(browse, hugo, tailspin, line, ana):
    place_order(line.order, actor=ana.user)

    body = browse(hugo).get(page(tailspin, "orders")).content.decode()
    order = browse(hugo).get(page(tailspin, "order", line.order_id)).content.decode()

    assert "3 × Office 365 Enterprise E3" in body
    assert "Only a Global admin, Admin agent, or Sales agent can buy and change subscriptions." in body
    assert reverse("subscriptions:subscription", args=[tailspin.tenant_id, Subscription.objects.get().pk]) in order


def test_the_list_of_orders_asks_a_fixed_number_of_questions(client, tailspin, ana, django_assert_max_num_queries):
    for _number in range(12):
        add_line(tailspin, OFFERS[E3], actor=ana.user)
        place_order(draft_for(tailspin, actor=ana.user), actor=ana.user)

    with django_assert_max_num_queries(11):
        response = client.get(page(tailspin, "orders"))

    assert len(response.context["table"].records) == 12


def test_a_reservation_is_made_for_one_azure_subscription(client, tailspin, ana):
    plan = subscribe(tailspin, "Azure plan")
    azure = subscribe(tailspin, "Azure subscription", parent=plan, name="Production")
    line = add_line(tailspin, OFFERS["Reserved VM Instance, Standard B2s, 1 year"], actor=ana.user)
    chosen = {"scope": "single", "region": "Japan East", "billing_cycle": "upfront", "quantity": "2"}
    data = sent(line, place="") | {f"line-{line.pk}-{name}": value for name, value in chosen.items()}

    missing = client.post(page(tailspin), data)
    client.post(page(tailspin), data | {f"line-{line.pk}-azure": str(azure.pk)})

    assert missing.status_code == 422
    assert missing.content.decode().count("Choose the Azure subscription that this reservation is for.") >= 2
    line.refresh_from_db()
    assert (line.reservation.azure, line.reservation.region) == (azure, "Japan East")
