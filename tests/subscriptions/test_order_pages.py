from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Agreement
from partnercenter.errors import Refused
from subscriptions.catalog import CATALOG
from subscriptions.models import Order, OrderLine, Subscription
from subscriptions.services.orders import add_line, change_lines, draft_for, remove_line
from tests.subscribing import OFFERS, azure_subscription, order, subscribe

E3, CONFERENCING = "Office 365 Enterprise E3", "Audio Conferencing"
COMPLIANCE, STORAGE = "Office 365 Advanced Compliance", "Advanced eDiscovery Storage"
RESERVED = "Reserved VM Instance, Standard B2s, 1 year"


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


def asked(send):
    """How many questions a request asks the database, and its answer."""
    with CaptureQueriesContext(connection) as queries:
        answer = send()
    return len(queries), answer


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
        ("0", "Type a quantity of at least 1."),
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


def test_what_goes_together_with_a_line_is_told(client, tailspin, line, ana):
    compliance, storage, visio = (
        add_line(tailspin, OFFERS[name], actor=ana.user) for name in (COMPLIANCE, STORAGE, "Visio Online Plan 2")
    )

    response = client.post(page(tailspin), sent(line, compliance, storage, visio, remove=str(line.pk)), follow=True)

    assert told(response) == [f"Taken out of the order: {E3}, {COMPLIANCE}, {STORAGE}."]
    assert list(OrderLine.objects.all()) == [visio]


def test_choosing_more_keeps_what_was_typed(client, tailspin, line):
    response = client.post(page(tailspin), sent(line, more="") | {f"line-{line.pk}-quantity": 17})

    line.refresh_from_db()
    assert (response.url, line.quantity) == (page(tailspin, "new"), 17)


def test_nobody_is_asked_for_a_quantity_of_which_there_is_only_one(client, tailspin, ana):
    add_line(tailspin, OFFERS["Office 365 Enterprise E5 Trial"], actor=ana.user)

    review = client.get(page(tailspin))
    response = client.post(page(tailspin, "new"), {"offer": OFFERS["Office 365 Enterprise E3 Trial"].id})

    [form] = review.context["form"].forms
    assert list(form.fields) == []
    assert "25 Licenses" in review.content.decode()
    assert (response.status_code, OrderLine.objects.last().quantity) == (302, 25)


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


def test_a_reservation_is_made_for_one_azure_subscription(client, tailspin, ana):
    plan = subscribe(tailspin, "Azure plan")
    azure = subscribe(tailspin, "Azure subscription", parent=plan, name="Production")
    line = add_line(tailspin, OFFERS[RESERVED], actor=ana.user)
    chosen = {"scope": "single", "region": "Japan East", "billing_cycle": "upfront", "quantity": "2"}
    data = sent(line, place="") | {f"line-{line.pk}-{name}": value for name, value in chosen.items()}

    missing = client.post(page(tailspin), data)
    client.post(page(tailspin), data | {f"line-{line.pk}-azure": str(azure.pk)})

    assert missing.status_code == 422
    assert missing.content.decode().count("Choose the Azure subscription that this reservation is for.") >= 2
    line.refresh_from_db()
    assert (line.reservation.azure, line.reservation.region) == (azure, "Japan East")


@pytest.fixture
def reserve(tailspin, ana, shop):
    """Put reservations into the draft, and give what the browser sends to have each for one Azure subscription."""

    def fill(count):
        while draft_for(tailspin, actor=ana.user).lines.count() < count:
            add_line(tailspin, OFFERS[RESERVED], actor=ana.user)
        lines = list(OrderLine.objects.order_by("pk"))
        chosen = {"scope": "single", "region": "Japan East", "billing_cycle": "upfront", "azure": str(shop.pk)}
        return sent(*lines) | {f"line-{line.pk}-{name}": value for line in lines for name, value in chosen.items()}

    return fill


@pytest.mark.parametrize("listed", [200, 0], ids=["chosen", "typed"])
def test_the_review_asks_the_same_number_of_questions_for_any_number_of_lines(
    client, tailspin, reserve, listed, monkeypatch
):
    monkeypatch.setattr("subscriptions.forms.orders.LISTED", listed)

    def review(count):
        data = reserve(count)
        saving, saved = asked(lambda: client.post(page(tailspin), data))
        looking, looked = asked(lambda: client.get(page(tailspin)))
        assert (saved.status_code, looked.context["form"].why_not) == (302, "")
        assert OrderLine.objects.exclude(parent=None).filter(region="Japan East").count() == count
        return saving, looking

    client.get(page(tailspin))  # the first page of a session notes when it began
    few, many = review(2), review(20)

    assert few == many
    assert max(many) <= 20


def test_of_very_many_azure_subscriptions_the_id_is_typed(client, tailspin, reserve, plan, shop, monkeypatch):
    data, [line] = reserve(1), OrderLine.objects.all()
    suspended = azure_subscription(plan, "Archive", status="suspended")
    monkeypatch.setattr("subscriptions.forms.orders.LISTED", 0)

    looked = client.get(page(tailspin)).content.decode()
    wrong = [
        client.post(page(tailspin), data | {f"line-{line.pk}-azure": text}).content.decode()
        for text in ("Web shop", str(suspended.pk))
    ]
    client.post(page(tailspin), data)

    assert f'<input type="text" name="line-{line.pk}-azure"' in looked
    assert all("This is no active Azure subscription of this customer." in body for body in wrong)
    line.refresh_from_db()
    assert line.parent == shop


