"""Waiting for what a worker does."""

import time

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
