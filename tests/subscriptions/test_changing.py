from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from customers.services.meanwhile import Overtaken
from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from subscriptions.models import License, Reservation, Subscription
from subscriptions.services.subscriptions import (
    cancel_subscription,
    change_subscription,
    reactivate_subscription,
    suspend_subscription,
)
from tests.subscribing import act, change, give, limits, subscribe

E3, CONFERENCING = "Office 365 Enterprise E3", "Audio Conferencing"
WEEK = timedelta(days=7)


@pytest.fixture
def e3(tailspin):
    """A year old already: nothing of it can be given back or canceled any more."""
    return subscribe(tailspin, E3, quantity=10, now=timezone.now() - timedelta(days=200))


def states():
    return dict(Subscription.objects.values_list("name", "status"))


def test_more_seats_can_be_had_at_any_time(e3, ana):
    assert change(e3, ana, quantity=25)

    e3.refresh_from_db()
    assert e3.quantity == 25
    line = Activity.objects.get()
    assert (line.deed, line.subject_id) == (Deed.SUBSCRIPTION_CHANGED, e3.pk)
    assert line.details == {"Subscription": E3, "Quantity": [10, 25]}


def test_seats_are_given_back_only_within_a_week(e3, ana):
    change(e3, ana, quantity=25)

    with pytest.raises(Refused, match=r"The quantity cannot be 9\. From 10 to"):
        change(e3, ana, quantity=9)
    change(e3, ana, quantity=12)

    e3.refresh_from_db()
    assert (e3.quantity, limits(e3).fewest, limits(e3, now=timezone.now() + WEEK).fewest) == (12, 10, 12)


def test_what_was_added_last_is_given_back_first(e3, ana):
    change(e3, ana, quantity=15)
    e3.additions.filter(left=5).update(added_at=timezone.now() - timedelta(days=6))
    change(e3, ana, quantity=18)

    change(e3, ana, quantity=14)

    assert sorted(e3.additions.values_list("left", flat=True)) == [0, 4, 10]
    assert limits(e3, now=timezone.now() + timedelta(days=2)).fewest == 14


def test_there_are_never_fewer_seats_than_are_assigned(tailspin, ana):
    new = subscribe(tailspin, E3, quantity=10)
    give(new, 4)

    with pytest.raises(Refused, match="4 are assigned to users"):
        change(new, ana, quantity=3)
    change(new, ana, quantity=4)

    with pytest.raises(IntegrityError, match="never_more_seats_than_bought"), transaction.atomic():
        Subscription.objects.update(quantity=3)


def test_quantities_stay_within_those_of_the_offer(tailspin, ana):
    business = subscribe(tailspin, "Office 365 Business", quantity=300)

    with pytest.raises(Refused, match=r"The quantity cannot be 301\. From 1 to 300"):
        change(business, ana, quantity=301)


@pytest.mark.parametrize("values", [{"quantity": 11}, {"billing_cycle": "monthly"}, {"auto_renew": False}])
def test_nothing_of_the_purchase_changes_while_it_is_suspended(e3, ana, values):
    act(suspend_subscription, e3, ana)

    with pytest.raises(Refused, match="while the subscription is suspended"):
        change(e3, ana, **values)


def test_it_can_be_called_something_else_in_any_state(e3, ana):
    act(suspend_subscription, e3, ana)

    change(e3, ana, name="Mailboxes of the Ärzte")

    e3.refresh_from_db()
    assert (e3.name, e3.name_key) == ("Mailboxes of the Ärzte", "mailboxes of the arzte")
    assert (e3.search_text, e3.has_own_name) == (f"mailboxes of the arzte\n{E3.lower()}", True)


def test_saving_what_is_there_changes_nothing(e3, ana):
    assert not change(e3, ana, name=E3, quantity=10)
    assert Activity.objects.count() == 0


def test_the_second_to_save_is_told_so(e3, ana):
    change_subscription(e3, {"quantity": 11}, customer=e3.customer, seen="1", actor=ana.user)

    with pytest.raises(Overtaken, match="Somebody else changed this subscription"):
        change_subscription(e3, {"quantity": 12}, customer=e3.customer, seen="1", actor=ana.user)
    e3.refresh_from_db()
    assert (e3.quantity, e3.version) == (11, 2)


