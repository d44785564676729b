"""Questions about jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from partnercenter.jobs.models import Job
from partnercenter.partners.models import Partner
from partnercenter.partners.roles import Action

# Who may stop a job: whoever may start one of its kind.
WHO_MAY_CANCEL: Final[Mapping[str, Action]] = {
    Job.Kind.USER_IMPORT: Action.MANAGE_USERS,
    Job.Kind.TAG_CHANGE: Action.EDIT_TAGS,
    Job.Kind.BLOCK_USERS: Action.MANAGE_USERS,
    Job.Kind.ALLOW_USERS: Action.MANAGE_USERS,
    Job.Kind.DELETE_USERS: Action.MANAGE_USERS,
    Job.Kind.RESTORE_USERS: Action.MANAGE_USERS,
    Job.Kind.CHANGE_ROLES: Action.MANAGE_USERS,
    Job.Kind.CHANGE_LOCATIONS: Action.MANAGE_USERS,
    Job.Kind.SUSPEND_SUBSCRIPTIONS: Action.MANAGE_SUBSCRIPTIONS,
    Job.Kind.REACTIVATE_SUBSCRIPTIONS: Action.MANAGE_SUBSCRIPTIONS,
    Job.Kind.CHANGE_RESELLER: Action.MANAGE_SUBSCRIPTIONS,
    Job.Kind.CHANGE_LICENSES: Action.ASSIGN_LICENSES,
    Job.Kind.TRANSFER: Action.MANAGE_TRANSFERS,
    Job.Kind.CAMPAIGN: Action.MANAGE_TRANSFERS,
}


def jobs_of(partner: Partner) -> QuerySet[Job]:
    """All jobs of a partner, with the people who asked for them."""
    return Job.objects.filter(partner=partner).select_related("requested_by")


def open_jobs_of(partner: Partner) -> QuerySet[Job]:
    """The jobs of a partner that wait or run, the newest one first."""
    unfinished = jobs_of(partner).filter(status__in=(Job.Status.QUEUED, Job.Status.RUNNING))
    return unfinished.order_by("-created_at", "-id")


def due(now: datetime) -> QuerySet[Job]:
    """Jobs that should be worked on at `now` and that nobody holds, the one that waits longest first."""
    open_jobs = Job.objects.filter(status__in=(Job.Status.QUEUED, Job.Status.RUNNING), due_at__lte=now)
    return open_jobs.filter(Q(leased_until=None) | Q(leased_until__lt=now)).order_by("due_at")


def partners_in_turn(now: datetime) -> QuerySet[Partner]:
    """Partners of whom a job is due, those first whose jobs have the fewest workers; among equals it is drawn by lot.

    The lot is what is fair to each where one worker has to do for all.
    """
    theirs = Q(partner=OuterRef("pk"))
    at_work = Job.objects.filter(theirs, status=Job.Status.RUNNING, leased_until__gte=now).order_by()
    workers = at_work.values("partner").annotate(count=Count("pk")).values("count")
    waiting = Partner.objects.filter(Exists(due(now).filter(theirs)))
    return waiting.order_by(Coalesce(Subquery(workers), 0), "?")


def due_and_not_rung(now: datetime) -> QuerySet[Job]:
    """Due jobs that the workers have not heard of for `RING_AGAIN`; those that were never rung come first.

    Nobody starves, however many wait: a job that was rung goes to the end of the row.
    """
    quiet = due(now).filter(Q(rung_at=None) | Q(rung_at__lte=now - Job.RING_AGAIN))
    return quiet.order_by(F("rung_at").asc(nulls_first=True), "due_at")


def oldest_due_seconds(now: datetime) -> float | None:
    """How long the oldest due job has been waiting for a worker, in seconds; None when no job waits."""
    since: datetime | None = due(now).aggregate(since=Min(Greatest("due_at", "leased_until")))["since"]
    return (now - since).total_seconds() if since else None


def count_by_status() -> dict[str, int]:
    """How many jobs of all partners are in each state; every state is named."""
    counted = dict(Job.objects.order_by().values_list("status").annotate(Count("pk")))
    return {status: counted.get(status, 0) for status in Job.Status.values}


def action_to_cancel(job: Job) -> Action:
    """What somebody must be allowed to do in order to cancel this job."""
    return WHO_MAY_CANCEL[job.kind]
