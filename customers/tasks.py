"""What jobs of this app do; settings name the handlers."""

from __future__ import annotations

from customers.models import UserImport
from customers.services.user_creation import create_next_users, finish_creation
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import Handler, Progress


def _work(job: Job) -> Progress:
    return create_next_users(_import_of(job))


def _finish(job: Job) -> None:
    finish_creation(_import_of(job), job=job)


def _import_of(job: Job) -> UserImport:
    people = ("customer__partner", "uploaded_by")
    return UserImport.objects.defer("content").select_related(*people).get(pk=job.subject_id)


create_users = Handler(work=_work, finish=_finish)
