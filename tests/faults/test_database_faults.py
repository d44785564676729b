"""PostgreSQL that is restarted, and that ends a chunk for the sake of another one: all users are created once."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from partnercenter import embedded
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import sweep
from tests.faults.creations import assert_all_created_once, let_the_clock_run
from tests.faults.visiting import Visitor
from tests.faults.waiting import has_begun, has_ended, somebody, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

MANY = 20_000


def restart_postgres():
    """Every connection is cut, as by an administrator."""
    var = Path(os.environ["VAR"])
    embedded.stop_postgres(var)
    embedded.start_postgres(var, durable=False)
    connection.close()


def test_postgresql_restarted_in_the_middle_of_a_creation_creates_everybody_once_and_pages_answer_soon(
    worker, web, start, ana
):
    visitor, page = Visitor(web, ana), reverse("customers:list")
    before = [visitor.get(page)[0] for _look in range(20)]
    job = start(MANY)
    wait_until(has_begun(job))

    restart_postgres()
    begun = time.monotonic()
    after = [visitor.get(page)[0] for _look in range(20)]
    seconds = time.monotonic() - begun
    job.refresh_from_db()
    in_the_middle = 0 < job.succeeded < MANY

    def is_done_or_sent_again():
        job.refresh_from_db()
        if job.lease_number == 1:
            let_the_clock_run(job)
        sweep()
        time.sleep(0.5)
        return has_ended(job)()

    wait_until(is_done_or_sent_again)

    assert (before, after, seconds < 10, in_the_middle) == ([200] * 20, [200] * 20, True, True)
    assert_all_created_once(job, MANY)


@pytest.fixture
def others():
    """More connections to the database, each with a transaction of its own: `others()`."""
    opened = []

    def connect():
        opened.append(connection.Database.connect(**connection.get_connection_params()))
        return opened[-1].cursor()

    yield connect
    for one in opened:
        one.close()


@pytest.fixture
def gate(others):
    """Nobody can create a user before it is opened: `gate.connection.rollback()`."""
    cursor = others()
    cursor.execute("LOCK TABLE directory_user IN SHARE MODE")
    return cursor


WAITS_AT_THE_GATE = "wait_event_type = 'Lock' AND query LIKE '%INSERT INTO directory_user%'"


def test_a_chunk_that_ends_in_a_deadlock_is_undone_and_done_again(worker, start, others, gate):
    other = others()
    other.execute("SET deadlock_timeout = '1h'")  # it is the worker who finds out, and gives way
    job = start(MANY)
    wait_until(somebody(WAITS_AT_THE_GATE))

    other.execute("SELECT FROM customers_userimportrow WHERE number = 1 FOR UPDATE")
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(other.execute, "SELECT FROM jobs_job FOR UPDATE")
        wait_until(somebody("wait_event_type = 'Lock' AND query LIKE 'SELECT FROM jobs_job%'"))
        gate.connection.rollback()
        asked.result(timeout=60)
        other.connection.rollback()
    wait_until(is_given_back(job))
    attempts = Job.objects.get().attempts
    let_the_clock_run(job)
    sweep()
    wait_until(has_ended(job))

    assert ("deadlock detected" in worker.log.read_text(), attempts) == (True, 0)
    assert_all_created_once(job, MANY)


def test_a_chunk_that_cannot_be_serialized_is_undone_and_done_again(
    worker, worker_connecting_with, start, others, gate
):
    worker_connecting_with("-c default_transaction_isolation=serializable")
    job = start(MANY)
    wait_until(somebody(WAITS_AT_THE_GATE))

    other = others()
    other.execute("UPDATE customers_userimportrow SET line = line WHERE number = 1")
    other.connection.commit()
    gate.connection.rollback()
    wait_until(is_given_back(job))
    attempts = Job.objects.get().attempts
    let_the_clock_run(job)
    sweep()
    wait_until(has_ended(job))

    assert ("could not serialize access" in worker.log.read_text(), attempts) == (True, 0)
    assert_all_created_once(job, MANY)


def is_given_back(job):
    return lambda: Job.objects.filter(pk=job.pk, status=Job.Status.QUEUED, lease_number=1).exists()
