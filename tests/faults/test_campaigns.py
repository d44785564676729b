"""A campaign while the worker is killed and messages come twice: each customer is asked once."""

import pytest
from celery import current_app

from partnercenter.activity.models import Activity, Deed
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import sweep
from partnercenter.notifications.models import Notification
from subscriptions.models import Transfer
from tests.campaigning import send, upload
from tests.faults.creations import let_the_clock_run
from tests.faults.waiting import has_begun, has_ended, wait_until
from tests.subscribing import azure_plan

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

MANY = 20


@pytest.fixture
def resting_worker(worker):
    """A worker that holds nothing for a moment after each row."""
    worker.kill()
    worker.start("tests.faults.resting")
    yield worker
    worker.kill()


@pytest.fixture
def job(contoso, fabrikam, finn, make_customer):
    """The job of a campaign that was just sent."""
    rows = []
    for number in range(MANY):
        old = make_customer(contoso, f"Wingtip {number}")
        new = make_customer(fabrikam, old.name, tenant=old.tenant, domain=old.domain)
        azure_plan(old)
        azure_plan(new)
        rows.append(f"{new.tenant_id},{contoso.pk},")
    send(upload(finn, *rows), finn)
    return Job.objects.get()


def assert_each_customer_was_asked_once(job):
    job.refresh_from_db()
    assert (job.status, job.succeeded, job.failed) == (Job.Status.DONE, MANY, 0)
    assert Transfer.objects.values("target").distinct().count() == Transfer.objects.count() == MANY
    assert Activity.objects.filter(deed=Deed.TRANSFER_ASKED).count() == MANY
    assert Notification.objects.filter(kind="campaign_ended").count() == 1


def test_a_worker_killed_on_its_way_leaves_nobody_out_and_asks_nobody_twice(resting_worker, job):
    wait_until(has_begun(job))
    resting_worker.kill()
    job.refresh_from_db()
    assert 0 < job.succeeded < MANY
    assert Transfer.objects.count() == job.succeeded

    resting_worker.start()
    let_the_clock_run(job)
    sweep()
    wait_until(has_ended(job))

    assert_each_customer_was_asked_once(job)


def test_the_same_message_twenty_times_asks_everybody_once(worker, job):
    for _message in range(20):
        current_app.send_task("jobs.run", [str(job.pk)])
    wait_until(has_ended(job))

    assert_each_customer_was_asked_once(job)
