"""The clock's tick for mail."""

from __future__ import annotations

from celery import shared_task

from partnercenter.notifications import outbox


@shared_task(name="notifications.deliver")
def deliver() -> int:
    return outbox.deliver()
