"""What tests of jobs do to rows, as time and other workers would."""

from datetime import timedelta

from django.utils import timezone

from partnercenter.jobs.models import Job


def read(job):
    return Job.objects.get(pk=job.pk)


def let_lease_end(job):
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def make_due(job):
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())


def raiser(error):
    def trap(job):
        raise error

    return trap
