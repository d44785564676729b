"""What tests may ask for beside PostgreSQL and Redis: a real worker, and a browser."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

import psutil
import pytest

pytest_plugins = ["tests.browser"]

SECONDS_TO_START = 180


class Worker:
    """A real Celery worker with two children, on the test database."""

    latest = None  # the one that was started last

    def __init__(self, database, log):
        self.database, self.log = database, log
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    @property
    def children(self):
        """The processes that do the work, as `psutil.Process`."""
        return psutil.Process(self.pid).children(recursive=True)

    @property
    def runs(self):
        return self.process is not None and self.process.poll() is None

    def start(self, app="partnercenter"):
        """Start the worker unless it runs, and return when it takes messages. `app` is the module Celery loads."""
        if self.runs:
            return
        Worker.latest = self
        place = urlsplit(os.environ["DATABASE_URL"])
        url = urlunsplit(place._replace(path=f"/{self.database}"))
        environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "partnercenter.settings"}
        command = [sys.executable, "-m", "celery", "--app", app, "worker"]
        command += ["--concurrency", "2", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [*command, "--loglevel", "INFO"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready()

    def _wait_until_ready(self):
        deadline = time.monotonic() + SECONDS_TO_START
        while "The worker is ready." not in self.log.read_text():
            if not self.runs or time.monotonic() > deadline:
                pytest.fail(f"The worker does not start. It says:\n{self.log.read_text()}")
            time.sleep(0.05)

    def kill(self):
        """Kill the worker and its children at once, as a machine that goes away does."""
        if self.runs:
            os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self):
        """Ask the worker to end; kill it when it takes too long."""
        if self.runs:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=5)
            self.kill()


@pytest.fixture(scope="session")
def one_worker(django_db_setup, tmp_path_factory):
    from django.db import connection

    worker = Worker(connection.settings_dict["NAME"], tmp_path_factory.mktemp("worker") / "log")
    yield worker
    worker.stop()


@pytest.fixture(autouse=True)
def _a_worker_only_for_those_who_ask(request):
    """One that a test before left running would work on the jobs of a test that does not know of it."""
    if Worker.latest and "worker" not in request.fixturenames:
        Worker.latest.kill()


@pytest.fixture
def worker(transactional_db, one_worker):
    """A running worker with nothing to do yet. A test that kills it leaves a new one to the next test."""
    import redis

    redis.from_url(os.environ["REDIS_URL"]).flushdb()
    one_worker.start()
    return one_worker
