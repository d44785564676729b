"""What the queue carries: the id of a job, and the clock's tick."""

from __future__ import annotations

import uuid

from celery import shared_task

from partnercenter.jobs import services


@shared_task(name="jobs.run")
def run(job_id: str) -> None:
    services.run_job(uuid.UUID(job_id))


@shared_task(name="jobs.sweep")
def sweep() -> int:
    return services.sweep()
