"""Ten thousand jobs of one partner: nobody else waits behind them."""

from datetime import timedelta
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from customers.models import TagChange
from customers.selectors.criteria import Criteria
from customers.services.tag_changes import start_change
from partnercenter.jobs.models import Job
from partnercenter.jobs.selectors import due, partners_in_turn
from partnercenter.jobs.services import run_job, sweep
from tests.faults.waiting import has_ended, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

VERY_MANY = 10_000


@pytest.fixture
def late_worker(worker):
    """A worker that the test starts, and that does not go on when the test has seen enough."""
    worker.kill()
    yield worker
    worker.kill()


@pytest.fixture
def crowd(contoso, ana):
    """So many jobs of Contoso, all due, of which no worker has heard: their ids, the one that waits longest first."""

    def make(count):
        since = timezone.now() - timedelta(hours=1)
        jobs = [
            Job(
                kind=Job.Kind.TAG_CHANGE,
                subject_id=uuid4(),
                subject="VIP",
                url="/customers/",
                partner=contoso,
                requested_by=ana.user,
                due_at=since + timedelta(milliseconds=number),
            )
            for number in range(count)
        ]
        Job.objects.bulk_create(jobs)
        TagChange.objects.bulk_create(
            [TagChange(id=job.subject_id, partner=contoso, requested_by=ana.user, job=job) for job in jobs]
        )
        return [job.pk for job in jobs]

    return make


@pytest.fixture
def one_of_fabrikam(fabrikam, finn):
    """Ask for one job of Fabrikam."""
    return lambda: start_change(fabrikam, Criteria(), total=0, url="/customers/", actor=finn.user)


def assert_it_was_done_long_before_the_others(job, ready_at):
    job.refresh_from_db()
    done = Job.objects.filter(status=Job.Status.DONE).count()
    assert (job.status, job.started_at - ready_at < timedelta(seconds=30)) == (Job.Status.DONE, True)
    assert done < VERY_MANY / 10


def test_a_job_behind_ten_thousand_of_another_partner_starts_soon(late_worker, crowd, one_of_fabrikam):
    crowd(VERY_MANY)
    sent = list(iter(sweep, 0))
    job = one_of_fabrikam()

    late_worker.start()
    ready_at = timezone.now()
    wait_until(has_ended(job))
    late_worker.kill()

    assert sent == [1_000] * 10
    assert_it_was_done_long_before_the_others(job, ready_at)


def test_a_job_behind_ten_thousand_starts_soon_even_if_the_queue_lost_all_messages(late_worker, crowd, one_of_fabrikam):
    crowd(VERY_MANY)
    job = one_of_fabrikam()
    redis.from_url(settings.REDIS_URL).flushdb()

    sweep()
    late_worker.start()
    ready_at = timezone.now()
    wait_until(has_ended(job))
    late_worker.kill()

    assert_it_was_done_long_before_the_others(job, ready_at)


def test_a_partner_whose_jobs_have_a_worker_gives_way_to_one_whose_have_none(crowd, one_of_fabrikam):
    first, second, *_rest = crowd(5)
    job = one_of_fabrikam()
    Job.objects.filter(pk=first).update(status=Job.Status.RUNNING, leased_until=timezone.now() + Job.LEASE)

    run_job(second)

    assert list(Job.objects.filter(status=Job.Status.DONE)) == [job]


def test_a_job_whose_worker_died_counts_for_nothing(crowd, one_of_fabrikam):
    first, *_rest = crowd(5)
    Job.objects.filter(pk=first).update(status=Job.Status.RUNNING, leased_until=timezone.now() - timedelta(seconds=1))
    job = one_of_fabrikam()
    Job.objects.filter(pk=job.pk).update(status=Job.Status.RUNNING, leased_until=timezone.now() + Job.LEASE)

    run_job(job.pk)

    assert list(Job.objects.filter(status=Job.Status.DONE).values_list("pk", flat=True)) == [first]


def test_one_worker_alone_does_the_jobs_of_all_partners_by_turns(crowd, one_of_fabrikam):
    named = crowd(100)
    job = one_of_fabrikam()

    done = 0
    while not has_ended(job)():
        run_job(named[done])
        done += 1

    assert done < 100


def test_as_many_messages_as_jobs_do_all_of_them_whichever_they_name(crowd, one_of_fabrikam):
    named = [*crowd(5), one_of_fabrikam().pk]

    for _message in named:
        run_job(named[0])

    assert set(Job.objects.values_list("status", "attempts", "lease_number")) == {(Job.Status.DONE, 1, 1)}


def test_indexes_tell_whose_turn_it_is_however_many_jobs_wait(crowd, contoso):
    *_waiting, last = crowd(2_000)
    Job.objects.filter(due_at__lt=Job.objects.get(pk=last).due_at - timedelta(seconds=1)).update(status=Job.Status.DONE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE jobs_job, partners_partner")

    partners = partners_in_turn(timezone.now()).explain()
    jobs = due(timezone.now()).filter(partner=contoso)[:1].explain()

    assert ("using jobs_to_do_in_turn" in partners, "using jobs_at_work" in partners) == (True, True)
    assert ("using jobs_to_do_in_turn" in jobs, "Sort" in jobs) == (True, False)
