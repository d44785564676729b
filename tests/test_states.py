import uuid

import pytest

from customers.models import UserImport
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job


@pytest.fixture
def job(contoso, ana):
    return Job.objects.create(
        partner=contoso, requested_by=ana.user, kind=Job.Kind.USER_IMPORT, subject_id=uuid.uuid4(), subject="x"
    )


def test_a_step_changes_state_and_columns_together(job):
    job.move_to(Job.Status.RUNNING, attempts=1)

    assert (job.status, job.attempts) == ("running", 1)
    assert Job.objects.filter(pk=job.pk, status="running", attempts=1).exists()


def test_a_step_that_the_table_does_not_know_is_a_bug(job):
    with pytest.raises(ValueError, match="cannot go from queued to done"):
        job.move_to(Job.Status.DONE)


def test_of_two_who_act_at_once_the_second_gets_a_sentence(job):
    same_job = Job.objects.get(pk=job.pk)
    job.move_to(Job.Status.CANCELED)

    with pytest.raises(Refused, match="somebody else"):
        same_job.move_to(Job.Status.RUNNING)

    assert Job.objects.get(pk=job.pk).status == "canceled"


@pytest.mark.parametrize("model", [Job, UserImport])
def test_the_table_of_steps_names_every_state(model):
    states = set(model.Status.values)

    assert set(model.STEPS) == states
    assert {after for steps in model.STEPS.values() for after in steps} <= states
