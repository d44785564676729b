"""Licenses of very many users, while the worker is killed and messages come twice: each user has one, and a result."""

import pytest
from celery import current_app
from django.db import transaction

from partnercenter.activity.models import Activity, Deed
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import sweep
from partnercenter.notifications.models import Notification
from subscriptions.models import License, Subscription
from subscriptions.services.holding import hold_subscriptions
from subscriptions.services.license_changes import change_licenses
from tests.faults.creations import let_the_clock_run
from tests.faults.waiting import has_begun, has_ended, row_is_waited_for, wait_until
from tests.licensing import E3, E5, assigned, holders, results
from tests.subscribing import subscribe
from tests.users import make_many_users

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

MANY, SEATS = 12_000, 9_000


@pytest.fixture
def resting_worker(worker):
    """A worker that holds nothing for a moment after each chunk."""
    worker.kill()
    worker.start("tests.faults.resting")
    yield worker
    worker.kill()


@pytest.fixture
def users(tailspin):
    return make_many_users(tailspin, MANY, location="US")


@pytest.fixture
def e3(tailspin):
    return subscribe(tailspin, E3, quantity=SEATS)


@pytest.fixture
def change(tailspin, ana, users, e3):
    """A change that has just been asked for: everybody is to get a license, and too few are left."""
    return change_licenses(tailspin, users, assign=[e3.pk], actor=ana.user)


def another_worker_goes_on(worker, job):
    worker.start()
    let_the_clock_run(job)
    sweep()
    wait_until(has_ended(job))


def in_the_middle(job):
    job.refresh_from_db()
    return 0 < job.succeeded < MANY


def assert_each_user_has_one_result(change, users, e3):
    """Those who come first have a license each, and everything says so once."""
    job = Job.objects.get(pk=change.job_id)
    assert (job.status, job.succeeded, job.failed) == (Job.Status.DONE, SEATS, MANY - SEATS)
    assert results(change) == [(pk, "assigned") for pk in users[:SEATS]] + [(pk, "no_seat") for pk in users[SEATS:]]
    assert (holders(e3), assigned(e3), License.objects.count()) == ({*users[:SEATS]}, SEATS, SEATS)
    line = Activity.objects.get(deed=Deed.LICENSES_CHANGED)
    numbers = {"Users": MANY, "To be assigned": E3, "Licenses assigned": SEATS, "Left as they were": MANY - SEATS}
    assert (line.details, line.subject_id) == (numbers, e3.pk)
    assert Notification.objects.count() == 1


def test_a_worker_killed_between_two_chunks_leaves_nobody_out_and_gives_nobody_two(resting_worker, change, users, e3):
    wait_until(has_begun(change.job))
    resting_worker.kill()
    assert in_the_middle(change.job)

    another_worker_goes_on(resting_worker, change.job)

    assert_each_user_has_one_result(change, users, e3)


def test_a_worker_killed_in_the_middle_of_a_chunk_is_the_same(resting_worker, change, users, e3):
    wait_until(has_begun(change.job))
    with transaction.atomic():
        hold_subscriptions(Subscription.objects.filter(pk=e3.pk))
        wait_until(row_is_waited_for())
        resting_worker.kill()
    assert in_the_middle(change.job)
    assert License.objects.count() == change.job.succeeded

    another_worker_goes_on(resting_worker, change.job)

    assert_each_user_has_one_result(change, users, e3)


def test_the_same_message_twenty_times_gives_everybody_one(worker, change, users, e3):
    for _message in range(20):
        current_app.send_task("jobs.run", [str(change.job_id)])
    wait_until(has_ended(change.job))

    assert_each_user_has_one_result(change, users, e3)


def test_a_worker_killed_while_everybody_loses_one_product_for_another_takes_each_once(
    resting_worker, tailspin, ana, users
):
    old, new = subscribe(tailspin, E3, quantity=MANY), subscribe(tailspin, E5, quantity=MANY)
    License.objects.bulk_create(License(subscription=old, user_id=pk) for pk in users)
    change = change_licenses(tailspin, users, assign=[new.pk], revoke=[old.pk], actor=ana.user)
    wait_until(has_begun(change.job))
    resting_worker.kill()
    assert in_the_middle(change.job)
    assert holders(old) | holders(new) == {*users}

    another_worker_goes_on(resting_worker, change.job)

    change.job.refresh_from_db()
    assert (change.job.status, change.job.succeeded, change.job.failed) == (Job.Status.DONE, MANY, 0)
    assert (assigned(old), assigned(new), holders(new)) == (0, MANY, {*users})
    details = Activity.objects.get(deed=Deed.LICENSES_CHANGED).details
    assert (details["Licenses assigned"], details["Licenses revoked"]) == (MANY, MANY)
