"""`make run`: one process that brings up the portal and takes it down again without a trace."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from partnercenter import supervision

LAUNCH = [sys.executable, "-m", "partnercenter"]
SLEEPS = "import time; time.sleep(60)"
SLEEPS_WITH_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPS!r}])"


def environment(**given):
    """The environment of a person's terminal: without what the tests say about their own servers."""
    theirs = {"DATABASE_URL", "REDIS_URL", "VAR", "PORT", "DEMO", "PLAIN_STATIC", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in theirs} | given


def launch_and_fail(**given):
    ended = subprocess.run(LAUNCH, env=environment(**given), capture_output=True, text=True, timeout=120, check=False)
    return ended.returncode, ended.stderr.strip()


def wait_until(holds):
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_port_in_use_is_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = launch_and_fail(PORT=str(port), VAR=str(tmp_path))

    assert answer == (
        1,
        f"Port {port} is in use by another program. Stop that one, or choose another: make run PORT={port + 1}",
    )


def test_a_port_that_is_no_port_is_a_sentence(tmp_path):
    answer = launch_and_fail(PORT="http", VAR=str(tmp_path))

    assert answer == (
        1,
        "PORT=http is not a port. Give a number from 1 to 65535, as in: make run PORT=8001",
    )


@pytest.fixture
def place():
    """A directory that the account of PostgreSQL may pass: pytest's own are closed anew by each run that begins."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def test_ctrl_c_ends_every_process_and_the_data_stays(place, free_port):
    launcher = subprocess.Popen(
        LAUNCH,
        env=environment(PORT=str(free_port), VAR=str(place), DEMO="0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    for line in launcher.stdout:
        said.append(line)
        if line.startswith("Ready:"):
            break
    assert said[-1:] == [f"Ready: http://127.0.0.1:{free_port}\n"]
    threading.Thread(target=launcher.stdout.read, daemon=True).start()
    page = urllib.request.urlopen(f"http://127.0.0.1:{free_port}/accounts/login/").status
    servers = [one for one in psutil.process_iter(["cmdline"]) if str(place) in " ".join(one.info["cmdline"] or [])]
    started = {*psutil.Process(launcher.pid).children(recursive=True), *servers}
    launcher.send_signal(signal.SIGINT)
    code = launcher.wait(timeout=120)

    assert (page, code) == (200, 0)
    assert len(started) >= 9  # web and its two, worker and its two, scheduler, PostgreSQL, Redis
    wait_until(lambda: not any(map(supervision.lives, started)))
    assert (place / "postgres" / "PG_VERSION").exists()


def test_a_process_that_falls_is_started_again(tmp_path):
    child = supervision.Child("sleeper", sys.executable, "-c", SLEEPS)
    children = supervision.Children(tmp_path / "processes", [child])
    children.start()
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    child.process.wait()

    children.look_after()
    second, runs = child.process.pid, child.process.poll() is None
    children.stop()

    assert (second != first, runs) == (True, True)


def test_a_process_that_falls_again_and_again_is_a_sentence():
    child = supervision.Child("faller", sys.executable, "-c", "pass")
    child.start()
    for _ in range(supervision.QUICK_FALLS - 1):
        child.process.wait()
        child.start_again_if_fallen()
    child.process.wait()

    with pytest.raises(supervision.Fell) as fell:
        child.start_again_if_fallen()

    assert str(fell.value) == "The faller process ends again and again. Its own words stand above."


def test_the_end_takes_the_processes_of_processes_with_it(tmp_path):
    child = supervision.Child("parent", sys.executable, "-c", SLEEPS_WITH_A_CHILD)
    children = supervision.Children(tmp_path / "processes", [child])
    children.start()
    wait_until(lambda: psutil.Process(child.process.pid).children())
    grandchildren = psutil.Process(child.process.pid).children()

    children.stop()

    wait_until(lambda: not any(map(supervision.lives, grandchildren)))


def test_what_a_killed_launcher_left_is_ended_at_the_next_start(tmp_path):
    child = supervision.Child("sleeper", sys.executable, "-c", SLEEPS)
    supervision.Children(tmp_path / "processes", [child]).start()

    supervision.end_leftovers(tmp_path / "processes")

    assert child.process.wait(timeout=5) == -signal.SIGKILL
    assert not (tmp_path / "processes").exists()


def test_a_stranger_with_the_number_of_a_leftover_is_left_alone(tmp_path):
    (tmp_path / "processes").write_text(f"{os.getpid()} 1.0\n")

    supervision.end_leftovers(tmp_path / "processes")

    assert not (tmp_path / "processes").exists()
