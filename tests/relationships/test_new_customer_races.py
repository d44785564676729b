"""Customers that are added at the same moment, and what the database reads to find one that is there already."""

from datetime import timedelta
from threading import Event

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from customers.models import Customer
from partnercenter.directory.models import Domain, Tenant, User
from partnercenter.partners.models import Partner
from relationships.forms.new_customer import form_of_answers
from relationships.models import NewCustomer
from relationships.selectors.new_customer_likeness import customers_alike
from relationships.services.new_customer_adding import BUSY, DomainTaken, add_customer
from relationships.services.new_customer_drafts import BUSY as BUSY_DRAFT
from relationships.services.new_customer_drafts import discard_draft, forget_drafts, keep_answers, start_draft
from subscriptions.models import Order
from subscriptions.services.orders import forget_drafts as forget_orders
from tests.customers.test_plans import Asked
from tests.racing import at_once
from tests.relationships.new_customers import ANSWERS

pytestmark = pytest.mark.django_db(transaction=True)


def draft_of(staff):
    return NewCustomer.objects.create(partner=staff.partner, made_by=staff.user, answers=ANSWERS)


def company(staff):
    form = form_of_answers(ANSWERS, staff=staff)
    assert form.is_valid(), form.errors
    return form.company


@pytest.mark.parametrize("_round", range(5))
def test_of_two_people_who_want_one_domain_one_gets_it(ana, finn, _round):
    drafts = [(draft_of(one), company(one), one) for one in (ana, finn)]

    answers = at_once(*(lambda d=d, c=c, s=s: add_customer(d, c, actor=s.user) for d, c, s in drafts))

    [taken] = [answer for answer in answers if isinstance(answer, str)]
    assert taken == str(DomainTaken("wideworld.onmicrosoft.com"))
    assert Customer.objects.count() == Domain.objects.filter(name="wideworld.onmicrosoft.com").count() == 1
    assert Tenant.objects.filter(name="Wide World Importers").count() == 1
    assert NewCustomer.objects.filter(status="draft").count() == 1


def test_ten_clicks_at_once_add_one_and_make_one_password(ana):
    draft, wanted = draft_of(ana), company(ana)

    answers = at_once(*[lambda: add_customer(draft, wanted, actor=ana.user)] * 10)

    assert sum(answer is not None and not isinstance(answer, str) for answer in answers) == 1
    assert {answer for answer in answers if isinstance(answer, str)} <= {str(BUSY)}
    assert Customer.objects.count() == 1
    assert User.objects.filter(principal_name="admin@wideworld.onmicrosoft.com").count() == 1


def test_ten_clicks_on_start_begin_one_draft(ana):
    answers = at_once(*[lambda: start_draft(ana, reseller=None).pk] * 10)

    assert len({*answers}) == NewCustomer.objects.count() == 1


def test_likeness_is_found_along_indexes_however_many_customers_there_are():
    call_command("seed", customers=25_000, password="demo-pass-word-1")
    partner = Partner.objects.get(tenant__name="Seeded Partner")
    some = Customer.objects.filter(partner=partner).select_related("bill_to").order_by("tenant_id")[0]
    asked = Asked()

    with connection.execute_wrapper(asked):
        found = customers_alike(partner, name=some.name, registration_id="12345", email=some.bill_to.email)

    assert some in [one.customer for one in found]
    assert [sql for node, sql in asked.faults() if node == "Seq Scan"] == []
    assert len(asked.queries) < 15


@pytest.mark.parametrize("_round", range(5))
def test_a_draft_is_kept_or_discarded_while_both_clocks_forget_its_order(ana, _round):
    long_ago = timezone.now() - timedelta(days=100)
    order = Order.objects.create(made_by=ana.user, touched_at=long_ago)
    draft = draft_of(ana)
    NewCustomer.objects.filter(pk=draft.pk).update(order=order, touched_at=long_ago)

    answers = at_once(
        lambda: keep_answers(draft, ANSWERS, checked=True),
        lambda: forget_orders(timezone.now()),
        lambda: forget_drafts(timezone.now()),
        lambda: discard_draft(draft),
    )

    assert str(BUSY_DRAFT) not in answers  # nobody waited for somebody who waited in turn
    assert not NewCustomer.objects.exists()
    assert not Order.objects.exists()


def test_who_waits_for_another_window_is_told_so(ana, monkeypatch):
    monkeypatch.setattr("partnercenter.locks.PATIENCE", "50ms")
    draft, held, kept = draft_of(ana), Event(), Event()

    def hold():
        with transaction.atomic():
            NewCustomer.objects.select_for_update().get(pk=draft.pk)
            held.set()
            kept.wait(10)

    def keep():
        held.wait(10)
        try:
            keep_answers(draft, {}, checked=False)
        finally:
            kept.set()

    _held, refused = at_once(hold, keep)

    assert str(refused) == str(BUSY_DRAFT)
