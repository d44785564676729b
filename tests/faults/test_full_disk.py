"""A disk that is full in the middle of a creation: nobody is lost, and it goes on when there is room again."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from partnercenter.jobs.models import Job
from partnercenter.jobs.services import sweep
from tests.faults.creations import assert_all_created_once, let_the_clock_run
from tests.faults.waiting import has_ended, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

MANY = 20_000


class Disk:
    """A disk in memory, as large as a test says."""

    def __init__(self, place, owner):
        self.place, self.owner = place, owner

    def mount(self, size):
        owner = f"uid={self.owner.st_uid},gid={self.owner.st_gid},mode=700"
        return self._mount(f"size={size},{owner}")

    def resize(self, size):
        return self._mount(f"remount,size={size}")

    def _mount(self, options):
        command = ["mount", "-t", "tmpfs", "-o", options, "none", self.place]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def unmount(self):
        subprocess.run(["umount", self.place], check=True)


@pytest.fixture
def disk(worker):
    """The disk on which the database keeps its users: two megabytes of them.

    Where there can be none, the report says so; with MAY_MOUNT=true that is an error.
    """
    leave_out = pytest.fail if os.environ.get("MAY_MOUNT") == "true" else pytest.skip
    data = Path(os.environ["VAR"]) / "postgres"
    with tempfile.TemporaryDirectory() as place:
        if not data.exists() or not (disk := Disk(place, data.stat())).mount("2m"):
            leave_out("Needs the PostgreSQL of the tests, and an account that may mount a disk.")
        try:
            with connection.cursor() as cursor:
                cursor.execute("CREATE TABLESPACE small LOCATION %s", [place])
                cursor.execute("ALTER TABLE directory_user SET TABLESPACE small")
            yield disk
            worker.kill()
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE directory_user SET TABLESPACE pg_default")
                cursor.execute("DROP TABLESPACE small")
        finally:
            disk.unmount()


def is_given_back(job, number):
    """Whether nobody works on the job after so many have tried."""
    return lambda: Job.objects.filter(pk=job.pk, status=Job.Status.QUEUED, lease_number=number).exists()


def test_a_creation_waits_while_the_disk_is_full_and_goes_on_when_there_is_room(worker, disk, start, browse, ana):
    visitor, page = browse(ana), reverse("customers:list")
    job = start(MANY)

    tried = []
    for number in range(1, Job.MAX_ATTEMPTS + 2):
        wait_until(is_given_back(job, number))
        job.refresh_from_db()
        tried.append((job.attempts, 0 < job.succeeded < MANY, visitor.get(page).status_code))
        if number > Job.MAX_ATTEMPTS:
            grown = disk.resize("64m")
        let_the_clock_run(job)
        sweep()
    wait_until(has_ended(job))

    assert (tried, grown) == ([(0, True, 200)] * (Job.MAX_ATTEMPTS + 1), True)
    assert worker.log.read_text().count("No space left on device") >= len(tried)
    assert_all_created_once(job, MANY)
