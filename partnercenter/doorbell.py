"""The queue, as pages and services use it: it tells workers that there is work, and owns nothing."""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def ring(task: str, *arguments: str, **options: Any) -> bool:
    """Tell the workers of a task, by its name; `options` are Celery's, such as `expires` in seconds.

    False when the queue is away, which is no error: a clock sends again what is due.
    """
    try:
        current_app.send_task(task, arguments, **options)
    except OperationalError:
        logger.warning("%s %s: the queue is away, the clock will send it", task, *arguments or ("",))
        return False
    return True
