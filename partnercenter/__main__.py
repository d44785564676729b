"""`python -m partnercenter`: the whole portal on one machine, which is what `make run` does.

It reads `PORT`, `VAR` (where the data lives) and `DEMO_PASSWORD` from the environment, and runs PostgreSQL
and Redis itself unless `DATABASE_URL` and `REDIS_URL` name others. Ctrl-C ends everything it started.
"""

import hashlib
import inspect
import io
import os
import secrets
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from partnercenter import embedded, supervision

HOST = "127.0.0.1"
SECONDS_TO_ANSWER = 180.0
SECONDS_BETWEEN_LOOKS = 1.0


class Refusal(Exception):
    """The portal cannot run as asked. The text says why, and what to do."""


def main() -> int:
    """Run until somebody ends it, and return the exit code: 0 when ended by a person, 1 after a sentence."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _end)
    try:
        run(port=_port(), var=Path(os.environ.get("VAR") or "var").resolve())
    except KeyboardInterrupt:
        _say("Stopped. The data stays for the next start.")
    except (Refusal, embedded.Unavailable, supervision.Fell) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    return 0


def run(*, port: int, var: Path) -> None:
    """Run servers and processes on the data in `var` until somebody ends them, and look after them."""
    postgres, redis = not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL")
    register = var / "processes"
    with embedded.owned(var):
        supervision.end_leftovers(register)
        _require_free(port)
        _set_environment(port, var)
        with embedded.running(var, postgres=postgres, redis=redis):
            _say("Preparing database, static files and demo data ...")
            sign_ins = _prepare(var)
            children = supervision.Children(register, _children(port, var))
            try:
                children.start()
                _wait_until_ready(children, port)
                _say(f"\nReady: http://{HOST}:{port}\n\n{sign_ins}\nCtrl-C ends it.\n")
                _look_after(children, var, postgres=postgres, redis=redis)
            finally:
                children.stop()


def _end(number: int, frame: FrameType | None) -> None:
    """Begin the end, once: who presses Ctrl-C again must not cut it short and leave processes behind."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


def _port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise Refusal(f"PORT={given} is not a port. Give a number from 1 to 65535, as in: make run PORT=8001")
    return int(given)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise Refusal(f"Port {port} is for the administrator. Try: make run PORT=8000") from None
        except OSError:
            raise Refusal(
                f"Port {port} is in use by another program. "
                f"Stop that one, or choose another: make run PORT={port % 65535 + 1}"
            ) from None


def _set_environment(port: int, var: Path) -> None:
    """Tell settings, here and in every process to come, what this portal is. What a person set stands."""
    os.environ["VAR"] = str(var)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnercenter.settings")
    os.environ.setdefault("PUBLIC_URL", f"http://{HOST}:{port}")
    os.environ.setdefault("ALLOWED_HOSTS", f"{HOST},localhost")
    os.environ.setdefault("DEMO", "1")
    os.environ["DEMO_PASSWORD"] = _demo_password(var)


def _demo_password(var: Path) -> str:
    """The password of everybody in the demo: as given, else as last time, else a new one."""
    kept = var / "demo_password"
    password = os.environ.get("DEMO_PASSWORD") or (kept.read_text() if kept.exists() else "")
    if not password:
        password = "-".join(secrets.token_hex(2) for _ in range(4))
    kept.touch(mode=0o600)
    kept.write_text(password)
    return password


def _prepare(var: Path) -> str:
    """Bring database, static files and demo data up to date, and return how to sign in to the demo."""
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command
    from django.db import OperationalError, connections

    try:
        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
    except ImproperlyConfigured as error:
        raise Refusal(str(error)) from error
    except OperationalError as error:
        raise Refusal(f"The database does not answer: {error}".strip()) from error
    _collect_static(var)
    said = io.StringIO()
    if settings.DEMO:
        call_command("demo", if_empty=True, stdout=said)
    connections.close_all()
    return said.getvalue()


def _collect_static(var: Path) -> None:
    """Collect static files unless they are as they were: it is the slowest step of a start."""
    from django.contrib.staticfiles.finders import get_finders
    from django.core.files.storage import storages
    from django.core.management import call_command

    listed = [storage.path(name) for finder in get_finders() for name, storage in finder.list([])]
    listed.append(inspect.getfile(type(storages["staticfiles"])))  # how they are bundled
    states = [(name, Path(name).stat().st_size, Path(name).stat().st_mtime_ns) for name in sorted(listed)]
    fingerprint, stamp = hashlib.sha256(repr(states).encode()).hexdigest(), var / "static.fingerprint"
    if not stamp.exists() or stamp.read_text() != fingerprint:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(fingerprint)


def _children(port: int, var: Path) -> list[supervision.Child]:
    python = sys.executable
    celery = [python, "-m", "celery", "--quiet", "--no-color", "--app", "partnercenter"]
    web = [python, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--no-ws"]
    # Whoever sends or reads slowly keeps a thread busy doing nothing; docs/operations.md says how many threads.
    web += ["--workers", "2", "--blocking-threads", "64", "--respawn-failed-workers"]
    worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"]
    scheduler = [*celery, "beat", "--schedule", str(var / "schedule"), "--loglevel", "INFO"]
    return [
        supervision.Child("web", *web, "partnercenter.wsgi:application", mark="Started worker"),
        supervision.Child("worker", *worker, mark="The worker is ready."),
        supervision.Child("scheduler", *scheduler, mark="The scheduler is ready."),
    ]


def _wait_until_ready(children: supervision.Children, port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while not (children.ready() and _answers(port)):
        if time.monotonic() > deadline:
            raise Refusal(f"The portal does not answer after {SECONDS_TO_ANSWER:.0f} seconds. Its words stand above.")
        children.look_after()
        time.sleep(0.1)


def _answers(port: int) -> bool:
    """Whether a page that people see comes out whole."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/accounts/login/", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _look_after(children: supervision.Children, var: Path, *, postgres: bool, redis: bool) -> None:
    """Start again whatever falls, until somebody ends the portal."""
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        if redis:
            embedded.start_redis(var)
        if postgres:
            embedded.start_postgres(var)
        children.look_after()


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
