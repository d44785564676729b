"""Web processes that are killed: what was answered stays, what was not leaves nothing half."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPException

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.urls import reverse

from customers.models import UserImport, UserImportRow
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import sweep
from partnercenter.supervision import lives
from tests.faults.visiting import Visitor
from tests.faults.waiting import has_ended, somebody, wait_until
from tests.uploads import page_of, people, uploaded

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

MANY = 5_000
BROKEN_OFF = (HTTPException, OSError)


@pytest.fixture
def upload_page(tailspin):
    return reverse("customers:upload", args=[tailspin.tenant_id])


def deeds():
    return list(Activity.objects.values_list("deed", flat=True))


@pytest.fixture
def dying_web(web):
    """Web processes that are killed when they are about to tell the workers of a job."""
    web.kill()
    web.start("tests.faults.dying:application")
    yield web
    web.kill()


def test_a_job_whose_web_process_was_killed_before_it_told_a_worker_is_sent_by_the_sweep(
    worker, dying_web, browse, ana, tailspin
):
    user_import = uploaded(browse(ana), tailspin, people(10))

    with pytest.raises(BROKEN_OFF):
        Visitor(dying_web, ana).post(page_of(user_import, "import_start"), {"location": "DE"})
    job = Job.objects.get()
    state = (dying_web.process.wait(), job.status, redis.from_url(settings.REDIS_URL).llen("partnercenter"))
    sent = sweep()
    wait_until(has_ended(job))

    job.refresh_from_db()
    assert (state, sent) == ((-9, Job.Status.QUEUED, 0), 1)
    assert (job.status, job.succeeded, User.objects.filter(tenant=tailspin.tenant).count()) == ("done", 10, 10)
    assert deeds().count(Deed.USERS_CREATED) == 1


def assert_nothing_is_kept():
    assert (UserImport.objects.count(), UserImportRow.objects.count(), deeds()) == (0, 0, [])


def assert_uploading_works(web, ana, page):
    status, _text = Visitor(web, ana).upload(page, people(MANY))
    user_import = UserImport.objects.get()
    assert (status, user_import.good, user_import.rows.count(), deeds()) == (302, MANY, MANY, [Deed.USERS_UPLOADED])


def test_a_file_whose_web_process_is_killed_while_it_arrives_leaves_nothing_and_can_be_uploaded_again(
    web, ana, upload_page
):
    half, _other_half = Visitor(web, ana).begin_upload(upload_page, people(MANY))
    with closing(half):
        wait_until(
            somebody("state = 'idle' AND query LIKE '%partners_staff%'")
        )  # who is there is known, the file is read
        web.kill()

    assert_nothing_is_kept()
    web.start()
    assert_uploading_works(web, ana, upload_page)


@pytest.fixture
def closed_log():
    """Nobody can write into the log before it is opened: `closed_log.rollback()`."""
    with closing(connection.Database.connect(**connection.get_connection_params())) as other:
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE activity_activity IN SHARE MODE")
        yield other


def test_a_file_whose_web_process_is_killed_while_it_is_stored_leaves_nothing_and_can_be_uploaded_again(
    web, ana, upload_page, closed_log
):
    with ThreadPoolExecutor(1) as browser:
        answer = browser.submit(Visitor(web, ana).upload, upload_page, people(MANY))
        wait_until(somebody("wait_event_type = 'Lock' AND backend_xid IS NOT NULL"))
        web.kill()
    closed_log.rollback()
    wait_until(lambda: not somebody("backend_xid IS NOT NULL")())

    assert isinstance(answer.exception(), BROKEN_OFF)
    assert_nothing_is_kept()
    web.start()
    assert_uploading_works(web, ana, upload_page)


def test_pages_answer_again_within_ten_seconds_when_the_processes_that_make_them_were_killed(web, ana):
    visitor = Visitor(web, ana)
    page = reverse("customers:list")
    killed = web.children

    for child in killed:
        child.kill()
    deadline = time.monotonic() + 10
    wait_until(lambda: not any(map(lives, killed)))
    wait_until(lambda: answers(visitor, page), seconds=deadline - time.monotonic())

    assert len(killed) == 2  # granian itself lives, and looks after them
    assert visitor.get(page)[0] == 200


def answers(visitor, page):
    try:
        return visitor.get(page, seconds=2)[0] == 200
    except BROKEN_OFF:
        return False
