"""Jobs whose work is counting, and a queue that can be looked into."""

import uuid
from contextlib import closing

import pytest
from celery import Celery, current_app
from django.db import connection

from partnercenter.jobs.models import Job
from partnercenter.jobs.services import enqueue, handler_of
from tests.jobs import handlers


@pytest.fixture
def work(settings):
    """What the handler of all jobs notes: `begun`, `ended`, and `traps` to set."""
    settings.JOB_HANDLERS = dict.fromkeys(Job.Kind.values, "tests.jobs.handlers.counting")
    handler_of.cache_clear()
    handlers.reset()
    yield handlers
    handler_of.cache_clear()


@pytest.fixture
def queue():
    """A broker in memory: `queue()` takes out the ids of the jobs that were sent."""
    app = Celery("jobs", broker="memory://", set_as_current=False)
    app.conf.task_default_queue = "jobs"
    before = current_app._get_current_object()
    app.set_current()

    def sent():
        with app.connection() as connection, connection.SimpleQueue("jobs") as messages:
            return [messages.get(block=False).payload[0][0] for _ in range(messages.qsize())]

    sent()
    yield sent
    before.set_current()


@pytest.fixture
def no_queue():
    """A broker that is away."""
    app = Celery("jobs", broker="redis://127.0.0.1:1/0", set_as_current=False)
    app.conf.task_publish_retry = False
    app.conf.broker_transport_options = {"socket_connect_timeout": 1, "retry_on_timeout": False}
    before = current_app._get_current_object()
    app.set_current()
    yield
    before.set_current()


@pytest.fixture
def make_job(tailspin, ana):
    """A job of Contoso for Tailspin Toys, asked for by Ana."""

    def make(total=25, *, subject="users.csv", **fields):
        job = enqueue(
            Job.Kind.USER_IMPORT,
            subject_id=uuid.uuid4(),
            subject=subject,
            total=total,
            url=f"/customers/{tailspin.tenant_id}/users/",
            partner=tailspin.partner,
            customer=tailspin,
            actor=ana.user,
        )
        Job.objects.filter(pk=job.pk).update(**fields)
        job.refresh_from_db()
        return job

    return make


@pytest.fixture
def frozen(transactional_db):
    """Somebody who holds the row of a job and does not move: `frozen(job)`."""
    with closing(connection.Database.connect(**connection.get_connection_params())) as other:

        def hold(job):
            with other.cursor() as cursor:
                cursor.execute("SELECT FROM jobs_job WHERE id = %s FOR UPDATE", [str(job.pk)])

        yield hold
