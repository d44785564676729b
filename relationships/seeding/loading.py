"""Writing many rows at once: what each row would pay for is taken away before, and made again after."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from customers.models import Customer, SearchEntry
from relationships.seeding.partners import SeededPartner
from relationships.seeding.rows import COLUMNS, Batch, batches

# From here on it is faster to make indexes again than to keep them while rows are written.
MANY: Final = 20_000
TABLES: Final = (*COLUMNS, SearchEntry._meta.db_table)
_COPY_BYTES: Final = 1 << 16

Say = Callable[[str], None]


class _Part(NamedTuple):
    """An index or a constraint: how it is taken away, and how it is made again exactly as it was."""

    name: str
    drop: str
    make: str


# Indexes that no constraint stands on; smaller ones first.
_INDEXES: Final = """
    SELECT quote_ident(part.relname), 'DROP INDEX ' || part.oid::regclass, pg_get_indexdef(part.oid)
    FROM pg_index JOIN pg_class AS part ON part.oid = indexrelid JOIN pg_am ON pg_am.oid = part.relam
    WHERE indrelid = ANY (%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
    ORDER BY amname, part.relname
"""
_CONSTRAINTS: Final = """
    SELECT quote_ident(conname), format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
        format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE contype IN ('f', 'u') AND conrelid = ANY (%s::regclass[]) ORDER BY contype, conname
"""

# Put into the order of the inverted index, the entries take it half the time to make.
_PUT_IN_ORDER: Final = """
    CREATE INDEX entries_by_place ON customers_searchentry (partner_id, place);
    CLUSTER customers_searchentry USING entries_by_place;
    DROP INDEX entries_by_place
"""


def load_customers(shares: Sequence[tuple[SeededPartner, int]], *, seed: int, first: int, say: Say) -> None:
    """Write so many customers of each partner, all or none, and tell how it goes.

    `first` is the number of the first company in the endless list of names. While many are written, nobody else can
    use the tables. Raises `IntegrityError` if a customer of one of these domains is there already.
    """
    total = sum(count for _, count in shares)
    with transaction.atomic():
        first_id = _reserve_ids(total)
        rows = batches(shares, seed=seed, first=first, first_id=first_id, now=timezone.now())
        if total < MANY:
            _copy_all(rows, total, say)
        else:
            with bare(TABLES, say):
                _copy_all(rows, total, say)
                _execute(_PUT_IN_ORDER)


def refresh_statistics(say: Say) -> None:
    """Let the planner know the tables, and index-only scans trust them; inside a transaction the latter has to wait."""
    begun = time.monotonic()
    for table in TABLES:
        _execute(f"ANALYZE {table}" if connection.in_atomic_block else f"VACUUM (ANALYZE) {table}")
    say(f"Statistics: {time.monotonic() - begun:.1f} s")


@contextmanager
def bare(tables: Sequence[str], say: Say) -> Iterator[None]:
    """Take indexes, foreign keys and unique constraints off some tables, and bring them back at the end of the block.

    All that is done in the caller's transaction: if anything fails, it is as if nothing had been. Primary keys
    stay.
    """
    # What waits to be checked keeps a table from being altered.
    _execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    _execute("SET LOCAL maintenance_work_mem = '1GB'; SET LOCAL max_parallel_maintenance_workers = 4")
    parts = [*_parts(_CONSTRAINTS, tables), *_parts(_INDEXES, tables)]
    for part in parts:
        _execute(part.drop)
    yield
    for part in parts:
        begun = time.monotonic()
        _execute(part.make)
        say(f"{part.name}: {time.monotonic() - begun:.1f} s")


def _parts(query: str, tables: Sequence[str]) -> list[_Part]:
    with connection.cursor() as cursor:
        cursor.execute(query, [list(tables)])
        return [_Part(*row) for row in cursor.fetchall()]


def _reserve_ids(count: int) -> int:
    """Keep `count` successive primary keys of customers, and return the first one."""
    table = Customer._meta.db_table
    _execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")  # nobody takes one in between
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        first = int(cursor.fetchone()[0])
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + count])
    return first


def _copy_all(rows: Iterator[Batch], total: int, say: Say) -> None:
    """While the database takes in a batch, a thread makes the next one."""
    done, begun = 0, time.monotonic()
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, rows, None)
        while batch := coming.result():
            coming = thread.submit(next, rows, None)
            _copy(batch)
            done += batch.customers
            say(f"{done:,} of {total:,} customers, {done / (time.monotonic() - begun):,.0f}/s")


def _copy(batch: Batch) -> None:
    with connection.cursor() as cursor, connection.wrap_database_errors:
        for table, columns in COLUMNS.items():
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", BytesIO(batch.tables[table]), _COPY_BYTES)


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