def test_a_trial_is_not_renewed(tailspin, ana):
    trial = subscribe(tailspin, "Office 365 Enterprise E3 Trial")

    with pytest.raises(Refused, match="A trial is not renewed"):
        change(trial, ana, auto_renew=True)


def test_a_trial_has_the_seats_it_has(tailspin):
    trial = subscribe(tailspin, "Office 365 Enterprise E3 Trial")

    assert limits(trial).why_not_quantity == "This offer is sold with exactly 25 seats."


def test_suspending_takes_add_ons_along_and_reactivating_brings_them_back(e3, tailspin, ana):
    subscribe(tailspin, CONFERENCING, parent=e3)
    act(suspend_subscription, e3, ana)
    suspended = states()

    e3.refresh_from_db()
    act(reactivate_subscription, e3, ana)

    assert suspended == {E3: "suspended", CONFERENCING: "suspended"}
    assert states() == {E3: "active", CONFERENCING: "active"}
    told = Activity.objects.order_by("id").values_list("deed", "details")
    alone, together = {"Subscription": E3}, {"Subscription": CONFERENCING, "Together with": E3}
    assert list(told) == [
        (Deed.SUBSCRIPTION_SUSPENDED, alone),
        (Deed.SUBSCRIPTION_SUSPENDED, together),
        (Deed.SUBSCRIPTION_REACTIVATED, alone),
        (Deed.SUBSCRIPTION_REACTIVATED, {"Subscription": CONFERENCING}),
    ]


def test_an_add_on_that_was_suspended_by_itself_stays_so(e3, tailspin, ana):
    add_on = subscribe(tailspin, CONFERENCING, parent=e3)
    act(suspend_subscription, add_on, ana)
    act(suspend_subscription, e3, ana)

    e3.refresh_from_db()
    act(reactivate_subscription, e3, ana)

    assert states() == {E3: "active", CONFERENCING: "suspended"}


def test_an_add_on_is_not_reactivated_before_its_base(e3, tailspin, ana):
    add_on = subscribe(tailspin, CONFERENCING, parent=e3)
    act(suspend_subscription, e3, ana)

    with pytest.raises(Refused, match=f"It belongs to {E3}, which is not active"):
        act(reactivate_subscription, add_on, ana)


def test_the_users_of_a_suspended_subscription_keep_their_licenses(e3, ana):
    give(e3, 3)

    act(suspend_subscription, e3, ana)

    assert (License.objects.count(), limits(e3).subscription.assigned) == (3, 3)


def test_it_can_be_canceled_within_a_week_of_its_purchase(tailspin, ana):
    new = subscribe(tailspin, E3, quantity=5)
    subscribe(tailspin, CONFERENCING, parent=new)
    give(new, 2)

    act(cancel_subscription, new, ana)

    new.refresh_from_db()
    assert states() == {E3: "canceled", CONFERENCING: "canceled"}
    assert (License.objects.count(), new.assigned, new.due_at) == (0, 0, None)


@pytest.mark.parametrize(
    ("before", "sentence"), [(timedelta(seconds=1), ""), (timedelta(seconds=-1), "It could be canceled until")]
)
def test_the_week_ends_to_the_second(tailspin, before, sentence):
    new = subscribe(tailspin, E3)

    assert limits(new, now=new.begun_at + WEEK - before).why_not_cancel.startswith(sentence)
    assert bool(limits(new, now=new.begun_at + WEEK - before).why_not_cancel) == bool(sentence)


def test_a_renewal_begins_a_new_week(e3, ana):
    Subscription.objects.update(term_begun_at=timezone.now() - timedelta(days=6))

    e3.refresh_from_db()
    act(cancel_subscription, e3, ana)

    assert states() == {E3: "canceled"}


