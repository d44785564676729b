"""What becomes of a creation of users, and what time does to its job."""

from datetime import timedelta

from django.utils import timezone

from customers.models import UserImport, UserImportRow
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.notifications.models import Notification


def let_the_clock_run(job):
    """Lease and pause of the job are over, as after some time."""
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(due_at=past)
    Job.objects.filter(pk=job.pk, leased_until__isnull=False).update(leased_until=past)


def assert_all_created_once(job, count):
    """Users created = rows reported created = what the job, its file and the log say."""
    job.refresh_from_db()
    user_import = UserImport.objects.get(job=job)
    created = user_import.rows.filter(outcome=UserImportRow.Outcome.CREATED).values_list("user_id", flat=True)
    users = User.objects.filter(tenant=user_import.customer.tenant)
    assert (job.status, job.succeeded, job.failed) == (Job.Status.DONE, count, 0)
    assert user_import.status == UserImport.Status.DONE
    assert (users.count(), users.values("principal_name").distinct().count()) == (count, count)
    assert set(users.values_list("pk", flat=True)) == set(created)
    assert Activity.objects.filter(deed=Deed.USERS_CREATED).count() == 1
    assert Notification.objects.count() == 1
