"""Rows on their way out through COPY: as fast as the database writes them, in little memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any, Final

import psycopg2
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

_PIECE_BYTES: Final = 1 << 16
# So many pieces wait for a slow reader; then the database waits.
_PIECES_AHEAD: Final = 8

Finish = Callable[[bytes], bytes]
_Piece = bytes | BaseException | None


def copied(rows: QuerySet[Any, Any], *, finish: Finish) -> Iterator[bytes]:
    """The rows of a `values_list()` as CSV lines in UTF-8, each as `finish` returns it, in pieces of 64 kB.

    Cells are quoted where CSV needs it, NULL is nothing, an empty text is `""`; a line that is given to `finish` ends
    with LF. A thread reads from the database; the connection is the reader's, who may not use it for anything else
    until the last piece or `close()`, which ends the query at once. An error breaks the iteration off.
    """
    connection = connections[rows.db]
    connection.ensure_connection()
    try:
        statement = _statement(rows, connection.connection)
    except EmptyResultSet:
        return
    hand = _Hand(finish)
    thread = Thread(target=hand.copy, args=(connection.connection, statement), name="copy", daemon=True)
    thread.start()
    ended = False
    try:
        while (piece := hand.pieces.get()) is not None:
            if isinstance(piece, BaseException):
                with connection.wrap_database_errors:
                    raise piece
            yield piece
        ended = True
    finally:
        if not ended:
            hand.break_off(connection.connection, thread)
            if not connection.in_atomic_block:
                connection.close()
        thread.join()


def _statement(rows: QuerySet[Any, Any], raw: psycopg2.extensions.connection) -> str:
    sql, params = rows.query.sql_with_params()
    with raw.cursor() as cursor:
        query: str = cursor.mogrify(sql, params).decode()
    return f"COPY ({query}) TO STDOUT (FORMAT csv)"


class _Hand:
    """Takes lines from the database, one for each `write`, and hands them over in pieces."""

    def __init__(self, finish: Finish) -> None:
        self.pieces: Queue[_Piece] = Queue(maxsize=_PIECES_AHEAD)
        self._finish = finish
        self._held = bytearray()
        self._broken_off = Event()

    def copy(self, raw: psycopg2.extensions.connection, statement: str) -> None:
        """What the thread does: all rows, and then None or what went wrong."""
        end: _Piece = None
        try:
            with raw.cursor() as cursor:
                cursor.copy_expert(statement, self)
            self.pieces.put(bytes(self._held))
        except BaseException as error:  # noqa: BLE001 - it is raised where the pieces are read
            end = error
        self.pieces.put(end)

    def write(self, line: bytes) -> None:
        self._held += self._finish(line)
        if len(self._held) >= _PIECE_BYTES:
            if not self._broken_off.is_set():
                self.pieces.put(bytes(self._held))
            self._held.clear()

    def break_off(self, raw: psycopg2.extensions.connection, thread: Thread) -> None:
        """End the query and wait until the thread has noticed."""
        self._broken_off.set()
        with suppress(psycopg2.Error):
            raw.cancel()
        while thread.is_alive():
            with suppress(Empty):
                self.pieces.get(timeout=0.05)
