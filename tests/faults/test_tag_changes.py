"""Tags of very many customers, while the worker is killed and messages come twice: each customer is as wanted."""

from datetime import timedelta

import pytest
from celery import current_app
from django.core.management import call_command
from django.utils import timezone

from customers.models import Customer, Tag
from customers.selectors.criteria import Criteria
from customers.services.tag_changes import start_change
from customers.services.tags import delete_tag
from partnercenter.activity.models import Activity, Deed
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import sweep
from partnercenter.notifications.models import Notification
from partnercenter.partners.models import Partner
from tests.faults.waiting import has_begun, has_ended, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

MANY = 20_000


@pytest.fixture
def large(worker):
    """A partner with very many customers."""
    call_command("seed", customers=MANY, name="Large", verbosity=0)
    return Partner.objects.select_related("tenant").get(tenant__name="Large")


@pytest.fixture
def vip(large):
    return Tag.objects.create(partner=large, name="Very important")


@pytest.fixture
def admin(large):
    return large.staff.get().user


def let_the_clock_run(job):
    """The lease of the job is over, as after some time."""
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk, leased_until__isnull=False).update(leased_until=past)


def tags_of_customers(partner):
    return dict(Customer.objects.filter(partner=partner).values_list("pk", "tag_ids"))


def kill_in_the_middle(worker, job):
    wait_until(has_begun(job))
    worker.kill()
    job.refresh_from_db()
    assert 0 < job.succeeded < MANY
    worker.start()
    let_the_clock_run(job)
    sweep()
    wait_until(has_ended(job))
    job.refresh_from_db()


def test_a_worker_killed_in_the_middle_leaves_no_customer_out_and_counts_none_twice(
    worker, large, vip, admin, contoso, make_customer
):
    stranger = make_customer(contoso, "Stranger", domain="stranger-of-contoso.onmicrosoft.com")
    before = tags_of_customers(large)
    job = start_change(large, Criteria(), total=MANY, add=[vip], url="/customers/", actor=admin)

    kill_in_the_middle(worker, job)

    assert (job.status, job.succeeded, job.failed) == (Job.Status.DONE, MANY, 0)
    assert tags_of_customers(large) == {pk: sorted([*tags, vip.pk]) for pk, tags in before.items()}
    assert Customer.objects.get(pk=stranger.pk).tag_ids == []
    assert Activity.objects.filter(deed=Deed.TAGS_CHANGED).count() == 1
    assert Notification.objects.count() == 1


def test_a_tag_whose_job_was_killed_in_the_middle_is_gone_from_everybody(worker, large, vip, admin):
    Customer.objects.filter(partner=large).update(tag_ids=[vip.pk])
    job = delete_tag(vip, actor=admin).job

    kill_in_the_middle(worker, job)

    assert (job.status, job.succeeded) == (Job.Status.DONE, MANY)
    assert set(Customer.objects.filter(partner=large).values_list("tag_count", flat=True)) == {0}
    assert not Tag.objects.filter(pk=vip.pk).exists()
    assert Activity.objects.filter(deed=Deed.TAG_DELETED).count() == 1


def test_the_same_message_twenty_times_changes_everybody_once(worker, large, vip, admin):
    job = start_change(large, Criteria(), total=MANY, add=[vip], url="/customers/", actor=admin)

    for _message in range(20):
        current_app.send_task("jobs.run", [str(job.pk)])
    wait_until(has_ended(job))

    job.refresh_from_db()
    assert (job.status, job.succeeded) == (Job.Status.DONE, MANY)
    assert Customer.objects.filter(partner=large, tag_ids__contains=[vip.pk]).count() == MANY
    assert Activity.objects.filter(deed=Deed.TAGS_CHANGED).count() == 1
