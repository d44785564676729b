"""What the tests run on: PostgreSQL and Redis of their own, and a real worker for those who ask.

`DATABASE_URL` and `REDIS_URL` replace the servers, as they do for the portal.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import pytest

from partnercenter import embedded

pytest_plugins = ["tests.browser"]

PREFIX = "partnercenter-tests-"
SECONDS_TO_START = 60
_stop = ExitStack()


def start():
    """Start what is not given by the environment, say there where it is, and stop it when Python ends."""
    postgres, redis = "DATABASE_URL" not in os.environ, "REDIS_URL" not in os.environ
    _clear_what_killed_runs_left()
    var = Path(tempfile.mkdtemp(prefix=PREFIX))
    os.environ["VAR"] = str(var)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended from outside."))
    atexit.register(_stop.close)
    _stop.callback(shutil.rmtree, var, ignore_errors=True)
    _stop.enter_context(embedded.owned(var))
    _stop.enter_context(embedded.running(var, postgres=postgres, redis=redis, durable=False))
    if postgres:
        os.environ["DATABASE_URL"] = embedded.postgres_url(var)
    if redis:
        os.environ["REDIS_URL"] = embedded.redis_url(var)


def _clear_what_killed_runs_left():
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/servers.lock"):
        with suppress(embedded.Unavailable, OSError), embedded.owned(lock.parent):
            embedded.stop_postgres(lock.parent)
            embedded.stop_redis(lock.parent)
            shutil.rmtree(lock.parent)


class Worker:
    """A real Celery worker with two children, on the test database."""

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

    def start(self):
        """Start the worker unless it runs, and return when it takes messages."""
        if self.runs:
            return
        place = urlsplit(os.environ["DATABASE_URL"])
        url = urlunsplit(place._replace(path=f"/{self.database}"))
        environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "partnercenter.settings"}
        command = [sys.executable, "-m", "celery", "--app", "partnercenter", "worker"]
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


@pytest.fixture
def worker(transactional_db, one_worker):
    """A running worker with nothing to do yet. A test that kills it leaves a new one to the next test."""
    import redis

    redis.from_url(os.environ["REDIS_URL"]).flushdb()
    one_worker.start()
    return one_worker
