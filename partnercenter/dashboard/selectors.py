"""What the home page asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from partnercenter.activity.models import Activity
from partnercenter.activity.selectors import activity_of, newest_of
from partnercenter.jobs.models import Job
from partnercenter.jobs.selectors import jobs_of, open_jobs_of
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Action

AT_MOST: Final = 5  # rows of a card; the page behind it has the rest
RECENTLY: Final = timedelta(days=7)


def running_jobs(partner: Partner) -> list[Job]:
    """The newest jobs that wait or run."""
    return list(open_jobs_of(partner)[:AT_MOST])


def failed_lately(partner: Partner) -> QuerySet[Job]:
    """Jobs of the last week that were given up."""
    since = timezone.now() - RECENTLY
    return jobs_of(partner).filter(status=Job.Status.FAILED, created_at__gt=since)


def latest_activity(staff: Staff) -> list[Activity]:
    """The last lines of the log; none for somebody who may not see it."""
    if not staff.may(Action.SEE_ACTIVITY):
        return []
    return list(newest_of(activity_of(staff.partner), AT_MOST))
