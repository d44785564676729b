"""PostgreSQL and Redis of a test run. `DATABASE_URL` and `REDIS_URL` replace them, as they do for the portal."""

import atexit
import os
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

from partnercenter import embedded

PREFIX = "partnercenter-tests-"
# What was started here, by the names of its variables: of two processes of one run each has servers of its own.
OURS = "TEST_SERVERS"
_stop = ExitStack()


def start():
    """Start what is not given by the environment, say there where it is, and stop it when Python ends."""
    for name in os.environ.pop(OURS, "").split():
        del os.environ[name]
    postgres, redis = "DATABASE_URL" not in os.environ, "REDIS_URL" not in os.environ
    os.environ[OURS] = " ".join(name for name in ("DATABASE_URL", "REDIS_URL") if name not in os.environ)
    _clear_what_killed_runs_left()
    var = Path(tempfile.mkdtemp(prefix=PREFIX))
    (var / "static").mkdir()
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
