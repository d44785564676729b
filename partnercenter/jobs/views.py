"""Jobs: see them all, watch one, stop it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partnercenter.jobs.models import Job
from partnercenter.jobs.selectors import action_to_cancel, jobs_of
from partnercenter.jobs.services import cancel_job
from partnercenter.jobs.tables import JobTable
from partnercenter.partners.access import Forbidden, StaffRequest, allow
from partnercenter.partners.roles import Action, denial
from partnercenter.web.acts import act


@allow(Action.SEE_CUSTOMERS)
@require_safe
def jobs(request: StaffRequest) -> HttpResponse:
    """All jobs of the partner; the list follows those that run."""
    return render(request, "jobs/list.html", {"table": JobTable(jobs_of(request.partner), request)})


@allow(Action.SEE_CUSTOMERS)
@require_safe
def job(request: StaffRequest, job_id: UUID) -> HttpResponse:
    """One job, with live progress while it waits or runs."""
    return render(request, "jobs/job.html", _watched(request, job_id))


@allow(Action.SEE_CUSTOMERS)
@require_safe
def progress(request: StaffRequest, job_id: UUID) -> HttpResponse:
    """The piece of a job's page that changes while it runs."""
    return render(request, "jobs/_state.html", _watched(request, job_id))


@allow(Action.SEE_CUSTOMERS)
@require_POST
def cancel(request: StaffRequest, job_id: UUID) -> HttpResponse:
    """Stop a job; who may do so depends on its kind."""
    job = get_object_or_404(jobs_of(request.partner), pk=job_id)
    needed = action_to_cancel(job)
    if not request.staff.may(needed):
        raise Forbidden(request.staff, needed)
    return act(
        request,
        lambda: cancel_job(job, actor=request.user),
        done=_("The job ends after the step it is at. What is done stays done."),
        then=reverse("jobs:job", args=[job.pk]),
    )


def _watched(request: StaffRequest, job_id: UUID) -> dict[str, Any]:
    job: Job = get_object_or_404(jobs_of(request.partner), pk=job_id)
    needed = action_to_cancel(job)
    return {"job": job, "cancel_denied": "" if request.staff.may(needed) else denial(needed)}
