"""What the customers of the demo have bought, as facts about the whole demo, which is loaded once."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from customers.models import Customer, QualificationDetails
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import Tenant, User
from relationships.demo.load import load_demo
from subscriptions.catalog import AZURE_PLAN, CATALOG, Kind
from subscriptions.catalog.terms import end_of_term
from subscriptions.models import (
    REGRET,
    License,
    Order,
    OrderLine,
    Reservation,
    RoleAssignment,
    SeatAddition,
    SoftwarePurchase,
    Subscription,
)
from subscriptions.selectors.eligibility import Eligibility, why_not_quantity
from subscriptions.selectors.subscriptions import active_plan_of, subscriptions_of_partner
from subscriptions.services.life_cycle import move_on
from subscriptions.services.reservations import expire_reservations

pytestmark = pytest.mark.django_db
Status = Subscription.Status


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup, django_db_blocker):
    """The demo as `make run` makes it, in a transaction around the tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo("a demo password")
        yield
        transaction.set_rollback(True)


def sold_by(name):
    return Subscription.objects.filter(partner__tenant__name=name)


def account(name, partner):
    return Customer.objects.get(name=name, partner__tenant__name=partner)


CONTOSO, NORTHWIND, ADATUM, FABRIKAM = "Contoso Cloud", "Northwind Distribution", "Adatum Resellers", "Fabrikam Azure"


def test_nothing_is_due_so_that_the_clock_has_nothing_to_do():
    now = timezone.now()

    assert (move_on(now), expire_reservations(now)) == (0, 0)


def test_nothing_was_bought_in_the_future_or_before_the_agreement():
    now = timezone.now()
    orders = Order.objects.annotate(day=TruncDate("placed_at"))

    assert Subscription.objects.filter(Q(begun_at__gt=now) | Q(status_at__gt=now)).count() == 0
    assert Reservation.objects.filter(begun_at__gt=now).count() == 0
    assert SoftwarePurchase.objects.filter(Q(purchased_at__gt=now) | Q(canceled_at__gt=now)).count() == 0
    assert orders.filter(Q(customer__agreement=None) | Q(day__lt=F("customer__agreement__accepted_on"))).count() == 0
    assert orders.filter(placed_at__lt=F("customer__begun_at")).count() == 0
    assert Activity.objects.filter(at__gt=now).count() == 0


def test_every_customer_of_contoso_has_one_to_five_products_and_one_in_ten_a_plan():
    licenses = sold_by(CONTOSO).filter(kind=Kind.LICENSE).values("customer").annotate(count=Count("pk"))
    plans = sold_by(CONTOSO).filter(kind=Kind.PLAN).annotate(azure=Count("children"))
    agreed = Customer.objects.filter(partner__tenant__name=CONTOSO, agreement__isnull=False, ended_at=None).count()

    assert licenses.count() == agreed
    assert {row["count"] for row in licenses} == {1, 2, 3, 4, 5}
    assert 150 < plans.count() < 250
    assert {plan.azure for plan in plans if plan.customer.name != "Litware"} == {1, 2, 3}


def test_there_is_something_in_every_state_and_of_every_kind():
    contoso = sold_by(CONTOSO)
    soon = timezone.now() + timedelta(days=30)

    assert set(contoso.filter(kind=Kind.LICENSE).values_list("status", flat=True)) == set(Status.values)
    assert set(contoso.values_list("kind", flat=True)) == {Kind.LICENSE, Kind.PLAN, Kind.AZURE}
    assert set(contoso.filter(kind=Kind.LICENSE).values_list("billing_cycle", flat=True)) == {"annual", "monthly", ""}
    for some in (
        contoso.filter(is_trial=True, status=Status.ACTIVE),
        contoso.filter(status=Status.ACTIVE, is_trial=False, auto_renew=False, term_ends_at__lt=soon),
        contoso.filter(name="Head office"),
        contoso.filter(terms__gt=2),
        Reservation.objects.filter(partner__tenant__name=CONTOSO),
        SoftwarePurchase.objects.filter(status=SoftwarePurchase.Status.PURCHASED),
        SoftwarePurchase.objects.filter(status=SoftwarePurchase.Status.CANCELED),
    ):
        assert some.count() >= 3


