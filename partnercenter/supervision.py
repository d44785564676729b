"""Processes side by side: their words on one terminal, started again when they fall, ended together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

SECONDS_TO_END = 8.0
QUICK_SECONDS = 15.0
QUICK_FALLS = 3


class Fell(Exception):
    """A process falls again and again. The text says which, and that its own words stand above."""


class Child:
    """One process with all it starts, in a process group of its own.

    Args:
        name: one word, put before each of its lines.
        command: the program and its arguments.
        mark: what a line of it contains as soon as it is ready; nothing when it need not be waited for.
    """

    def __init__(self, name: str, *command: str, mark: str = "") -> None:
        self.name = name
        self.ready = threading.Event()
        self._command = command
        self._mark = mark
        if not mark:
            self.ready.set()
        self._quick_falls = 0

    def start(self) -> None:
        """Start the process; its lines appear from now on."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C reaches the launcher alone, which ends the others
        )
        threading.Thread(target=self._relay, args=(self.process,), daemon=True).start()

    def _relay(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            sys.stdout.write(f"{self.name:<9} | {line.rstrip()}\n")
            sys.stdout.flush()
            if self._mark in line:
                self.ready.set()

    def start_again_if_fallen(self) -> bool:
        """Start the process anew when it has ended, and say whether it had.

        Raises:
            Fell: it has ended soon after its start, several times in a row.
        """
        if self.process.poll() is None:
            return False
        quick = time.monotonic() - self.started_at < QUICK_SECONDS
        self._quick_falls = self._quick_falls + 1 if quick else 0
        if self._quick_falls >= QUICK_FALLS:
            raise Fell(f"The {self.name} process ends again and again. Its own words stand above.")
        self.kill()
        self.start()
        return True

    def kill(self) -> None:
        """End whatever is left of the process and of what it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Children:
    """The processes of one launcher, recorded on disk for the next one to end what a killed one left.

    Args:
        register: the file that records them.
        children: the processes.
    """

    def __init__(self, register: Path, children: Iterable[Child]) -> None:
        self._register = register
        self._children = list(children)

    def start(self) -> None:
        """Start all."""
        for child in self._children:
            child.start()
        self._record()

    def look_after(self) -> None:
        """Start again what has fallen.

        Raises:
            Fell: one of them cannot be kept up.
        """
        fallen = [child for child in self._children if child.start_again_if_fallen()]
        if fallen:
            self._record()

    def ready(self) -> bool:
        """Whether all have said so."""
        return all(child.ready.is_set() for child in self._children)

    def stop(self) -> None:
        """Ask all to end, wait a little, and end by force what is left."""
        for child in self._children:
            with suppress(ProcessLookupError):
                child.process.terminate()
        deadline = time.monotonic() + SECONDS_TO_END
        for child in self._children:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            child.kill()
        self._register.unlink(missing_ok=True)

    def _record(self) -> None:
        processes = [psutil.Process(child.process.pid) for child in self._children]
        self._register.write_text("".join(f"{one.pid} {one.create_time()}\n" for one in processes))


def end_leftovers(register: Path) -> None:
    """End the processes of a launcher that was killed. Number and birth together tell them from strangers."""
    if not register.exists():
        return
    left: list[psutil.Process] = []
    for line in register.read_text().splitlines():
        pid, born = line.split()
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(int(pid))
            if process.create_time() == float(born):
                left += [process, *process.children(recursive=True)]
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    deadline = time.monotonic() + SECONDS_TO_END
    while any(map(lives, left)) and time.monotonic() < deadline:
        time.sleep(0.05)
    register.unlink()


def lives(process: psutil.Process) -> bool:
    """Whether a process still does something; one that is dead and not yet collected does not."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
