"""What a job shows of itself, and what settings say of its kinds."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from partnercenter.jobs.checks import every_kind_has_a_handler
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import handler_of

pytestmark = pytest.mark.usefixtures("work")


def test_the_rate_and_the_time_left_follow_from_the_start(make_job):
    job = make_job(
        total=100,
        status=Job.Status.RUNNING,
        succeeded=40,
        failed=10,
        started_at=timezone.now() - timedelta(seconds=10),
        leased_until=timezone.now() + Job.LEASE,
    )

    assert (round(job.rate), round(job.time_left.total_seconds())) == (5, 10)


def test_a_job_that_has_not_begun_has_no_rate(make_job):
    job = make_job()

    assert (job.rate, job.time_left) == (None, None)


def test_a_job_that_nobody_works_on_says_so_and_shows_no_rate(make_job):
    job = make_job(
        total=100, status=Job.Status.RUNNING, succeeded=40, started_at=timezone.now() - timedelta(seconds=10),
        leased_until=timezone.now() - timedelta(seconds=1),
    )  # fmt: skip

    assert (job.is_interrupted, job.rate, job.time_left) == (True, None, None)


def test_a_kind_without_a_handler_is_an_error_of_the_settings(settings):
    settings.JOB_HANDLERS = {}

    with pytest.raises(ImproperlyConfigured):
        handler_of(Job.Kind.USER_IMPORT)
    assert [error.id for error in every_kind_has_a_handler()] == ["jobs.E001"] * len(Job.Kind)


@pytest.mark.parametrize("path", ["tests.jobs.handlers.work", "tests.jobs.handlers.nothing", "nowhere.at_all"])
def test_the_start_finds_a_handler_that_is_none(settings, path):
    settings.JOB_HANDLERS = dict.fromkeys(Job.Kind.values, path)

    assert [error.id for error in every_kind_has_a_handler()] == ["jobs.E001"] * len(Job.Kind)


def test_the_start_is_content_with_handlers_that_can_be_found():
    assert every_kind_has_a_handler() == []