def test_terms_are_as_the_clock_counts_them():
    wrong = [
        one.name
        for one in Subscription.objects.exclude(term="").filter(parent=None)
        if (one.term_ends_at, one.term_begun_at)
        != (
            end_of_term(one.begun_at, one.term, one.terms),
            end_of_term(one.begun_at, one.term, one.terms - 1) if one.terms > 1 else one.begun_at,
        )
    ]

    assert wrong == []
    assert Subscription.objects.filter(term="").exclude(term_ends_at=None, due_at=None).count() == 0


def test_each_state_was_entered_when_its_time_had_come_and_is_left_when_that_comes():
    lengths = {Status.EXPIRED: (0, 30), Status.DISABLED: (30, 120), Status.DELETED: (120, None)}
    alone = Subscription.objects.filter(with_parent=False)

    for status, (entered, left) in lengths.items():
        for one in alone.filter(status=status):
            assert one.status_at == one.term_ends_at + timedelta(days=entered)
            assert one.due_at == (left and one.term_ends_at + timedelta(days=left))
            assert not one.auto_renew
    for one in alone.filter(status__in=[Status.ACTIVE, Status.SUSPENDED]):
        assert one.due_at == one.term_ends_at
    for one in alone.filter(status=Status.CANCELED, kind=Kind.LICENSE):
        assert (one.due_at, one.status_at <= one.cancelable_until) == (None, True)


def test_every_add_on_extends_what_it_can_and_is_in_the_state_of_that():
    children = Subscription.objects.exclude(parent=None).select_related("parent")

    assert children.filter(kind=Kind.LICENSE).count() > 100
    for one in children:
        assert one.parent.offer_id in one.offer.requires
        assert (one.customer_id, one.begun_at >= one.parent.begun_at) == (one.parent.customer_id, True)
        assert one.term_ends_at == one.parent.term_ends_at
        assert one.with_parent == (not one.parent.is_active)
        if one.with_parent:
            assert (one.status, one.status_at, one.due_at) == (one.parent.status, one.parent.status_at, None)
    required = [one for one in Subscription.objects.filter(parent=None) if one.offer.requires]
    assert required == []


def test_everything_was_sold_as_the_catalog_says():
    for one in Subscription.objects.select_related("partner__tenant", "customer"):
        offer = one.offer
        assert one.partner.tenant.cloud in offer.clouds
        assert why_not_quantity(offer, one.quantity) == ""
        assert offer.qualification in ("", one.customer.qualification)
        assert (one.kind, one.is_trial, one.term) == (offer.kind, offer.is_trial, offer.term)
        assert one.billing_cycle in (offer.cycles or ("",))


def test_subscriptions_are_found_by_what_they_are_called():
    wrong = [
        one.name
        for one in Subscription.objects.all()
        if Subscription.keys(one.name, one.offer_id)
        != {"name_key": one.name_key, "search_text": one.search_text, "has_own_name": one.has_own_name}
    ]

    assert wrong == []


def test_the_governments_and_the_german_cloud_have_azure_only():
    for name, cloud in (("Federal Cloud", "usgov"), ("Wolke Deutschland", "germany")):
        kinds = set(sold_by(name).values_list("kind", flat=True))
        offers = {CATALOG[one] for one in sold_by(name).values_list("offer_id", flat=True)}
        assert kinds == {Kind.PLAN, Kind.AZURE}
        assert all(cloud in offer.clouds for offer in offers)
        assert Reservation.objects.filter(partner__tenant__name=name).count() > 0