def test_what_is_right_is_kept_where_something_else_is_wrong(client, tailspin, line, ana):
    other = add_line(tailspin, OFFERS["Visio Online Plan 2"], actor=ana.user)
    data = sent(line, other, place="") | {f"line-{line.pk}-quantity": 40, f"line-{other.pk}-quantity": "many"}

    body = client.post(page(tailspin), data).content.decode()

    assert 'value="many"' in body
    assert [one.quantity for one in OrderLine.objects.order_by("pk")] == [40, 1]
    assert Subscription.objects.count() == 0


@pytest.mark.parametrize("round_about", ["itself", "its add-on"])
def test_nothing_belongs_to_itself_or_to_what_belongs_to_it(client, tailspin, line, ana, round_about):
    base, add_on = (add_line(tailspin, OFFERS[name], actor=ana.user) for name in (COMPLIANCE, STORAGE))
    chosen = {"itself": base, "its add-on": add_on}[round_about]
    data = sent(line, base, add_on, place="") | {f"line-{add_on.pk}-quantity": 70}

    response = client.post(page(tailspin), data | {f"line-{base.pk}-belongs_to": f"line-{chosen.pk}"})

    body = response.content.decode()
    assert (response.status_code, Subscription.objects.count()) == (422, 0)
    assert body.count("It cannot belong to that. Choose something from the list.") == 2
    assert 'value="70"' in body
    assert list(OrderLine.objects.order_by("pk").values_list("base", flat=True)) == [None, line.pk, base.pk]


@pytest.fixture
def two_ways(tailspin, ana, line, monkeypatch):
    """Two lines of which each could extend the other, as no catalog has it yet."""
    compliance, storage = OFFERS[COMPLIANCE], OFFERS[STORAGE]
    bases = {line.offer_id, compliance.id, storage.id}
    both_ways = {offer.id: replace(offer, requires=frozenset(bases - {offer.id})) for offer in (compliance, storage)}
    monkeypatch.setattr("subscriptions.models.order.CATALOG", {**CATALOG, **both_ways})
    return [add_line(tailspin, offer, actor=ana.user) for offer in (compliance, storage)]


def test_two_lines_do_not_belong_to_each_other(client, tailspin, line, two_ways):
    base, add_on = two_ways
    choices = [dict(form.fields["belongs_to"].choices) for form in client.get(page(tailspin)).context["form"].forms[1:]]
    apart = sent(line, base, add_on, save="") | {f"line-{add_on.pk}-belongs_to": f"line-{line.pk}"}
    separated = client.post(page(tailspin), apart)
    around = {f"line-{base.pk}-belongs_to": f"line-{add_on.pk}", f"line-{add_on.pk}-belongs_to": f"line-{base.pk}"}

    response = client.post(page(tailspin), apart | around)

    assert [f"line-{other.pk}" in names for other, names in zip((add_on, base), choices, strict=True)] == [False, True]
    assert (separated.status_code, response.status_code) == (302, 422)
    assert response.content.decode().count("Two offers cannot belong to each other.") == 4
    assert list(OrderLine.objects.order_by("pk").values_list("base", flat=True)) == [None, line.pk, line.pk]


def test_a_line_that_was_taken_out_meanwhile_is_not_saved(tailspin, line, ana):
    other = add_line(tailspin, OFFERS["Visio Online Plan 2"], actor=ana.user)
    remove_line(OrderLine.objects.get(pk=line.pk))

    with pytest.raises(Refused, match="The order has changed in another window"):
        change_lines(other.order, {line: {"quantity": 9}, other: {"quantity": 9}})

    other.refresh_from_db()
    assert other.quantity == 1


def test_what_was_typed_is_there_again_after_signing_in_again(tailspin, line, ana):
    client, add_on = Client(), OFFERS[CONFERENCING].id
    data = sent(line, save="") | {f"line-{line.pk}-quantity": "fifty", f"line-{line.pk}-billing_cycle": "monthly"}

    signed_out = client.post(page(tailspin), data | {"add_on": add_on})
    client.force_login(ana.user)
    response = client.get(page(tailspin))

    [form] = response.context["form"].forms
    assert signed_out.url.startswith("/accounts/login/")
    assert told(response) == ["You had been signed out. This is what you typed: look at it and save it."]
    assert (form["quantity"].value(), form["billing_cycle"].value()) == ("fifty", "monthly")
    assert f'<option value="{add_on}" selected>' in response.content.decode()
    assert OrderLine.objects.get().quantity == 3
    assert client.get(page(tailspin)).context["form"].forms[0]["quantity"].value() == 3


def test_who_comes_back_after_placing_sees_the_order_that_was_placed(browse, ana, tailspin):
    placed = order(tailspin, ana, E3)

    response = browse(ana).get(page(tailspin), follow=True)

    assert response.redirect_chain == [(reverse("subscriptions:order", args=[tailspin.tenant_id, placed.pk]), 302)]
    assert "This order was placed already. This is what was bought." in response.content.decode()