def test_azure_can_be_canceled_at_any_time_and_leaves_its_reservations_behind(tailspin, ana):
    old = timezone.now() - timedelta(days=200)
    plan = subscribe(tailspin, "Azure plan", now=old)
    azure = subscribe(tailspin, "Azure subscription", parent=plan, now=old)
    Reservation.objects.create(
        customer=tailspin,
        offer_id="RI-VM-B2S-P3Y",
        name="Web",
        region="East US",
        quantity=1,
        scope="single",
        azure=azure,
        billing_cycle="upfront",
        term="P3Y",
        ends_at=old + timedelta(days=1095),
    )

    act(cancel_subscription, plan, ana)

    assert states() == {"Azure plan": "canceled", "Azure subscription": "canceled"}
    assert [one.is_orphan for one in Reservation.objects.all()] == [True]


@pytest.mark.parametrize("status", ["expired", "disabled", "deleted", "canceled"])
@pytest.mark.parametrize("service", [suspend_subscription, reactivate_subscription, cancel_subscription])
def test_what_is_over_is_not_brought_back(tailspin, ana, status, service):
    over = subscribe(tailspin, E3, status=status)

    with pytest.raises(Refused):
        act(service, over, ana)
    assert states() == {E3: status}


def test_nothing_of_what_has_ended_is_changed(tailspin, ana):
    over = subscribe(tailspin, E3, status="canceled")

    with pytest.raises(Refused, match="This subscription has ended"):
        change(over, ana, name="Something else")


@pytest.fixture
def through_northwind(northwind, adatum, make_customer):
    """What Northwind sells to a customer that Adatum serves, and Adatum's account for it."""
    theirs = make_customer(northwind, "Proseware", reseller=adatum)
    account = make_customer(
        adatum,
        "Proseware",
        domain=theirs.domain,
        tenant=theirs.tenant,
        provider=northwind,
        relationships=["indirect_reseller"],
    )
    return subscribe(theirs, E3, quantity=3), account


def test_a_reseller_sees_what_its_provider_sold_and_changes_nothing_of_it(through_northwind, make_staff, adatum):
    sold, account = through_northwind
    adam = make_staff(adatum, "Adam", "global_admin")

    assert limits(sold, account).why_nothing == "Northwind sold this subscription and changes it; ask them."
    with pytest.raises(Refused, match="Northwind sold this subscription"):
        suspend_subscription(sold, customer=account, actor=adam.user)


def test_a_provider_changes_the_reseller_of_record(through_northwind, make_staff, northwind):
    sold, _account = through_northwind
    nora = make_staff(northwind, "Nora", "global_admin")

    change(sold, nora, reseller=None)

    assert Activity.objects.get().details == {"Subscription": E3, "Reseller": ["Adatum", ""]}


def test_a_direct_partner_has_no_reseller_of_record(e3, ana, adatum):
    with pytest.raises(Refused, match="Only indirect providers sell through resellers"):
        change(e3, ana, reseller=adatum)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_add_seats_at_once_one_is_right_and_the_rest_are_told(e3, ana):
    barrier = Barrier(20)

    def click(_number):
        barrier.wait()
        try:
            change_subscription(e3, {"quantity": 20}, customer=e3.customer, seen="1", actor=ana.user)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(20) as threads:
        done = list(threads.map(click, range(20)))

    e3.refresh_from_db()
    assert (done.count(True), e3.quantity, e3.additions.count(), e3.version) == (1, 20, 2, 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(10))
def test_suspending_a_base_and_its_add_on_at_once_never_deadlocks(e3, tailspin, ana, _round):
    add_on = subscribe(tailspin, CONFERENCING, parent=e3)
    barrier = Barrier(2)

    def suspend(subscription):
        barrier.wait()
        try:
            act(suspend_subscription, subscription, ana)
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as threads:
        answers = set(threads.map(suspend, [e3, add_on]))

    assert answers <= {"", "Only an active subscription can be suspended."}
    assert states() == {E3: "suspended", CONFERENCING: "suspended"}


def test_somebody_who_is_no_reseller_of_the_provider_is_not_one_of_record(
    through_northwind, make_staff, northwind, contoso
):
    sold, _account = through_northwind
    nora = make_staff(northwind, "Nora", "global_admin")

    for name in ("reseller", "support_contact"):
        with pytest.raises(Refused, match="is not one of your resellers any more"):
            change(sold, nora, **{name: contoso})
