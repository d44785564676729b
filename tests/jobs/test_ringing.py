"""Workers hear of work, and hear of it again when a message was lost."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from partnercenter.jobs.models import Job
from partnercenter.jobs.services import enqueue, run_job, sweep
from tests.jobs.rows import let_lease_end, raiser, read

pytestmark = pytest.mark.usefixtures("work")


def test_asking_again_for_the_same_work_gives_the_job_that_is_there(make_job, tailspin, ana):
    job = make_job(total=25)

    again = enqueue(
        job.kind, subject_id=job.subject_id, subject="Other", total=9, url="/", partner=ana.partner, actor=ana.user
    )

    assert (again.pk, again.total, Job.objects.count()) == (job.pk, 25, 1)


@pytest.mark.django_db(transaction=True)
def test_workers_hear_of_a_job_when_it_is_committed(make_job, queue):
    with transaction.atomic():
        job = make_job()
        before = queue()

    assert (before, queue()) == ([], [str(job.pk)])


@pytest.mark.django_db(transaction=True)
def test_a_job_is_written_even_if_the_queue_is_away(make_job, no_queue):
    job = make_job()

    assert read(job).status == Job.Status.QUEUED


def test_the_sweep_sends_what_is_due_and_held_by_nobody(make_job, queue):
    now = timezone.now()
    earlier, later = now - timedelta(seconds=1), now + timedelta(seconds=20)
    waiting = make_job(due_at=now - timedelta(minutes=5))
    orphan = make_job(status=Job.Status.RUNNING, leased_until=earlier, due_at=now - timedelta(minutes=1))
    make_job(due_at=later)
    make_job(status=Job.Status.RUNNING, leased_until=later)
    make_job(status=Job.Status.DONE)
    make_job(status=Job.Status.FAILED)
    make_job(status=Job.Status.CANCELED)

    count = sweep()

    assert (count, queue()) == (2, [str(waiting.pk), str(orphan.pk)])


def test_a_sweep_without_a_queue_stops_at_the_first_job(make_job, no_queue):
    make_job()
    make_job()

    assert sweep() == 0
    assert list(Job.objects.values_list("rung_at", flat=True)) == [None, None]


def test_jobs_that_wait_for_a_free_worker_are_not_sent_at_each_sweep(make_job, queue):
    jobs = {str(make_job().pk) for _ in range(3)}

    counts = [sweep() for _ in range(5)]

    sent = queue()
    assert (counts, len(sent), set(sent)) == ([3, 0, 0, 0, 0], 3, jobs)


def test_a_message_that_was_lost_is_sent_again_after_a_minute(make_job, queue):
    make_job()
    now = timezone.now()

    counts = [sweep(now + timedelta(seconds=seconds)) for seconds in (0, 30, 60, 90, 120)]

    assert counts == [1, 0, 1, 0, 1]


def test_jobs_that_were_never_sent_come_before_those_that_wait_longer(make_job, queue):
    now = timezone.now()
    oldest = make_job(due_at=now - timedelta(hours=2), rung_at=now - timedelta(minutes=2))
    older = make_job(due_at=now - timedelta(hours=1), rung_at=now - timedelta(minutes=3))
    newest = make_job()

    sweep()

    assert queue() == [str(newest.pk), str(older.pk), str(oldest.pk)]


def test_a_job_whose_worker_died_is_sent_as_soon_as_its_lease_is_over(make_job, work, queue):
    job = make_job()
    work.traps.append(raiser(SystemExit()))

    first = sweep()
    with pytest.raises(SystemExit):
        run_job(job.pk)
    while_leased = sweep()
    let_lease_end(job)

    assert (first, while_leased, sweep()) == (1, 0, 1)


def test_a_job_whose_row_is_held_is_sent_when_it_is_free(make_job, frozen, queue):
    job = make_job()
    queue()
    frozen(job)

    assert (sweep(), queue(), read(job).rung_at) == (0, [], None)
