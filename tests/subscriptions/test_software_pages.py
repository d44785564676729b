"""The pages of software purchases: the list, and giving one back."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.partners.roles import Action, denial
from subscriptions.models import SoftwarePurchase
from tests.subscribing import buy_software


def listing(customer):
    return reverse("subscriptions:software", args=[customer.tenant_id])


def cancel(purchase):
    return reverse("subscriptions:cancel_software", args=[purchase.customer.tenant_id, purchase.pk])


def told(response):
    return [str(message) for message in response.context["messages"]]


def bought(response):
    return [record.quantity for record in response.context["table"].records]


def test_the_newest_purchase_comes_first_and_the_list_is_filtered_by_state(browse, ana, tailspin):
    now = timezone.now()
    buy_software(tailspin, quantity=1, purchased_at=now - timedelta(days=1))
    buy_software(tailspin, quantity=2, purchased_at=now)
    buy_software(tailspin, quantity=3, purchased_at=now - timedelta(days=2), status="canceled", canceled_at=now)
    client = browse(ana)

    answers = [bought(client.get(listing(tailspin), {"state": state})) for state in ("", "purchased", "canceled", "x")]

    assert answers == [[2, 1, 3], [2, 1], [3], [2, 1, 3]]


def test_an_empty_list_leads_to_the_catalog_and_a_filter_that_finds_nothing_back(browse, ana, tailspin):
    client = browse(ana)
    empty = client.get(listing(tailspin)).content.decode()
    buy_software(tailspin)

    filtered = client.get(listing(tailspin), {"state": "canceled"}).content.decode()

    assert reverse("subscriptions:new", args=[tailspin.tenant_id]) in empty
    assert ("No software yet" in empty, "No purchase matches" in filtered) == (True, True)


def test_a_purchase_is_canceled_after_a_question(browse, ana, tailspin):
    purchase = buy_software(tailspin, quantity=5)
    client = browse(ana)

    question = client.get(cancel(purchase)).content.decode()
    answers = [told(client.post(cancel(purchase), follow=True)) for _click in range(2)]

    assert "All 5 copies are given back; their product keys end." in question
    assert answers == [["The purchase of Windows Server 2019, 1 user CAL is canceled."]] * 2
    assert Activity.objects.filter(deed=Deed.SOFTWARE_CANCELED).count() == 1


def test_after_thirty_days_the_pages_say_until_when_it_could_be_canceled(browse, ana, tailspin):
    purchase = buy_software(
        tailspin, purchased_at=timezone.now() - SoftwarePurchase.CANCELABLE_FOR - timedelta(seconds=1)
    )
    client = browse(ana)

    looked = [client.get(address).content.decode() for address in (listing(tailspin), cancel(purchase))]
    response = client.post(cancel(purchase), follow=True)

    assert all("It could be canceled until" in body for body in looked)
    assert told(response)[0].startswith("It could be canceled until")
    assert SoftwarePurchase.objects.get().status == "purchased"


def test_who_may_only_look_reads_why(browse, hugo, tailspin):
    buy_software(tailspin)

    body = browse(hugo).get(listing(tailspin)).content.decode()

    assert denial(Action.MANAGE_SUBSCRIPTIONS) in body
    assert ("/cancel/" in body, "subscriptions/new/" in body) == (False, False)


def test_a_stranger_finds_nothing(browse, finn, tailspin):
    purchase = buy_software(tailspin)
    client = browse(finn)

    assert [client.get(address).status_code for address in (listing(tailspin), cancel(purchase))] == [404, 404]


def test_many_purchases_cost_few_queries(browse, ana, tailspin, django_assert_num_queries):
    for _number in range(30):
        buy_software(tailspin)
    client = browse(ana)
    client.get(listing(tailspin))

    with django_assert_num_queries(7):
        response = client.get(listing(tailspin))

    assert len(bought(response)) == 30
