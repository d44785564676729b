"""Questions about jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import QuerySet

from partnercenter.jobs.models import Job
from partnercenter.partners.models import Partner
from partnercenter.partners.roles import Action

# Who may stop a job: whoever may start one of its kind.
WHO_MAY_CANCEL: Final[Mapping[str, Action]] = {
    Job.Kind.USER_IMPORT: Action.MANAGE_USERS,
}


def jobs_of(partner: Partner) -> QuerySet[Job]:
    """All jobs of a partner, with the people who asked for them."""
    return Job.objects.filter(partner=partner).select_related("requested_by")


def open_jobs_of(partner: Partner) -> QuerySet[Job]:
    """The jobs of a partner that wait or run, the newest one first."""
    unfinished = jobs_of(partner).filter(status__in=(Job.Status.QUEUED, Job.Status.RUNNING))
    return unfinished.order_by("-created_at", "-id")


def action_to_cancel(job: Job) -> Action:
    """What somebody must be allowed to do in order to cancel this job."""
    return WHO_MAY_CANCEL[job.kind]
