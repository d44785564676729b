"""Very many subscriptions, while the worker is killed, messages come twice and others do the contrary: each row is as
its history says, and nothing is done to it twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import sweep
from partnercenter.notifications.models import Notification
from subscriptions.models import Subscription, SubscriptionChangeItem
from subscriptions.services.subscription_changes import change_next_subscriptions, start_subscription_change
from subscriptions.services.subscriptions import cancel_subscription, suspend_subscription
from tests.faults.waiting import has_begun, has_ended, row_is_waited_for, wait_until
from tests.subscribing import azure_plan, subscribe, subscribe_many

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

E3, CONFERENCING = "Office 365 Enterprise E3", "Audio Conferencing"
OFFICES, SHOPS = 8_000, 1_999
MANY = OFFICES + SHOPS + 1
AFTER = {Deed.SUBSCRIPTION_SUSPENDED: "suspended", Deed.SUBSCRIPTION_REACTIVATED: "active"}


@pytest.fixture
def large(tailspin):
    """Very many subscriptions of one customer; many of them are under its Azure plan."""
    subscribe_many(tailspin, OFFICES)
    subscribe_many(tailspin, SHOPS, "Azure subscription", name="Shop", parent=azure_plan(tailspin))
    return Subscription.objects.filter(customer=tailspin)


@pytest.fixture
def strange(fabrikam, make_customer):
    """What somebody else sold."""
    return subscribe(make_customer(fabrikam, "Wingtip Toys"), E3)


@pytest.fixture
def start(contoso, ana):
    """Ask for a change of subscriptions, as a page does."""

    def ask(act, chosen):
        return start_subscription_change(contoso, chosen, act, actor=ana.user)

    return ask


@pytest.fixture
def resting_worker(worker):
    """A worker that holds nothing for a moment after each chunk."""
    worker.kill()
    worker.start("tests.faults.resting")
    yield worker
    worker.kill()


def another_worker_goes_on(worker, job):
    """The lease of the job is over, as after some time, and somebody else hears of it."""
    worker.start()
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk, leased_until__isnull=False).update(leased_until=past)
    sweep()
    wait_until(has_ended(job))


def in_the_middle(job):
    job.refresh_from_db()
    return 0 < job.succeeded < MANY


def assert_each_was_suspended_once(change, rows, strange):
    """The rows, their lines in the log, the results, and the numbers of the job say the same."""
    job = Job.objects.get(pk=change.job_id)
    assert (job.status, job.total, job.succeeded, job.failed) == (Job.Status.DONE, MANY, MANY, 0)
    assert set(rows.values_list("status", "version")) == {("suspended", 2)}
    assert Counter(change.items.values_list("outcome", flat=True)) == {"done": MANY}
    lines = Activity.objects.filter(deed=Deed.SUBSCRIPTION_SUSPENDED).values_list("subject_id", flat=True)
    assert sorted(lines) == sorted(rows.values_list("pk", flat=True))
    assert Activity.objects.get(deed=Deed.SUBSCRIPTIONS_SUSPENDED).details == {"Subscriptions": MANY}
    assert Notification.objects.count() == 1
    strange.refresh_from_db()
    assert (strange.status, strange.version) == ("active", 1)


def test_a_worker_killed_between_two_chunks_leaves_nothing_out_and_does_nothing_twice(
    resting_worker, start, large, strange
):
    change = start("suspend", large)
    wait_until(has_begun(change.job))
    resting_worker.kill()
    assert in_the_middle(change.job)
    assert large.filter(status="suspended").count() == change.job.succeeded

    another_worker_goes_on(resting_worker, change.job)

    assert_each_was_suspended_once(change, large, strange)


def test_a_worker_killed_in_the_middle_of_a_chunk_is_the_same(resting_worker, start, large, strange):
    change = start("suspend", large)
    wait_until(has_begun(change.job))
    with transaction.atomic():
        list(large.filter(status="active").order_by("pk").select_for_update(no_key=True).values_list("pk"))
        wait_until(row_is_waited_for())
        resting_worker.kill()
    assert in_the_middle(change.job)

    another_worker_goes_on(resting_worker, change.job)

    assert_each_was_suspended_once(change, large, strange)


def test_the_same_message_twenty_times_suspends_each_once(worker, start, large, strange):
    change = start("suspend", large)

    for _message in range(20):
        current_app.send_task("jobs.run", [str(change.job_id)])
    wait_until(has_ended(change.job))

    assert_each_was_suspended_once(change, large, strange)


def test_two_workers_who_do_the_contrary_of_one_another_both_come_to_their_end(worker, start, large):
    changes = [start(act, large) for act in ("suspend", "reactivate", "suspend")]
    for change in changes:
        wait_until(has_ended(change.job))

    jobs = Job.objects.values_list("status", "total", "succeeded", "failed")
    assert [(status, total) for status, total, *_numbers in jobs] == [(Job.Status.DONE, MANY)] * 3
    assert all(succeeded + failed == total for _status, total, succeeded, failed in jobs)
    assert_as_their_history_says(large, before=dict.fromkeys(large.values_list("pk", flat=True), "active"))
    assert_results_are_lines(*changes)


def assert_as_their_history_says(rows, before):
    """Each line of the log begins where the one before it ended, and the last one is how a subscription is now."""
    states = dict(before)
    lines = Activity.objects.filter(deed__in=AFTER, subject_id__in=before).order_by("id")
    for pk, deed in lines.values_list("subject_id", "deed"):
        assert states[pk] != AFTER[deed], f"{pk} became {AFTER[deed]} twice"
        states[pk] = AFTER[deed]
    assert dict(rows.values_list("pk", "status")) == states
    changes = Counter(lines.values_list("subject_id", flat=True))
    assert dict(rows.values_list("pk", "version")) == {pk: 1 + changes[pk] for pk in before}
    assert not rows.filter(status="active").exclude(parent=None).exclude(parent__status="active").exists()
    assert not rows.filter(with_parent=True, parent__status="active").exists()


def assert_results_are_lines(*changes):
    """So many were done as there are lines that say so."""
    for act, deed in (("suspend", Deed.SUBSCRIPTION_SUSPENDED), ("reactivate", Deed.SUBSCRIPTION_REACTIVATED)):
        done = sum(change.items.filter(outcome="done").count() for change in changes if change.act == act)
        assert Activity.objects.filter(deed=deed).count() == done


def work_on(change, size):
    """Do a change to its end, as a worker does; what the database refuses is an error here."""

    def work():
        more = True
        while more:
            with transaction.atomic():
                more = change_next_subscriptions(change, size=size).more

    return work


@pytest.fixture
def families(tailspin):
    """Offices with add-ons and a plan with Azure subscriptions, some of them suspended alone or with their parents."""
    plan = azure_plan(tailspin)
    subscribe_many(tailspin, 12, "Azure subscription", name="Shop", parent=plan)
    for number in range(20):
        status = "suspended" if number % 3 == 0 else "active"
        office = subscribe(tailspin, E3, name=f"Office {number:02}", status=status)
        subscribe(tailspin, CONFERENCING, parent=office, status=status, with_parent=status == "suspended")
    subscribe(tailspin, "Azure subscription", parent=plan, name="Alone", status="suspended")
    return Subscription.objects.filter(customer=tailspin)


def behind(rows, *acts):
    """Do things at the same moment: when all of them wait for somebody who holds these rows, and lets go of them.

    The sentences of those that were refused; anything else that is raised is raised here.
    """

    def go(act):
        try:
            act()
        except Refused as sentence:
            return str(sentence)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        with transaction.atomic():
            list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
            going = [threads.submit(go, act) for act in acts]
            wait_until(row_is_waited_for(by=len(acts)), seconds=20)
        return [told for told in [one.result() for one in going] if told]


@pytest.mark.parametrize(("size", "other_size"), [(1, 2), (3, 7), (100, 100)])
def test_who_suspends_and_who_reactivates_the_same_at_once_wait_for_one_another(families, start, size, other_size):
    before = dict(families.values_list("pk", "status"))
    changes = [start(act, families) for act in ("suspend", "reactivate", "suspend", "reactivate")]

    assert (
        behind(
            families, *(work_on(one, size) for one in changes[:2]), *(work_on(one, other_size) for one in changes[2:])
        )
        == []
    )

    assert_as_their_history_says(families, before)
    assert_results_are_lines(*changes)
    assert not SubscriptionChangeItem.objects.filter(outcome="waiting").exists()


@pytest.mark.parametrize("size", [1, 3, 100])
def test_what_somebody_cancels_meanwhile_is_either_canceled_or_suspended(families, start, tailspin, ana, size):
    families.update(status="active", with_parent=False)
    change = start("suspend", families)
    offices = list(families.filter(name__startswith="Office").order_by("name_key"))
    acts = [partial(cancel_subscription, one, customer=tailspin, actor=ana.user) for one in offices[::4]]

    told = behind(families, work_on(change, size), *acts)

    canceled, suspended = (families.filter(status=status).count() for status in ("canceled", "suspended"))
    assert set(told) <= {"Only an active subscription can be canceled."}
    assert (canceled, canceled + suspended) == (2 * (len(acts) - len(told)), families.count())
    assert set(change.items.values_list("subscription__status", "outcome")) <= {
        ("suspended", "done"),
        ("canceled", "ended"),
    }
    assert Activity.objects.filter(deed=Deed.SUBSCRIPTION_CANCELED).count() == canceled
    assert Activity.objects.filter(deed=Deed.SUBSCRIPTION_SUSPENDED).count() == suspended


def test_what_somebody_suspends_alone_meanwhile_is_suspended_once(families, start, tailspin, ana):
    before = dict(families.values_list("pk", "status"))
    change = start("suspend", families)
    acts = [
        partial(suspend_subscription, one, customer=tailspin, actor=ana.user)
        for one in families.filter(parent=None)[:8]
    ]

    told = behind(families, work_on(change, 100), *acts)

    assert set(told) <= {"Only an active subscription can be suspended."}
    assert_as_their_history_says(families, before)
    assert set(families.values_list("status", flat=True)) == {"suspended"}
    assert set(change.items.values_list("outcome", flat=True)) <= {"done", "same"}


def test_two_resellers_and_a_suspension_at_once_are_done_one_after_the_other(
    northwind, adatum, make_customer, make_staff
):
    customer = make_customer(northwind, "Proseware", reseller=adatum)
    nora = make_staff(northwind, "Nora").user
    subscribe_many(customer, 60, reseller=None)
    rows = Subscription.objects.filter(customer=customer)
    changes = [
        start_subscription_change(northwind, rows, act, reseller=reseller, actor=nora)
        for act, reseller in (("suspend", None), ("reseller", adatum), ("reseller", None), ("reseller", adatum))
    ]

    assert behind(rows, *map(work_on, changes, (3, 7, 5, 60))) == []

    lines = Activity.objects.filter(deed=Deed.SUBSCRIPTION_CHANGED).order_by("id")
    resellers = dict.fromkeys(rows.values_list("pk", flat=True), "")
    for pk, details in lines.values_list("subject_id", "details"):
        old, new = details["Reseller"]
        assert (old, new) == (resellers[pk], "" if old else "Adatum")
        resellers[pk] = new
    assert {pk: name or "" for pk, name in rows.values_list("pk", "reseller__tenant__name")} == resellers
    number = Counter(lines.values_list("subject_id", flat=True))
    assert dict(rows.values_list("pk", "version")) == {pk: 2 + number[pk] for pk in resellers}
    assert set(rows.values_list("status", flat=True)) == {"suspended"}
