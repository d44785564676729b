"""Rows that somebody else holds: a page never waits long for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from psycopg2.errors import DeadlockDetected, LockNotAvailable

from partnercenter.errors import Refused

# How long somebody waits for a row, in words of the database. A chunk of a job takes a fraction of a second; one that
# is frozen must not hang the page.
PATIENCE: Final = "2s"


def delete_unheld(rows: QuerySet[Any], *, at_once: int) -> int:
    """Delete rows with what hangs on them, so many in a transaction; how many went. What somebody holds stays."""
    count = 0
    while True:
        with transaction.atomic():
            held = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:at_once])
            rows.model._default_manager.filter(pk__in=held).delete()
        count += len(held)
        if not held:
            return count


@contextmanager
def without_long_waits(sentence: str | Promise) -> Iterator[None]:
    """A transaction that waits for no row longer than `PATIENCE`.

    Raises `Refused` with the sentence, and nothing was done, where somebody does not let go of a row in time, or waits
    for us in turn.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            yield
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
            raise
        raise Refused(sentence) from error
