"""Downloads that the database writes: whole or visibly broken off, and nothing stays behind."""

import threading
import time

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, DataError, OperationalError, connection
from django.db.models import CharField, Func, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone

from partnercenter.web.exports import INCOMPLETE, export_rows_of

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 100_000


def same(line):
    return line


def crlf(line):
    return line[:-1] + b"\r\n"


def download(rows, finish=same):
    return export_rows_of("sessions", ["Key"], rows, finish=finish)


@pytest.fixture
def sessions():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_session SELECT 'key' || to_char(number, 'FM000000'), 'data', %s FROM generate_series(1, %s) number",
            [timezone.now(), MANY],
        )
    return Session.objects.order_by("session_key").values_list("session_key")


def elsewhere(sql):
    """The first value that a query finds over another connection."""
    found = []

    def ask():
        with connection.cursor() as cursor:
            cursor.execute(sql, [])
            found.append(cursor.fetchone()[0])
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return found[0]


def copying_threads():
    return [thread for thread in threading.enumerate() if thread.name == "copy"]


def test_a_download_has_all_rows_in_their_order(sessions):
    text = b"".join(download(sessions, crlf).streaming_content).decode()

    assert text == "\ufeffKey\r\n" + "".join(f"key{number:06}\r\n" for number in range(1, MANY + 1))
    assert copying_threads() == []


def test_a_download_of_nothing_is_its_header_alone(sessions):
    assert b"".join(download(sessions.none()).streaming_content).decode() == "\ufeffKey\r\n"
    assert b"".join(download(sessions.filter(session_key="")).streaming_content).decode() == "\ufeffKey\r\n"


def test_the_header_comes_before_the_database_is_asked(sessions, django_assert_num_queries):
    with django_assert_num_queries(0):
        pieces = iter(download(sessions).streaming_content)

        assert next(pieces) == "\ufeffKey\r\n".encode()
        assert copying_threads() == []


def test_a_slow_reader_makes_the_database_wait(sessions):
    read = []

    def note(line):
        read.append(line)
        return line

    slow = download(sessions, note)
    pieces = iter(slow.streaming_content)
    next(pieces), next(pieces)
    time.sleep(0.5)

    assert len(read) < MANY
    slow.close()


def test_a_download_that_is_broken_off_ends_the_query_and_leaves_a_connection_that_works(sessions):
    answer = download(sessions)
    pieces = iter(answer.streaming_content)
    next(pieces), next(pieces)

    answer.close()

    assert copying_threads() == []
    assert elsewhere("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%%' AND state <> 'idle'") == 0
    assert Session.objects.count() == MANY


def test_what_is_stopped_from_outside_breaks_the_download_off(sessions):
    waiting = sessions.annotate(waited=Func(Value(60), function="pg_sleep", output_field=CharField())).values_list(
        "waited"
    )
    pieces = iter(download(waiting).streaming_content)
    next(pieces)
    cancel = threading.Timer(
        0.5, elsewhere, ["SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%%'"]
    )
    cancel.start()

    with pytest.raises(OperationalError, match="canceling statement"):
        list(pieces)

    cancel.join()
    assert copying_threads() == []


def test_an_error_in_the_middle_breaks_the_download_off(sessions):
    number = "1 / (CAST(substr(session_key, 4) AS integer) - 50000)"
    failing = sessions.annotate(fails=RawSQL(number, [])).values_list("fails")
    pieces = iter(download(failing).streaming_content)
    received = [next(pieces)]

    with pytest.raises(DataError, match="division by zero"):
        received.extend(pieces)

    assert received[0] == "\ufeffKey\r\n".encode()
    assert received[-1] == f"{INCOMPLETE}\r\n".encode()
    assert Session.objects.count() == MANY
    assert copying_threads() == []


def test_what_goes_wrong_with_a_line_breaks_the_download_off(sessions):
    def finish(line):
        if line == b"key050000\n":
            raise KeyError("no such tag")
        return line

    with pytest.raises(KeyError, match="no such tag"):
        b"".join(download(sessions, finish).streaming_content)

    assert Session.objects.count() == MANY
    assert copying_threads() == []


def test_a_database_that_goes_away_breaks_the_download_off(sessions):
    pieces = iter(download(sessions).streaming_content)
    next(pieces), next(pieces)
    elsewhere("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%%'")

    with pytest.raises(DatabaseError):
        list(pieces)

    connection.close()
    assert Session.objects.count() == MANY
