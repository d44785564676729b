"""The portal's worker with a rest after each chunk, in which a test can catch it holding nothing."""

import time

from celery.signals import worker_process_init

from partnercenter.celery import app

__all__ = ["app"]

REST_SECONDS = 0.3


@worker_process_init.connect
def rest_after_each_chunk(**kwargs):
    from partnercenter.jobs import services

    work_once = services._work_once

    def work_once_and_rest(*args):
        more = work_once(*args)
        time.sleep(REST_SECONDS)
        return more

    services._work_once = work_once_and_rest
