"""The Celery application: workers and the scheduler run it, pages send job ids through it.

A message is acknowledged when it arrives, not when its work is done: the job table knows what is unfinished
and sends it again, so Redis may lose everything it holds.
"""

import logging
import os

from celery import Celery
from celery.signals import beat_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnercenter.settings")

logger = logging.getLogger(__name__)

app = Celery("partnercenter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def say_that_the_worker_is_ready(**kwargs: object) -> None:
    """One line for whoever waits for it, as the launcher and the tests do."""
    logger.info("The worker is ready.")


@beat_init.connect
def say_that_the_scheduler_is_ready(**kwargs: object) -> None:
    """One line for whoever waits for it, as the launcher does."""
    logger.info("The scheduler is ready.")