def test_what_was_bought_was_ordered_once_and_together_with_the_rest_of_its_moment():
    lines = OrderLine.objects.select_related("order", "subscription", "reservation", "software", "base", "parent")
    bought = Subscription.objects.count() + Reservation.objects.count() + SoftwarePurchase.objects.count()

    assert lines.count() == bought
    for line in lines:
        thing = line.subscription or line.reservation or line.software
        moment = thing.purchased_at if line.software else thing.begun_at
        assert (thing.customer_id, moment) == (line.order.customer_id, line.order.placed_at)
        assert (thing.offer_id, thing.quantity) == (line.offer_id, line.quantity)
        if line.subscription and line.subscription.parent_id:
            assert line.subscription.parent_id == (line.base.subscription_id if line.base else line.parent_id)
    orders = Order.objects.values("customer", "placed_at").annotate(count=Count("pk"))
    assert {row["count"] for row in orders} == {1}
    assert set(Order.objects.values_list("status", flat=True)) == {Order.Status.PLACED}
    made_by = Order.objects.filter(customer__partner__tenant__name=CONTOSO).values_list("made_by__display_name")
    assert set(made_by) == {("Ana",), ("Sam",)}


def test_seats_of_the_last_week_can_be_given_back():
    lately = Subscription.objects.filter(kind=Kind.LICENSE, begun_at__gt=timezone.now() - REGRET + timedelta(hours=1))
    additions = SeatAddition.objects.values_list("subscription", "added_at", "left")

    assert lately.count() > 10
    assert set(lately.values_list("pk", "begun_at", "quantity")) <= set(additions)
    assert SeatAddition.objects.filter(added_at__lt=timezone.now() - REGRET - timedelta(hours=1)).count() == 0


def test_people_have_licenses_and_no_seat_is_oversold():
    counted = Counter(License.objects.filter(freed_at=None).values_list("subscription", flat=True))
    assigned = dict(Subscription.objects.filter(assigned__gt=0).values_list("pk", "assigned"))
    licenses = License.objects.select_related("subscription__customer", "user")

    assert assigned == counted
    assert len(assigned) > 300
    assert Subscription.objects.filter(assigned__gt=F("quantity")).count() == 0
    for one in licenses:
        assert one.subscription.offer.is_assigned
        assert one.user.tenant_id == one.subscription.customer.tenant_id
        assert not one.subscription.has_ended


def test_tailspin_has_seats_for_whoever_is_uploaded():
    seats = Subscription.objects.filter(customer__name="Tailspin Toys").values_list("name", "status", "quantity")

    assert set(seats) == {("Office 365 Enterprise E3", "active", 1500), ("Office 365 Enterprise E5", "active", 200)}
    assert User.objects.filter(tenant__name="Tailspin Toys").count() == 0
    assert {one.available for one in Subscription.objects.filter(customer__name="Tailspin Toys")} == {1500, 200}


def test_litware_holds_azure_with_contoso():
    azure = Subscription.objects.filter(customer=account("Litware", CONTOSO), kind=Kind.AZURE)
    states = Counter(azure.values_list("status", flat=True))

    assert active_plan_of(account("Litware", CONTOSO)).offer_id == AZURE_PLAN
    assert states == {"active": 7, "suspended": 1, "canceled": 1}
    assert [one.name for one in azure.filter(offer_id="MS-AZR-0145P", parent=None)] == ["Line of business"]
    assert set(azure.exclude(status="canceled").values_list("role_assignments__role").annotate(Count("pk"))) == {
        ("owner", 16)
    }
    owners = RoleAssignment.objects.filter(subscription__in=azure).values_list("user__display_name", "partner")
    assert {user for user, partner in owners if partner is None} == {"Carla"}
    assert {partner for user, partner in owners if partner} == {account("Litware", CONTOSO).partner_id}


def test_litware_has_reservations_of_every_kind():
    reservations = Reservation.objects.filter(customer=account("Litware", CONTOSO))
    active = reservations.filter(status="active")

    assert Counter(reservations.values_list("status", flat=True)) == {"active": 9, "expired": 1}
    assert Counter(active.values_list("scope", flat=True)) == {"single": 7, "shared": 2}
    assert sum(one.is_orphan for one in reservations) == 1
    assert set(active.values_list("billing_cycle", flat=True)) == {"monthly", "upfront"}
    assert set(active.exclude(azure=None).values_list("azure__status", flat=True)) == {"active", "suspended"}


