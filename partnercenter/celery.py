"""The Celery application: workers and the scheduler run it, pages send job ids through it.

A message is acknowledged when it arrives, not when its work is done: the job table knows what is unfinished and
sends it again, so Redis may lose everything it holds.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnercenter.settings")

app = Celery("partnercenter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
