"""Work is done exactly once, whoever dies or comes twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone, translation

from partnercenter import locks
from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import cancel_job, run_job, sweep
from tests.jobs.rows import let_lease_end, make_due, raiser, read

pytestmark = pytest.mark.usefixtures("work")


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


def test_a_job_whose_end_cannot_be_told_is_given_up_all_the_same(make_job, work, caplog):
    job = make_job()
    work.end_traps.append(raiser(ValueError("broken")))

    for _ in range(5):
        make_due(job)
        run_job(job.pk)

    now = read(job)
    assert (now.status, now.error, work.begun) == (Job.Status.FAILED, Job.Error.UNEXPECTED, [0, 10, 20] + [20] * 2)
    assert caplog.messages[-1] == f"job {job.pk} was given up, and its end could not be told"


def test_a_job_that_kills_workers_and_whose_end_cannot_be_told_is_met_by_no_other_sweep(make_job, work, queue):
    job = make_job(status=Job.Status.RUNNING, attempts=3, leased_until=timezone.now() - timedelta(seconds=1))
    work.end_traps.append(raiser(ValueError("broken")))

    run_job(job.pk)

    now = read(job)
    assert (now.status, now.error, sweep()) == (Job.Status.FAILED, Job.Error.STOPS_WORKERS, 0)


def test_deadlocks_cost_a_pause_and_no_attempt(make_job, work):
    job = make_job(total=25)
    work.traps.append(raiser(OperationalError("deadlock detected")))
    seen = []

    for _ in range(4):
        run_job(job.pk)
        now = read(job)
        seen.append((now.status, now.attempts, round((now.due_at - timezone.now()).total_seconds())))
        make_due(job)
    work.traps.clear()
    run_job(job.pk)

    assert seen == [(Job.Status.QUEUED, 0, 5)] * 4
    assert (read(job).status, read(job).succeeded, work.ended) == (Job.Status.DONE, 25, [Job.Status.DONE])


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_connection_breaks_is_given_back_in_a_new_one(make_job, work, queue):
    job = make_job(total=25)

    def break_connection(held):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    work.traps.append(break_connection)
    run_job(job.pk)

    now = read(job)
    assert (now.status, now.attempts, now.succeeded, now.leased_until) == (Job.Status.QUEUED, 0, 0, None)


def test_a_job_of_which_a_chunk_is_frozen_cannot_be_canceled_and_nobody_waits_long(make_job, ana, frozen, monkeypatch):
    monkeypatch.setattr(locks, "PATIENCE", "100ms")
    job = make_job(status=Job.Status.RUNNING)
    frozen(job)

    with pytest.raises(Refused) as refused:
        cancel_job(job, actor=ana.user)

    assert str(refused.value) == "The job is busy with a step right now. Try again in a moment."
    assert (read(job).cancel_requested_at, lines(Deed.JOB_CANCELED)) == (None, [])


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
