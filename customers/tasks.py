"""What jobs of this app do, and what the clock does for it; settings name both."""

from __future__ import annotations

from celery import shared_task

from customers.models import TagChange, UserChange, UserImport
from customers.services.tag_changes import change_next_tags, finish_change
from customers.services.user_changes import change_next_users, finish_user_change
from customers.services.user_creation import create_next_users, finish_creation
from customers.services.user_purge import purge_handouts, purge_users
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import Handler, Progress


@shared_task(name="customers.purge_deleted_users")
def purge_deleted_users() -> int:
    purge_handouts()
    return purge_users()


def _work(job: Job) -> Progress:
    return create_next_users(_import_of(job))


def _finish(job: Job) -> None:
    finish_creation(_import_of(job), job=job)


def _import_of(job: Job) -> UserImport:
    people = ("customer__partner", "uploaded_by")
    return UserImport.objects.defer("content").select_related(*people).get(pk=job.subject_id)


def _work_on_tags(job: Job) -> Progress:
    return change_next_tags(_change_of(job))


def _finish_tags(job: Job) -> None:
    finish_change(_change_of(job), job=job)


def _change_of(job: Job) -> TagChange:
    return TagChange.objects.select_related("partner", "requested_by", "retires").get(pk=job.subject_id)


def _work_on_users(job: Job) -> Progress:
    return change_next_users(_user_change_of(job))


def _finish_users(job: Job) -> None:
    finish_user_change(_user_change_of(job), job=job)


def _user_change_of(job: Job) -> UserChange:
    people = ("customer__partner", "requested_by")
    return UserChange.objects.defer("user_ids").select_related(*people).get(pk=job.subject_id)


change_tags = Handler(work=_work_on_tags, finish=_finish_tags)
change_users = Handler(work=_work_on_users, finish=_finish_users)
create_users = Handler(work=_work, finish=_finish)
