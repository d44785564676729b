"""The pages of reservations: the list, one of them, change and cancel."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.partners.roles import Action, denial
from subscriptions.forms.reservations import CHOICES
from subscriptions.models import REGRET, Reservation
from subscriptions.services.subscriptions import cancel_subscription
from tests.subscribing import azure_plan, azure_subscription, reserve


def listing(customer):
    return reverse("subscriptions:reservations", args=[customer.tenant_id])


def page(reservation, name="reservation"):
    return reverse(f"subscriptions:{name}", args=[reservation.customer.tenant_id, reservation.pk])


def told(response):
    return [str(message) for message in response.context["messages"]]


def names(response):
    return [record.name for record in response.context["table"].records]


def sent(client, reservation, **changes):
    """What the form of a reservation sends, with changes."""
    form = client.get(page(reservation, "edit_reservation")).context["form"]
    return {name: form[name].value() for name in form.fields} | changes


def test_the_newest_reservation_comes_first_with_what_it_is_for(browse, ana, tailspin, shop):
    now = timezone.now()
    reserve(tailspin, name="Shared servers", begun_at=now - timedelta(days=2), billing_cycle="upfront")
    reserve(tailspin, shop, name="Servers", begun_at=now)
    reserve(tailspin, name="Lonely", scope="single", begun_at=now - timedelta(days=1))

    response = browse(ana).get(listing(tailspin))

    body = response.content.decode()
    assert names(response) == ["Servers", "Lonely", "Shared servers"]
    for shown in ("West Europe", "1 year", "Upfront", "Monthly", "Orphan", reverse_of(shop)):
        assert shown in body


def reverse_of(subscription):
    return reverse("subscriptions:subscription", args=[subscription.customer.tenant_id, subscription.pk])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "active"}, {"Shared servers", "Servers", "Lonely"}),
        ({"state": "canceled"}, {"Gone"}),
        ({"scope": "single"}, {"Servers"}),
        ({"scope": "orphan"}, {"Lonely"}),
        ({"scope": "shared"}, {"Shared servers", "Gone"}),
        ({"scope": "shared", "state": "active"}, {"Shared servers"}),
        ({"scope": "round", "state": "liquid"}, {"Shared servers", "Servers", "Lonely", "Gone"}),
    ],
)
def test_the_list_is_filtered_by_state_and_scope(query, expected, browse, ana, tailspin, shop):
    reserve(tailspin, name="Shared servers")
    reserve(tailspin, shop, name="Servers")
    reserve(tailspin, name="Lonely", scope="single")
    reserve(tailspin, name="Gone", status="canceled")

    assert set(names(browse(ana).get(listing(tailspin), query))) == expected


def test_an_empty_list_leads_to_the_catalog_and_a_filter_that_finds_nothing_back(browse, ana, tailspin):
    client = browse(ana)
    without_plan = client.get(listing(tailspin)).content.decode()
    azure_plan(tailspin)
    empty = client.get(listing(tailspin)).content.decode()
    reserve(tailspin)

    filtered = client.get(listing(tailspin), {"state": "expired"}).content.decode()

    assert reverse("subscriptions:new", args=[tailspin.tenant_id]) not in without_plan
    assert "Needs an active subscription of" in without_plan
    assert reverse("subscriptions:new", args=[tailspin.tenant_id]) in empty
    assert "No reservations yet" in empty
    assert "No reservation matches" in filtered


def test_who_may_only_look_reads_why(browse, hugo, tailspin):
    reservation = reserve(tailspin)
    client = browse(hugo)

    bodies = [client.get(address).content.decode() for address in (listing(tailspin), page(reservation))]

    assert all(denial(Action.MANAGE_SUBSCRIPTIONS) in body for body in bodies)
    links = (page(reservation, "edit_reservation"), reverse("subscriptions:new", args=[tailspin.tenant_id]))
    assert not any(link in body for link in links for body in bodies)


def test_the_page_of_a_reservation_shows_its_history(browse, ana, tailspin, shop):
    reservation = reserve(tailspin, name="Servers")
    client = browse(ana)

    client.post(page(reservation, "edit_reservation"), sent(client, reservation, name="Rack", scope=str(shop.pk)))
    response = client.get(page(reservation))

    [line] = response.context["history"]
    assert (line.deed, line.details["Name"]) == (Deed.RESERVATION_CHANGED, ["Servers", "Rack"])
    assert "<del>Servers</del>" in response.content.decode()


def test_a_reservation_is_renamed_and_gets_another_scope(browse, ana, tailspin, shop):
    reservation = reserve(tailspin)
    client = browse(ana)

    response = client.post(
        page(reservation, "edit_reservation"), sent(client, reservation, name="Rack", scope=str(shop.pk)), follow=True
    )

    reservation.refresh_from_db()
    assert told(response) == ["The reservation was saved."]
    assert (reservation.name, reservation.scope, reservation.azure) == ("Rack", "single", shop)


def test_saving_what_is_there_already_says_so(browse, ana, tailspin, shop):
    reservation = reserve(tailspin, shop)
    client = browse(ana)

    response = client.post(page(reservation, "edit_reservation"), sent(client, reservation), follow=True)

    assert told(response) == ["Nothing was changed."]


def shown(response):
    """What a form sends that is on a page."""
    form = response.context["form"]
    return {name: form[name].value() for name in form.fields}


def test_who_saves_second_reads_what_is_different_and_replaces_it_by_saving_again(browse, ana, tailspin, shop):
    reservation = reserve(tailspin)
    client, address = browse(ana), page(reservation, "edit_reservation")
    slower = sent(client, reservation, name="Slower")
    client.post(address, sent(client, reservation, name="Faster", scope=str(shop.pk)))

    refused = client.post(address, slower)
    reservation.refresh_from_db()
    kept = reservation.name
    response = client.post(address, shown(refused), follow=True)

    reservation.refresh_from_db()
    assert (refused.status_code, kept) == (422, "Faster")
    sentence = (
        "Somebody else changed this reservation a moment ago. "
        "Now it says: Name: Faster; Scope: Only Web shop. Save again to replace it with yours."
    )
    assert refused.context["form"].non_field_errors() == [sentence]
    assert shown(refused) | {"seen": ""} == {"name": "Slower", "scope": "shared", "seen": ""}
    assert told(response) == ["The reservation was saved."]
    assert (reservation.name, reservation.scope) == ("Slower", "shared")


def test_a_third_person_who_was_faster_is_told_as_well(browse, ana, tailspin):
    reservation = reserve(tailspin)
    client, address = browse(ana), page(reservation, "edit_reservation")
    slower = sent(client, reservation, name="Slower")
    client.post(address, sent(client, reservation, name="Faster"))
    refused = client.post(address, slower)
    client.post(address, sent(client, reservation, name="In between"))

    again = client.post(address, shown(refused))

    assert again.status_code == 422
    assert "Now it says: Name: In between." in again.content.decode()


def test_what_was_typed_before_signing_in_again_replaces_nobodys_change_unseen(browse, ana, tailspin):
    reservation = reserve(tailspin)
    client, address = Client(), page(reservation, "edit_reservation")
    client.post(address, sent(browse(ana), reservation, name="Slower"))
    browse(ana).post(address, sent(browse(ana), reservation, name="Faster"))
    client.force_login(ana.user)

    response = client.post(address, shown(client.get(address)))

    assert response.status_code == 422
    assert "Now it says: Name: Faster." in response.content.decode()


@pytest.mark.parametrize("scope", ["", "everything", "00000000-0000-4000-8000-000000000000"])
def test_a_scope_that_is_none_is_refused(scope, browse, ana, tailspin):
    reservation = reserve(tailspin)
    client = browse(ana)

    response = client.post(page(reservation, "edit_reservation"), sent(client, reservation, scope=scope))

    reservation.refresh_from_db()
    assert (response.status_code, reservation.scope) == (422, "shared")
    assert "Choose an active Azure subscription, or “Shared”." in response.content.decode()


def test_an_orphan_is_shown_as_one_and_can_be_renamed_or_get_another_scope(browse, ana, tailspin, shop):
    reservation = reserve(tailspin, shop)
    cancel_subscription(shop, customer=tailspin, actor=ana.user)
    client = browse(ana)

    warned = "used by nothing: change its scope" in client.get(page(reservation)).content.decode()
    client.post(page(reservation, "edit_reservation"), sent(client, reservation, name="Lonely"))
    reservation.refresh_from_db()
    renamed = (reservation.name, reservation.is_orphan)
    client.post(page(reservation, "edit_reservation"), sent(client, reservation, scope="shared"))
    reservation.refresh_from_db()

    assert (warned, renamed, reservation.scope) == (True, ("Lonely", True), "shared")


def test_among_very_many_azure_subscriptions_a_search_finds_the_one(browse, ana, tailspin, plan):
    for number in range(CHOICES + 2):
        azure_subscription(plan, f"Lab {number:03}")
    wanted = azure_subscription(plan, "Web shop")
    reservation = reserve(tailspin)
    client = browse(ana)
    address = page(reservation, "edit_reservation")

    many = client.get(address).context["form"].fields["scope"].widget.choices
    form = client.get(address, {"q": "shop"}).context["form"]
    found = form.fields["scope"].widget.choices
    response = client.post(f"{address}?q=shop", sent(client, reservation, scope=str(wanted.pk)))

    reservation.refresh_from_db()
    assert (len(many), found) == (CHOICES + 1, [("shared", "Shared"), (str(wanted.pk), "Only Web shop")])
    assert (response.status_code, reservation.azure) == (302, wanted)


def test_a_reservation_is_canceled_after_a_question(browse, ana, tailspin):
    reservation = reserve(tailspin, name="Servers", quantity=3)
    client = browse(ana)

    question = client.get(page(reservation, "cancel_reservation")).content.decode()
    response = client.post(page(reservation, "cancel_reservation"), follow=True)
    again = client.post(page(reservation, "cancel_reservation"), follow=True)

    reservation.refresh_from_db()
    assert "3 instances in West Europe are no longer reserved." in question
    assert (told(response), told(again)) == (["Servers is canceled."], ["Servers is canceled."])
    assert reservation.status == Reservation.Status.CANCELED
    assert Activity.objects.filter(deed=Deed.RESERVATION_CANCELED).count() == 1


def test_after_seven_days_the_pages_say_until_when_it_could_be_canceled(browse, ana, tailspin):
    reservation = reserve(tailspin, begun_at=timezone.now() - REGRET - timedelta(seconds=1))
    client = browse(ana)

    looked = [client.get(page(reservation, name)).content.decode() for name in ("reservation", "cancel_reservation")]
    response = client.post(page(reservation, "cancel_reservation"), follow=True)

    assert all("It could be canceled until" in body for body in looked)
    assert told(response)[0].startswith("It could be canceled until")
    assert Reservation.objects.get().is_active


def test_the_last_day_to_cancel_is_shown_only_while_it_lies_ahead(browse, ana, hugo, tailspin):
    now = timezone.now()
    new = reserve(tailspin)
    old = reserve(tailspin, begun_at=now - REGRET - timedelta(seconds=1))
    ended = reserve(tailspin, status="canceled")

    bodies = {
        name: browse(person).get(page(reservation)).content.decode()
        for name, person, reservation in (
            ("new", ana, new), ("new to who may only look", hugo, new), ("old", ana, old), ("ended", ana, ended)
        )
    }  # fmt: skip

    assert [name for name, body in bodies.items() if "Can be canceled until" in body] == [
        "new", "new to who may only look"
    ]  # fmt: skip


def test_nothing_can_be_done_with_an_ended_reservation_and_its_page_says_so(browse, ana, tailspin):
    reservation = reserve(tailspin, status="expired")
    client = browse(ana)

    body = client.get(page(reservation)).content.decode()
    response = client.post(page(reservation, "edit_reservation"), sent(client, reservation, name="Rack"))

    assert "This reservation has ended: nothing of it can be changed any more." in body
    assert page(reservation, "edit_reservation") not in body
    assert response.status_code == 422


def test_a_stranger_and_a_reseller_find_nothing(browse, finn, tailspin, northwind, adatum, make_customer, make_staff):
    of_provider = make_customer(northwind, "Wingtip Toys", reseller=adatum)
    make_customer(adatum, "Wingtip Toys", tenant=of_provider.tenant, provider=northwind)
    rosa = make_staff(adatum, "Rosa", "global_admin")

    answers = [
        browse(person).get(page(reservation, name)).status_code
        for person, reservation in ((finn, reserve(tailspin)), (rosa, reserve(of_provider)))
        for name in ("reservation", "edit_reservation", "cancel_reservation")
    ]

    assert answers == [404] * 6


def test_many_reservations_cost_few_queries(browse, ana, tailspin, shop, django_assert_num_queries):
    reserve(tailspin, shop)
    client = browse(ana)
    client.get(listing(tailspin))
    for number in range(30):
        reserve(tailspin, azure_subscription(shop.parent, f"Shop {number}"))

    with django_assert_num_queries(8):
        response = client.get(listing(tailspin))

    assert len(names(response)) == 31
