"""Orders that are placed, filled, forgotten and refused at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from customers.models import Customer
from partnercenter.errors import Refused
from subscriptions.catalog import CATALOG
from subscriptions.models import Order, OrderLine, Subscription
from subscriptions.services.orders import (
    add_line,
    draft_for,
    forget_drafts,
    place_order,
)
from tests.subscribing import OFFERS

E3, CONFERENCING, TRIAL = "Office 365 Enterprise E3", "Audio Conferencing", "Office 365 Enterprise E3 Trial"
RESERVED = CATALOG["RI-VM-D2S-V3-P1Y"]
OFFICE = CATALOG["SW-OFFICE-2019-PROPLUS"]


def add(customer, staff, *names, **options):
    return [add_line(customer, OFFERS.get(name) or CATALOG[name], actor=staff.user, **options) for name in names]


def place(customer, staff):
    return place_order(draft_for(customer, actor=staff.user), actor=staff.user)


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_once_buy_once(tailspin, ana):
    add(tailspin, ana, E3, TRIAL)
    draft = draft_for(tailspin, actor=ana.user)
    barrier = Barrier(20)

    def click():
        try:
            barrier.wait()
            return place_order(draft, actor=ana.user).pk
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        answers = [thread.result() for thread in [threads.submit(click) for _ in range(20)]]

    assert set(answers) <= {draft.pk, "Somebody else is changing this customer right now. Try again in a moment."}
    assert Subscription.objects.count() == 2
    assert Order.objects.filter(status="placed").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(10))
def test_a_purchase_and_the_end_of_the_relationship_exclude_each_other(tailspin, ana, _round):
    add(tailspin, ana, E3)
    draft = draft_for(tailspin, actor=ana.user)
    barrier = Barrier(2)

    def buy():
        barrier.wait()
        try:
            place_order(draft, actor=ana.user)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    def end_relationship():
        barrier.wait()
        try:
            with transaction.atomic():
                held = Customer.objects.select_for_update().get(pk=tailspin.pk)
                if Subscription.objects.filter(customer=held).exists():
                    return False
                Customer.objects.filter(pk=held.pk).update(ended_at=timezone.now())
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as threads:
        bought, ended = (thread.result() for thread in [threads.submit(buy), threads.submit(end_relationship)])

    assert bought != ended


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(10))
def test_a_line_never_joins_an_order_that_was_placed(tailspin, ana, _round):
    add(tailspin, ana, E3)
    draft = draft_for(tailspin, actor=ana.user)
    barrier = Barrier(2)

    def at_once(act):
        barrier.wait()
        try:
            return act()
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        placing = threads.submit(at_once, lambda: place_order(draft, actor=ana.user).status)
        threads.submit(at_once, lambda: add(tailspin, ana, "Visio Online Plan 2")).result()

    assert placing.result() == "placed"
    assert not OrderLine.objects.filter(order__status="placed", subscription=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_being_placed_is_not_forgotten(tailspin, ana):
    add(tailspin, ana, E3)
    Order.objects.update(touched_at=timezone.now() - timedelta(days=31))

    def forget():
        try:
            return forget_drafts(timezone.now())
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as threads:
        place(tailspin, ana)
        forgotten = threads.submit(forget).result(timeout=10)

    assert (forgotten, Order.objects.get().status) == (0, "placed")
