"""A campaign while the worker is killed and messages come twice: each customer is asked once."""

from functools import partial

import pytest
from celery import current_app
from django.db import transaction

from customers.models import Customer
from partnercenter.activity.models import Activity, Deed
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import sweep
from partnercenter.notifications.models import Notification
from partnercenter.partners.roles import Role
from subscriptions.models import Transfer, TransferCampaign
from subscriptions.services.campaigns import discard_campaign, send_campaign
from tests.campaigning import rows_for, send, upload
from tests.faults.creations import let_the_clock_run
from tests.faults.waiting import has_begun, has_ended, wait_until
from tests.racing import ROUNDS, at_once
from tests.subscribing import azure_plan
from tests.transferring import signed

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
def uploaded(contoso, fabrikam, finn, make_customer):
    """A campaign that nobody has sent yet."""
    rows = []
    for number in range(MANY):
        old = make_customer(contoso, f"Wingtip {number}")
        new = make_customer(fabrikam, old.name, tenant=old.tenant, domain=old.domain)
        azure_plan(old)
        azure_plan(new)
        rows.append(f"{new.tenant_id},{contoso.pk},")
    return upload(finn, *rows)


@pytest.fixture
def job(uploaded, finn):
    """The job of the campaign, which was just sent."""
    send(uploaded, finn)
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


def test_an_account_that_somebody_holds_for_long_is_waited_for(worker, uploaded, finn):
    last = uploaded.rows.order_by("line").last()
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=last.account_id)
        at_once(partial(send, uploaded, finn))
        job = Job.objects.get()
        wait_until(has_begun(job))
        wait_until(lambda: Job.objects.get(pk=job.pk).status == Job.Status.QUEUED)
        job.refresh_from_db()
        assert (job.succeeded, job.failed) == (MANY - 1, 0)

    let_the_clock_run(job)
    sweep()
    wait_until(has_ended(job))

    assert_each_customer_was_asked_once(job)


def test_of_two_colleagues_who_sign_at_once_one_has_sent_it(uploaded, fabrikam, finn, make_staff):
    agnes = make_staff(fabrikam, "Agnes", Role.ADMIN_AGENT)

    answers = at_once(partial(send, uploaded, finn), partial(send, uploaded, agnes))

    assert sorted(answers) == [False, True]
    assert Job.objects.get().requested_by == TransferCampaign.objects.get().sent_by


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_what_is_discarded_while_it_is_sent_is_either(finn, contoso, targets, _round):
    campaign = upload(finn, *rows_for(targets, contoso))

    sends = partial(send_campaign, campaign, signed(finn), checked_at=campaign.checked_at, actor=finn.user)

    sent, _discarded = at_once(sends, partial(discard_campaign, campaign, actor=finn.user))

    assert (sent is True) == TransferCampaign.objects.exists() == Job.objects.exists()
