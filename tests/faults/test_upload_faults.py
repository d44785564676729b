"""Creating users while workers are killed and frozen, messages are lost and doubled, and a row is poison.

After each fault the users created are the rows reported created: none twice, none missing.
"""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis
from celery import current_app
from django.db import OperationalError, connection, transaction
from django.test import Client

from customers.models import UserImport
from customers.services.user_imports import start_creation
from partnercenter import embedded, locks
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job, sweep
from partnercenter.notifications.models import Notification
from tests.faults.creations import assert_all_created_once, let_the_clock_run
from tests.faults.waiting import has_begun, has_ended, wait_until
from tests.uploads import page_of

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

MANY = 20_000


@pytest.fixture(autouse=True)
def _nobody_stays_frozen(worker):
    yield
    if worker.runs:
        for child in worker.children:
            child.resume()


def test_a_worker_killed_in_the_middle_creates_no_user_twice_and_leaves_none_out(worker, start):
    job = start(MANY)
    wait_until(has_begun(job))
    worker.kill()
    job.refresh_from_db()
    assert 0 < job.succeeded < MANY

    worker.start()
    let_the_clock_run(job)
    sweep()
    wait_until(has_ended(job))

    assert_all_created_once(job, MANY)


def test_a_killed_child_of_the_worker_is_the_same(worker, start):
    job = start(MANY)
    wait_until(has_begun(job))
    for child in worker.children:
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
    let_the_clock_run(job)

    def is_done_or_sent_again():
        sweep()
        time.sleep(0.5)
        return has_ended(job)()

    wait_until(is_done_or_sent_again)

    assert_all_created_once(job, MANY)


def test_the_same_message_twenty_times_is_the_same_as_once(worker, start):
    job = start(MANY)

    for _message in range(20):
        current_app.send_task("jobs.run", [str(job.pk)])
    wait_until(has_ended(job))

    assert_all_created_once(job, MANY)


def is_free(job):
    """Whether nobody holds the job's row."""
    try:
        with transaction.atomic():
            Job.objects.select_for_update(nowait=True).get(pk=job.pk)
    except OperationalError:
        return False
    return True


def freeze(worker, job, *, in_chunk):
    """Stop the worker's children at a moment at which one of them holds the job's row, or none does."""
    while True:
        for child in worker.children:
            child.suspend()
        job.refresh_from_db()
        assert job.is_open, "The worker was faster than this test."
        if is_free(job) != in_chunk:
            return
        for child in worker.children:
            child.resume()
        time.sleep(0.05)


@pytest.fixture
def resting_worker(worker):
    """A worker that holds nothing for a moment after each chunk."""
    worker.kill()
    worker.start("tests.faults.resting")
    yield worker
    worker.kill()


def test_a_worker_that_was_frozen_past_its_lease_does_nothing_when_it_wakes_up(resting_worker, start):
    job = start(MANY)
    wait_until(has_begun(job))
    freeze(resting_worker, job, in_chunk=False)
    let_the_clock_run(job)

    run_job(job.pk)
    for child in resting_worker.children:
        child.resume()
    wait_until(lambda: "another worker has it" in resting_worker.log.read_text())

    assert_all_created_once(job, MANY)
    assert job.lease_number == 2


def test_a_file_with_a_poisoned_row_fails_after_three_attempts_and_says_so(worker, checked, ana):
    user_import = checked(10)
    user_import.rows.filter(number=7).update(display_name="x" * 51)
    job = start_creation(user_import, location="DE", skip_faulty=False, actor=ana.user).job

    for attempt in (1, 2):
        wait_until(lambda: Job.objects.filter(pk=job.pk, attempts=attempt, status="queued").exists())  # noqa: B023
        let_the_clock_run(job)
        sweep()
    wait_until(has_ended(job))

    job.refresh_from_db()
    user_import.refresh_from_db()
    assert (job.status, job.attempts, job.error) == (Job.Status.FAILED, 3, Job.Error.UNEXPECTED)
    assert (user_import.status, User.objects.filter(tenant=user_import.customer.tenant).count()) == ("failed", 0)
    assert [line.kind for line in Notification.objects.all()] == [Notification.Kind.JOB_FAILED]


@pytest.fixture
def impatient_database(worker_connecting_with):
    """The database lets go of what a frozen worker holds after three seconds instead of thirty."""
    worker_connecting_with("-c idle_in_transaction_session_timeout=3s")


@pytest.mark.usefixtures("impatient_database")
def test_a_worker_frozen_in_a_chunk_hangs_no_page_and_its_job_goes_on_elsewhere(
    worker, start, ana, browse, monkeypatch
):
    monkeypatch.setattr(locks, "PATIENCE", "200ms")
    job = start(MANY)
    wait_until(has_begun(job))
    freeze(worker, job, in_chunk=True)

    begun = time.monotonic()
    answer = browse(ana).post(f"/jobs/{job.pk}/cancel/", follow=True)
    seconds = time.monotonic() - begun
    wait_until(lambda: is_free(job), seconds=10)
    let_the_clock_run(job)
    run_job(job.pk)
    for child in worker.children:
        child.resume()
    wait_until(lambda: "another worker has it" in worker.log.read_text())

    sentence = "The job is busy with a step right now. Try again in a moment."
    assert ([str(message) for message in answer.context["messages"]], seconds < 2) == ([sentence], True)
    assert_all_created_once(job, MANY)


@contextmanager
def redis_that_hangs():
    """Redis answers no command that writes, for as long as this lasts."""
    client = redis.from_url(os.environ["REDIS_URL"])
    client.execute_command("CLIENT", "PAUSE", "60000", "WRITE")
    try:
        yield
    finally:
        client.execute_command("CLIENT", "UNPAUSE")


@contextmanager
def redis_that_is_killed():
    """Nothing listens where Redis was, for as long as this lasts."""
    var = Path(os.environ["VAR"])
    embedded.stop_redis(var)
    try:
        yield
    finally:
        embedded.start_redis(var)


@pytest.mark.parametrize("trouble", [redis_that_hangs, redis_that_is_killed])
def test_a_start_while_the_queue_is_away_is_answered_soon_and_sent_later(worker, checked, ana, browse, trouble):
    user_import, visitor = checked(10), browse(ana)

    with trouble():
        begun = time.monotonic()
        answer = visitor.post(page_of(user_import, "import_start"), {"location": "DE"})
        seconds = time.monotonic() - begun
    job = UserImport.objects.get(pk=user_import.pk).job
    assert (answer.status_code, job.status, seconds < 2) == (302, Job.Status.QUEUED, True)
    sweep()
    wait_until(has_ended(job))

    assert_all_created_once(job, 10)


def test_messages_that_the_queue_lost_are_sent_again(worker, start):
    worker.kill()
    job = start(10)
    redis.from_url(os.environ["REDIS_URL"]).flushdb()

    worker.start()
    sweep()
    wait_until(has_ended(job))

    assert_all_created_once(job, 10)


def test_twenty_clicks_at_once_start_one_creation(worker, checked, ana):
    user_import = checked(100)
    page = page_of(user_import, "import_start")

    def click(_number):
        client = Client()
        client.force_login(ana.user)
        try:
            return client.post(page, {"location": "DE"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as clicks:
        answers = list(clicks.map(click, range(20)))
    job = UserImport.objects.get(pk=user_import.pk).job
    wait_until(has_ended(job))

    assert answers == [302] * 20
    assert Activity.objects.filter(deed=Deed.USER_CREATION_STARTED).count() == 1
    assert_all_created_once(job, 100)
