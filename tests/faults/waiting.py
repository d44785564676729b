"""Waiting for what workers and web processes do."""

import time

from django.db import connection

from partnercenter.jobs.models import Job


def wait_until(is_so, seconds=90):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.01)


def has_begun(job):
    return lambda: Job.objects.filter(pk=job.pk, succeeded__gt=0).exists()


def has_ended(job):
    return lambda: not Job.objects.get(pk=job.pk).is_open


def somebody(does):
    """Whether another connection to the database does this, in words of `pg_stat_activity`."""

    def asked():
        with connection.cursor() as cursor:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT FROM pg_stat_activity WHERE {others} AND {does}")
            return cursor.rowcount > 0

    return asked


def row_is_waited_for(by=1):
    """Whether so many others wait for rows that somebody holds; true within a transaction as well."""

    def asked():
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_locks WHERE NOT granted")
            return cursor.rowcount >= by

    return asked
