"""Redis that is killed, away, full or hangs while users are created: pages answer, and all are created once."""

import os
import signal
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
import redis
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from customers.models import UserImport, UserImportRow
from customers.services.user_imports import start_creation, upload_users
from partnercenter import embedded
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import sweep
from tests.faults.waiting import wait_until
from tests.uploads import content_of, page_of

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def checked(tailspin, ana):
    """So many checked files of one user each."""

    def check(count):
        files = [
            content_of(("Kim", "Park", f"Kim {number}", f"kim{number}@tailspintoys.com", "")) for number in range(count)
        ]
        return [upload_users(tailspin, file_name="users.csv", content=file, actor=ana.user) for file in files]

    return check


@pytest.fixture
def visitor(browse, ana):
    """A browser of Ana that starts creations and looks at the list, and says what it was answered and how soon."""
    client = browse(ana)

    class Visitor:
        def start(self, user_import):
            return timed(client.post, page_of(user_import, "import_start"), {"location": "DE"})

        def look(self):
            return timed(client.get, reverse("customers:list"))

    def timed(ask, *args):
        begun = time.monotonic()
        return ask(*args).status_code, time.monotonic() - begun < 5

    return Visitor()


def broker():
    return redis.from_url(settings.REDIS_URL)


def process_of_redis():
    return psutil.Process(broker().info("server")["process_id"])


def all_have_ended():
    return not Job.objects.filter(status__in=(Job.Status.QUEUED, Job.Status.RUNNING)).exists()


def assert_all_created_once(count):
    created = UserImportRow.objects.filter(outcome=UserImportRow.Outcome.CREATED).values_list("user_id", flat=True)
    users = User.objects.filter(principal_name__endswith="@tailspintoys.com").values_list("pk", flat=True)
    assert (len(users), set(users)) == (count, set(created))
    assert list(Job.objects.values_list("status", "succeeded", "lease_number")) == [(Job.Status.DONE, 1, 1)] * count
    assert set(UserImport.objects.values_list("status", flat=True)) == {UserImport.Status.DONE}
    assert Activity.objects.filter(deed=Deed.USERS_CREATED).count() == count


def test_redis_killed_with_a_hundred_jobs_queued_and_started_again_empty_loses_none(worker, checked, ana):
    user_imports = checked(100)
    for child in worker.children:
        child.suspend()
    for user_import in user_imports:
        start_creation(user_import, location="DE", skip_faulty=False, actor=ana.user)
    queued = broker().llen("partnercenter")

    process_of_redis().kill()
    embedded.start_redis(Path(os.environ["VAR"]))
    left = broker().llen("partnercenter")
    for child in worker.children:
        child.resume()
    sweep()
    wait_until(all_have_ended)

    assert (queued >= 90, left) == (True, 0)
    assert_all_created_once(100)


def test_while_redis_is_away_for_a_minute_pages_answer_and_then_all_is_done(worker, checked, visitor):
    user_imports = checked(3)

    embedded.stop_redis(Path(os.environ["VAR"]))
    answers = [visitor.start(user_import) for user_import in user_imports] + [visitor.look()]
    now = timezone.now()
    sent = [sweep(now + timedelta(seconds=seconds)) for seconds in (0, 30, 60)]  # as the clock does
    wait_until(lambda: worker.log.read_text().count("Trying again in") >= 2)
    embedded.start_redis(Path(os.environ["VAR"]))
    sent.append(sweep(now + timedelta(seconds=90)))
    wait_until(all_have_ended)

    assert answers == [(302, True)] * 3 + [(200, True)]
    assert sent == [0, 0, 0, 3]
    assert_all_created_once(3)


@contextmanager
def full():
    """Redis takes no message, since it has no memory left."""
    client = broker()
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", "1")
    try:
        yield
    finally:
        client.config_set("maxmemory", "0")


@contextmanager
def half_open():
    """Redis lets everybody connect, and answers nobody."""
    process = process_of_redis()
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("trouble", [full, half_open])
def test_while_redis_takes_no_message_pages_answer_and_then_all_is_done(worker, checked, visitor, trouble):
    user_imports = checked(3)

    with trouble():
        answers = [visitor.start(user_import) for user_import in user_imports] + [visitor.look()]
        sent = sweep()
        waiting = Job.objects.filter(status=Job.Status.QUEUED, rung_at=None).count()
    sweep()
    wait_until(all_have_ended)

    assert answers == [(302, True)] * 3 + [(200, True)]
    assert (sent, waiting) == (0, 3)
    assert_all_created_once(3)