def test_litware_has_office_with_licenses_for_its_people():
    people = User.objects.filter(tenant__name="Litware").count()
    office = Subscription.objects.get(customer=account("Litware", CONTOSO), name="Microsoft 365 E3")

    assert (office.status, office.quantity, office.assigned) == ("active", 60, people)


def test_litware_is_ready_to_be_transferred_to_fabrikam():
    there = account("Litware", FABRIKAM)

    assert (there.agreement.first_name != "", there.agreement.accepted_on <= timezone.now().date()) == (True, True)
    assert active_plan_of(there).children.count() == 0
    assert sold_by(FABRIKAM).filter(customer=there).count() == 1
    assert Eligibility(there).bars_all == ""


def test_the_reseller_on_record_is_that_of_the_account():
    sold = sold_by(NORTHWIND)
    adatum = account_of_partner(ADATUM)

    assert sold.exclude(reseller=F("customer__reseller")).filter(customer__reseller__isnull=False).count() == 0
    assert sold.filter(customer__reseller=None, reseller__isnull=False).count() == 0
    assert sold.filter(reseller=adatum).count() > 20
    assert subscriptions_of_partner(adatum).filter(partner=adatum).count() > 0
    assert Subscription.objects.exclude(partner__tenant__name=NORTHWIND).exclude(reseller=None).count() == 0


def account_of_partner(name):
    return Customer.objects.filter(partner__tenant__name=name).first().partner


def test_a_few_customers_have_not_agreed_and_cannot_buy():
    without = Customer.objects.filter(partner__tenant__name=CONTOSO, agreement=None).select_related("partner__tenant")

    assert 3 <= without.count() <= 10
    assert Subscription.objects.filter(customer__in=without).count() == 0
    assert "not accepted the customer agreement" in Eligibility(without.first()).bars_all


def test_some_have_a_special_qualification_and_what_that_opens():
    qualified = Customer.objects.exclude(qualification="").order_by("name")
    nonprofit = Subscription.objects.filter(customer__qualification="nonprofit", kind=Kind.LICENSE)

    assert list(qualified.values_list("name", "qualification")) == [
        ("Baldwin Museum of Science", "nonprofit"),
        ("Bellows College", "education"),
        ("School of Fine Art", "nonprofit"),
    ]
    assert {one.offer.qualification for one in nonprofit if one.parent_id is None and not one.is_trial} == {"nonprofit"}
    details = QualificationDetails.objects.get(customer__name="Bellows College")
    assert (details.segment, details.website) == ("higher", "https://bellowscollege.example")


def test_the_history_begins_with_the_purchase_and_goes_on_to_the_state_of_now():
    bought = Activity.objects.filter(deed=Deed.SUBSCRIPTION_BOUGHT).values_list("subject_id", "at", "partner")
    ended = Activity.objects.filter(deed=Deed.SUBSCRIPTION_EXPIRED).values_list("subject_id", "at")

    assert set(bought) == set(Subscription.objects.values_list("pk", "begun_at", "partner"))
    assert set(ended) == set(
        Subscription.objects.filter(status__in=["expired", "disabled", "deleted"]).values_list("pk", "term_ends_at")
    )
    suspended = Activity.objects.filter(deed=Deed.SUBSCRIPTION_SUSPENDED)
    assert set(suspended.values_list("subject_id", "at")) == set(
        Subscription.objects.filter(status="suspended").values_list("pk", "status_at")
    )
    assert Activity.objects.filter(deed=Deed.ORDER_PLACED).count() == Order.objects.count()
    tailspin = Tenant.objects.get(name="Tailspin Toys")
    order = Activity.objects.get(deed=Deed.ORDER_PLACED, customer=tailspin)
    assert order.details == {"Offers": "1500 × Office 365 Enterprise E3, 200 × Office 365 Enterprise E5"}


def test_guids_are_the_same_in_every_demo():
    plan = active_plan_of(account("Litware", FABRIKAM))

    assert str(plan.pk) == "beb52b51-6106-5524-b187-1153d2ea101a"
