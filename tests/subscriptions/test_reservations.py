"""Reservations: name, scope, cancellation within seven days, what becomes of them; rules, limits, history."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.services.meanwhile import Overtaken
from partnercenter.activity.details import details_of
from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from subscriptions.models import REGRET
from subscriptions.selectors.reservations import reservations_of, version_of, why_not_cancel
from subscriptions.services.reservations import cancel_reservation, change_reservation, expire_reservations
from subscriptions.services.subscriptions import cancel_subscription
from tests.domains import at_once
from tests.subscribing import azure_plan, azure_subscription, reserve

SECOND = timedelta(seconds=1)


@pytest.fixture
def shared(tailspin):
    return reserve(tailspin, name="Servers")


def change(reservation, actor, *, name="Servers", azure=None, shared=False, seen=None):
    return change_reservation(
        reservation, name=name, azure=azure, shared=shared, seen=seen or version_of(reservation), actor=actor.user
    )


def lines(*deeds):
    found = Activity.objects.filter(deed__in=deeds).order_by("id")
    return [(line.subject_id, line.actor, line.details) for line in found]


def how(reservation):
    reservation.refresh_from_db()
    return reservation.name, reservation.scope, reservation.azure


def test_a_reservation_gets_another_name(shared, ana):
    changed = change(shared, ana, name="Servers of the shop", shared=True)

    assert (changed, how(shared)) == (True, ("Servers of the shop", "shared", None))
    details = {"Reservation": "Servers of the shop", "Name": ["Servers", "Servers of the shop"]}
    assert lines(Deed.RESERVATION_CHANGED) == [(shared.pk, ana.user, details)]


def test_a_shared_reservation_becomes_one_for_an_azure_subscription_and_shared_again(shared, shop, ana):
    change(shared, ana, azure=shop)
    single = how(shared)
    change(shared, ana, shared=True)

    assert (single, how(shared)) == (("Servers", "single", shop), ("Servers", "shared", None))
    assert [details for _subject, _actor, details in lines(Deed.RESERVATION_CHANGED)] == [
        {
            "Reservation": "Servers",
            "Scope": ["Shared", "Single subscription"],
            "Azure subscription": ["", "Web shop"],
        },
        {
            "Reservation": "Servers",
            "Scope": ["Single subscription", "Shared"],
            "Azure subscription": ["Web shop", ""],
        },
    ]


def test_a_reservation_moves_between_azure_subscriptions_of_one_name(tailspin, shop, ana):
    single, other = reserve(tailspin, shop, name="Servers"), azure_subscription(shop.parent, shop.name)

    changed = change(single, ana, azure=other)

    assert (changed, how(single)) == (True, ("Servers", "single", other))
    details = {"Reservation": "Servers", "Azure subscription": [f"Web shop, {shop.pk}", f"Web shop, {other.pk}"]}
    assert lines(Deed.RESERVATION_CHANGED) == [(single.pk, ana.user, details)]


def test_saving_what_is_there_already_writes_no_line(shared, ana):
    assert change(shared, ana, shared=True) is False
    assert lines(Deed.RESERVATION_CHANGED) == []


def test_of_two_people_who_change_a_reservation_the_second_is_told(shared, shop, ana, uri):
    seen = version_of(shared)
    change(shared, ana, name="Of Ana", shared=True, seen=seen)

    with pytest.raises(Overtaken, match="Somebody else changed this reservation a moment ago"):
        change(shared, uri, name="Of Uri", shared=True, seen=seen)

    assert how(shared) == ("Of Ana", "shared", None)


def test_a_second_click_changes_nothing_more(shared, ana):
    seen = version_of(shared)

    answers = [change(shared, ana, name="Other", shared=True, seen=seen) for _click in range(2)]

    assert (answers, len(lines(Deed.RESERVATION_CHANGED))) == ([True, False], 1)


@pytest.mark.parametrize("status", ["suspended", "canceled", "deleted"])
def test_a_reservation_is_not_for_an_azure_subscription_that_is_not_active(status, shared, shop, ana):
    shop.status = status
    shop.save(update_fields=["status"])

    with pytest.raises(Refused, match="Web shop is not an active Azure subscription any more"):
        change(shared, ana, azure=shop)

    assert how(shared) == ("Servers", "shared", None)


def test_a_reservation_is_not_for_the_azure_subscription_of_another_account(shared, ana, contoso, make_customer):
    other = azure_subscription(azure_plan(make_customer(contoso, "Wingtip Toys")))

    with pytest.raises(Refused, match="is not an active Azure subscription"):
        change(shared, ana, azure=other)


def test_a_reservation_is_not_for_a_plan(shared, shop, ana):
    with pytest.raises(Refused, match="is not an active Azure subscription"):
        change(shared, ana, azure=shop.parent)


def test_a_single_reservation_has_to_be_for_something(shared, ana):
    with pytest.raises(Refused, match="Choose the Azure subscription that this reservation is for"):
        change(shared, ana)


def test_what_is_for_a_suspended_azure_subscription_can_be_renamed(tailspin, shop, ana):
    single = reserve(tailspin, shop)
    shop.status = "suspended"
    shop.save(update_fields=["status"])

    change(single, ana, name="Servers", azure=shop)

    assert how(single) == ("Servers", "single", shop)


def test_the_reservation_of_a_canceled_azure_subscription_is_an_orphan_that_finds_another_one(tailspin, shop, ana):
    single, other = reserve(tailspin, shop, name="Servers"), azure_subscription(shop.parent, "Data lake")
    cancel_subscription(shop, customer=tailspin, actor=ana.user)
    single.refresh_from_db()
    orphan = single.is_orphan

    change(single, ana, name="Lonely servers")
    renamed = how(single)
    change(single, ana, name="Lonely servers", azure=other)

    assert orphan
    assert renamed == ("Lonely servers", "single", None)
    assert how(single) == ("Lonely servers", "single", other)


@pytest.mark.django_db(transaction=True)
def test_a_reservation_and_the_azure_subscription_it_would_be_for_change_one_after_the_other(shared, shop, ana):
    customer = shop.customer

    at_once(
        lambda: change(shared, ana, azure=shop),
        lambda: cancel_subscription(shop, customer=customer, actor=ana.user),
        behind=None,
    )

    assert how(shared)[2] is None


@pytest.mark.parametrize("status", ["expired", "canceled"])
def test_nothing_of_an_ended_reservation_can_be_changed(status, tailspin, ana):
    ended = reserve(tailspin, status=status)

    with pytest.raises(Refused, match="This reservation has ended"):
        change(ended, ana, shared=True)


def test_a_reservation_is_canceled_once_however_often_somebody_clicks(shared, ana):
    for _click in range(2):
        cancel_reservation(shared, actor=ana.user)

    shared.refresh_from_db()
    assert (shared.status, shared.canceled_at is None) == ("canceled", False)
    assert lines(Deed.RESERVATION_CANCELED) == [(shared.pk, ana.user, {"Reservation": "Servers"})]


def test_seven_days_to_the_second_a_reservation_can_be_canceled(tailspin):
    begun_at = timezone.now()
    reservation = reserve(tailspin, begun_at=begun_at)

    assert why_not_cancel(reservation, begun_at + REGRET) == ""
    assert "It could be canceled until" in why_not_cancel(reservation, begun_at + REGRET + SECOND)


def test_after_that_a_sentence_names_the_day(tailspin, ana):
    old = reserve(tailspin, begun_at=timezone.now() - REGRET - SECOND)

    with pytest.raises(Refused, match="It could be canceled until") as refused:
        cancel_reservation(old, actor=ana.user)

    assert str(timezone.localtime(old.cancelable_until).year) in str(refused.value)
    assert lines(Deed.RESERVATION_CANCELED) == []


def test_an_expired_reservation_cannot_be_canceled(tailspin, ana):
    with pytest.raises(Refused, match="This reservation has ended already"):
        cancel_reservation(reserve(tailspin, status="expired"), actor=ana.user)


def test_a_reservation_expires_in_the_second_in_which_its_term_ends(tailspin):
    reservation = reserve(tailspin, name="Servers")

    before = expire_reservations(reservation.ends_at - SECOND)
    after = expire_reservations(reservation.ends_at)
    again = expire_reservations(reservation.ends_at + SECOND)

    reservation.refresh_from_db()
    assert (before, after, again, reservation.status) == (0, 1, 0, "expired")
    assert lines(Deed.RESERVATION_EXPIRED) == [(reservation.pk, None, {"Reservation": "Servers"})]


def test_the_log_tells_of_whom_and_when_a_reservation_expired(tailspin):
    reservation = reserve(tailspin, begun_at=timezone.now() - timedelta(days=500))

    expire_reservations(timezone.now())

    line = Activity.objects.get(deed=Deed.RESERVATION_EXPIRED)
    assert (line.partner, line.customer_id, line.customer_name) == (tailspin.partner, tailspin.tenant_id, tailspin.name)
    assert (line.actor_name, line.at) == ("", reservation.ends_at)


def test_very_many_expire_in_one_go_and_in_several_transactions(tailspin):
    due = timezone.now() + timedelta(days=500)
    for _number in range(5):
        reserve(tailspin)

    ended = [expire_reservations(due, size=2, chunks=2) for _minute in range(3)]

    assert (ended, len(lines(Deed.RESERVATION_EXPIRED))) == ([4, 1, 0], 5)


def test_two_reservations_expire_in_as_many_queries_as_forty(tailspin):
    counted = []
    for number in (2, 40):
        for _number in range(number):
            reserve(tailspin)
        with CaptureQueriesContext(connection) as queries:
            ended = expire_reservations(timezone.now() + timedelta(days=500))
        counted.append((ended, len(queries)))

    assert [ended for ended, _queries in counted] == [2, 40]
    assert len({queries for _ended, queries in counted}) == 1


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_let_each_reservation_expire_once(tailspin):
    due = timezone.now() + timedelta(days=500)
    for _number in range(20):
        reserve(tailspin)

    at_once(*[lambda: expire_reservations(due, size=3)] * 2)
    expire_reservations(due)

    told = [subject for subject, _actor, _details in lines(Deed.RESERVATION_EXPIRED)]
    assert (len(told), len({*told})) == (20, 20)


def test_an_account_shows_its_own_reservations_and_no_others(northwind, adatum, make_customer):
    of_provider = make_customer(northwind, "Wingtip Toys", reseller=adatum)
    of_reseller = make_customer(adatum, "Wingtip Toys", tenant=of_provider.tenant, provider=northwind)
    reservation = reserve(of_provider)

    assert ([*reservations_of(of_provider)], [*reservations_of(of_reseller)]) == ([reservation], [])


def test_the_history_tells_old_and_new_scope_in_the_language_of_the_reader(shared, shop, ana):
    change(shared, ana, azure=shop)

    [line] = Activity.objects.filter(deed=Deed.RESERVATION_CHANGED)

    assert [str(detail) for detail in details_of(line)] == [
        "Scope: Shared → Single subscription",
        "Reservation: Servers",
        "Azure subscription: – → Web shop",
    ]
