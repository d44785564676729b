"""A long job makes way for those of other partners, and goes on after them."""

from datetime import timedelta

import pytest

from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from tests.jobs.rows import read

pytestmark = [pytest.mark.usefixtures("work"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def of_fabrikam(make_job, fabrikam):
    """A job of Fabrikam that waits."""
    job = make_job(total=10)
    Job.objects.filter(pk=job.pk).update(partner=fabrikam)
    return job


@pytest.fixture
def short_turns(monkeypatch):
    monkeypatch.setattr("partnercenter.jobs.services.TURN", timedelta(0))


def standing(*jobs):
    return [(read(job).status, read(job).succeeded, read(job).attempts) for job in jobs]


def test_a_job_whose_turn_is_over_makes_way_for_one_of_another_partner(short_turns, make_job, of_fabrikam, queue, work):
    long, now = make_job(total=30), of_fabrikam.due_at
    Job.objects.filter(pk=of_fabrikam.pk).update(due_at=now + timedelta(hours=1))
    work.traps.append(lambda _job: Job.objects.filter(pk=of_fabrikam.pk).update(due_at=now))
    queue()

    run_job(long.pk)
    first = standing(long, of_fabrikam)
    rung = queue()
    for _message in range(100):  # whose turn it is, is drawn by lot
        run_job(long.pk)

    assert first == [(Job.Status.QUEUED, 10, 0), (Job.Status.QUEUED, 0, 0)]
    assert rung == [str(long.pk)]
    assert [row[0] for row in standing(long, of_fabrikam)] == [Job.Status.DONE] * 2


def test_nobody_makes_way_for_the_own_jobs(short_turns, make_job, work):
    long, other = make_job(total=30), make_job(total=10)

    run_job(long.pk)

    assert standing(long, other) == [(Job.Status.DONE, 30, 1), (Job.Status.QUEUED, 0, 0)]


def test_nobody_makes_way_before_the_turn_is_over(make_job, of_fabrikam, work):
    long = make_job(total=30)

    run_job(long.pk)
    run_job(long.pk)

    assert work.begun in ([0, 10, 20, 0], [0, 0, 10, 20])
