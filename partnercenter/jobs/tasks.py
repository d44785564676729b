"""What the queue carries: the id of a job, and the clock's tick."""

from __future__ import annotations

import uuid

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.core.management import call_command

from partnercenter.jobs import services


@shared_task(name="jobs.run")
def run(job_id: str) -> None:
    services.run_job(uuid.UUID(job_id))


@shared_task(name="jobs.sweep")
def sweep() -> int:
    return services.sweep()


@shared_task(name="jobs.clear_sessions")
def clear_sessions() -> None:
    """Forget the sessions that have ended, and from where and with which browser they were used."""
    call_command("clearsessions")
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
