"""Work is done exactly once, whoever dies or comes twice."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone, translation

from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from partnercenter.jobs.checks import every_kind_has_a_handler
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import cancel_job, enqueue, handler_of, run_job, sweep

pytestmark = pytest.mark.usefixtures("work")


def read(job):
    return Job.objects.get(pk=job.pk)


def let_lease_end(job):
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def make_due(job):
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())


def raiser(error):
    def trap(job):
        raise error

    return trap


def lines(deed):
    return list(Activity.objects.filter(deed=deed).values_list("customer_name", "actor_name", "details"))


def test_a_job_is_done_in_chunks_and_told_to_have_ended_once(make_job, work):
    job = make_job(total=25)

    run_job(job.pk)

    now = read(job)
    assert (now.status, now.succeeded, now.failed) == (Job.Status.DONE, 25, 0)
    assert (work.begun, work.ended) == ([0, 10, 20], [Job.Status.DONE])
    assert now.started_at <= now.finished_at


def test_a_message_that_comes_twice_does_the_work_once(make_job, work):
    job = make_job(total=25)

    run_job(job.pk)
    run_job(job.pk)

    assert (work.begun, work.ended) == ([0, 10, 20], [Job.Status.DONE])


def test_a_job_that_somebody_works_on_is_left_alone(make_job, work):
    job = make_job(status=Job.Status.RUNNING, lease_number=1, leased_until=timezone.now() + timedelta(seconds=20))

    run_job(job.pk)

    assert (work.begun, read(job).lease_number) == ([], 1)


def test_a_job_whose_worker_died_goes_on_where_it_was(make_job, work):
    job = make_job(
        total=25,
        status=Job.Status.RUNNING,
        succeeded=10,
        started_at=timezone.now(),
        lease_number=4,
        leased_until=timezone.now() - timedelta(seconds=1),
    )

    run_job(job.pk)

    now = read(job)
    assert (work.begun, now.succeeded, now.status, now.lease_number) == ([10, 20], 25, Job.Status.DONE, 5)


def test_a_worker_that_wakes_up_too_late_stops_before_its_next_chunk(make_job, work):
    job = make_job(total=25)
    work.traps.append(lambda held: Job.objects.filter(pk=held.pk).update(lease_number=F("lease_number") + 1))

    run_job(job.pk)

    now = read(job)
    assert (work.begun, now.succeeded, now.status, work.ended) == ([0], 10, Job.Status.RUNNING, [])


def test_a_chunk_that_raises_is_undone_and_waits_before_it_is_tried_again(make_job, work, tailspin):
    job = make_job()

    def trap(held):
        type(tailspin).objects.filter(pk=tailspin.pk).update(name="Half done")
        raise ValueError("broken")

    work.traps.append(trap)
    run_job(job.pk)

    now = read(job)
    tailspin.refresh_from_db()
    assert (now.status, now.attempts, now.succeeded, tailspin.name) == (Job.Status.QUEUED, 1, 0, "Tailspin Toys")
    assert now.due_at > timezone.now()


def test_the_pauses_between_attempts_grow(make_job, work):
    job = make_job()
    work.traps.append(raiser(ValueError("broken")))
    pauses = []

    for _ in range(2):
        make_due(job)
        run_job(job.pk)
        pauses.append(round((read(job).due_at - timezone.now()).total_seconds()))

    assert pauses == [15, 45]


def test_a_job_that_fails_three_times_is_given_up(make_job, work):
    job = make_job()
    work.traps.append(raiser(ValueError("broken")))

    for _ in range(5):
        make_due(job)
        run_job(job.pk)

    now = read(job)
    assert (now.status, now.error) == (Job.Status.FAILED, Job.Error.UNEXPECTED)
    assert (work.begun, work.ended) == ([0, 0, 0], [Job.Status.FAILED])


def test_a_job_that_kills_its_worker_three_times_is_given_up(make_job, work):
    job = make_job()
    work.traps.append(raiser(SystemExit()))

    for _ in range(3):
        with pytest.raises(SystemExit):
            run_job(job.pk)
        let_lease_end(job)
    run_job(job.pk)

    now = read(job)
    assert (now.status, now.error) == (Job.Status.FAILED, Job.Error.STOPS_WORKERS)
    assert (work.begun, work.ended) == ([0, 0, 0], [Job.Status.FAILED])


def test_a_chunk_is_tried_three_times_even_after_others_succeeded(make_job, work):
    job = make_job(total=25)

    def trap(held):
        if held.processed == 10:
            raise ValueError("broken")

    work.traps.append(trap)
    for _ in range(5):
        make_due(job)
        run_job(job.pk)

    now = read(job)
    assert (work.begun, now.status, now.succeeded) == ([0, 10, 10, 10], Job.Status.FAILED, 10)


def test_a_database_that_goes_away_costs_no_attempt_of_its_own(make_job, work):
    job = make_job(total=25)
    work.traps.append(raiser(OperationalError("server closed the connection")))

    run_job(job.pk)
    work.traps.clear()
    let_lease_end(job)
    run_job(job.pk)

    now = read(job)
    assert (now.status, now.succeeded, work.ended) == (Job.Status.DONE, 25, [Job.Status.DONE])


def test_progress_never_goes_beyond_the_total(make_job):
    job = make_job(total=25)

    with pytest.raises(IntegrityError, match="progress_never_beyond_total"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(succeeded=20, failed=6)

    assert read(job).processed == 0


def test_a_waiting_job_is_canceled_at_once(make_job, work, ana):
    job = make_job(subject="users.csv")

    cancel_job(job, actor=ana.user)
    run_job(job.pk)

    assert (read(job).status, work.begun, work.ended) == (Job.Status.CANCELED, [], [Job.Status.CANCELED])
    assert lines(Deed.JOB_CANCELED) == [
        ("Tailspin Toys", "ana@contoso.onmicrosoft.com", {"Job": "users.csv", "Processed": 0})
    ]


def test_a_running_job_is_canceled_before_its_next_chunk(make_job, work, ana):
    job = make_job(total=25)
    work.traps.append(lambda held: cancel_job(held, actor=ana.user))

    run_job(job.pk)

    now = read(job)
    assert (now.status, now.succeeded) == (Job.Status.CANCELED, 10)
    assert (work.begun, work.ended) == ([0], [Job.Status.CANCELED])


def test_canceling_twice_is_canceling_once(make_job, ana):
    job = make_job(status=Job.Status.RUNNING, leased_until=timezone.now() + timedelta(seconds=20))

    cancel_job(job, actor=ana.user)
    first = read(job).cancel_requested_at
    cancel_job(job, actor=ana.user)

    assert (read(job).cancel_requested_at, len(lines(Deed.JOB_CANCELED))) == (first, 1)


def test_what_the_log_says_of_a_canceled_job_does_not_depend_on_the_language_of_who_canceled(make_job, ana):
    job = make_job(subject="users.csv")

    with translation.override("de"):
        cancel_job(job, actor=ana.user)

    assert lines(Deed.JOB_CANCELED)[0][2] == {"Job": "users.csv", "Processed": 0}


@pytest.mark.parametrize("status", [Job.Status.DONE, Job.Status.FAILED, Job.Status.CANCELED])
def test_a_job_that_has_ended_cannot_be_canceled(make_job, ana, status):
    job = make_job(status=status)

    with pytest.raises(Refused) as refused:
        cancel_job(job, actor=ana.user)

    assert str(refused.value) == f"This job has already ended: {status.label}. There is nothing left to stop."
    assert lines(Deed.JOB_CANCELED) == []


def test_asking_again_for_the_same_work_gives_the_job_that_is_there(make_job, tailspin, ana):
    job = make_job(total=25)

    again = enqueue(
        job.kind, subject_id=job.subject_id, subject="Other", total=9, url="/", customer=tailspin, actor=ana.user
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


def test_the_rate_and_the_time_left_follow_from_the_start(make_job):
    job = make_job(
        total=100, status=Job.Status.RUNNING, succeeded=40, failed=10, started_at=timezone.now() - timedelta(seconds=10)
    )

    assert (round(job.rate), round(job.time_left.total_seconds())) == (5, 10)


def test_a_job_that_has_not_begun_has_no_rate(make_job):
    job = make_job()

    assert (job.rate, job.time_left) == (None, None)


def test_a_kind_without_a_handler_is_an_error_of_the_settings(settings):
    settings.JOB_HANDLERS = {}

    with pytest.raises(ImproperlyConfigured):
        handler_of(Job.Kind.USER_IMPORT)
    assert [error.id for error in every_kind_has_a_handler()] == ["jobs.E001"]


@pytest.mark.parametrize("path", ["tests.jobs.handlers.work", "tests.jobs.handlers.nothing", "nowhere.at_all"])
def test_the_start_finds_a_handler_that_is_none(settings, path):
    settings.JOB_HANDLERS = {"user_import": path}

    assert [error.id for error in every_kind_has_a_handler()] == ["jobs.E001"]


def test_the_start_is_content_with_handlers_that_can_be_found():
    assert every_kind_has_a_handler() == []
