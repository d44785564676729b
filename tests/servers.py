"""What tests may ask for beside PostgreSQL and Redis: a real worker, real web processes, and a browser."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import pytest

from partnercenter import __main__ as launcher

pytest_plugins = ["tests.browser"]

SECONDS_TO_START = 180
SECONDS_TO_FINISH = 10


class Server:
    """A process of the portal with all it starts, on the test database."""

    mark = ""  # what its log says as soon as it is ready

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

    def launch(self, command, **environment):
        """Start the process unless it runs, and return when it is ready."""
        if self.runs:
            return
        place = urlsplit(os.environ["DATABASE_URL"])
        url = urlunsplit(place._replace(path=f"/{self.database}"))
        given = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "partnercenter.settings"}
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                command,
                env={**os.environ, **given, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self.is_ready():
            if not self.runs or time.monotonic() > deadline:
                pytest.fail(f"The {type(self).__name__} does not start. It says:\n{self.log.read_text()}")
            time.sleep(0.05)

    def is_ready(self):
        return self.mark in self.log.read_text()

    def kill(self):
        """Kill the process and its children at once, as a machine that goes away does."""
        if self.runs:
            os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self):
        """Ask the process to end; kill it when it takes too long."""
        if self.runs:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=5)
            self.kill()


class Worker(Server):
    """A real Celery worker with two children."""

    mark = "The worker is ready."
    latest = None  # the one that was started last

    def start(self, app="partnercenter"):
        """Start the worker unless it runs, and return when it takes messages. `app` is the module Celery loads."""
        Worker.latest = self
        command = [sys.executable, "-m", "celery", "--app", app, "worker"]
        command += ["--concurrency", "2", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.launch([*command, "--loglevel", "INFO"])


class Web(Server):
    """Real web processes, started by the words with which the portal starts its own."""

    host = launcher.HOST

    def __init__(self, *args):
        super().__init__(*args)
        with socket.create_server((self.host, 0)) as probe:
            self.port = probe.getsockname()[1]

    def start(self, app="partnercenter.wsgi:application"):
        """Start the processes unless they run, and return when they answer. `app` is what granian loads."""
        [web] = [child for child in launcher._children(self.port, Path(os.environ["VAR"])) if child.name == "web"]
        *command, _application = web._command
        address = {"PUBLIC_URL": f"http://{self.host}:{self.port}", "SECOND_FACTOR_REQUIRED": "false"}
        self.launch([*command, app], **address)

    def is_ready(self):
        return launcher._answers(self.port)


@pytest.fixture(scope="session")
def one_worker(django_db_setup, tmp_path_factory):
    from django.db import connection

    worker = Worker(connection.settings_dict["NAME"], tmp_path_factory.mktemp("worker") / "log")
    yield worker
    worker.stop()


@pytest.fixture(scope="session")
def one_web(django_db_setup, tmp_path_factory):
    from django.db import connection

    web = Web(connection.settings_dict["NAME"], tmp_path_factory.mktemp("web") / "log")
    yield web
    web.kill()


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


@pytest.fixture
def web(transactional_db, one_web):
    """Web processes that answer. A test that kills them leaves new ones to the next test."""
    one_web.start()
    yield one_web
    # Who was hung up on may still be read to the end: the tables are emptied only afterwards.
    deadline = time.monotonic() + SECONDS_TO_FINISH
    while others_ask() and time.monotonic() < deadline:
        time.sleep(0.05)


def others_ask():
    """Whether another process is in the middle of something in the test database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend' AND state <> 'idle'"
        )
        return cursor.rowcount > 0
