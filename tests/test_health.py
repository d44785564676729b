"""What load balancers and monitors are told."""

from datetime import timedelta

import pytest
from django.core.mail import send_mail
from django.utils import timezone

from partnercenter.jobs.models import Job
from partnercenter.notifications.models import Mail
from tests.jobs.conftest import make_job, queue, work  # noqa: F401

TOKEN = "a token of the monitor"
NOTHING_WAITS = """\
# HELP partnercenter_jobs Jobs by state.
# TYPE partnercenter_jobs gauge
partnercenter_jobs{state="queued"} 0
partnercenter_jobs{state="running"} 0
partnercenter_jobs{state="done"} 0
partnercenter_jobs{state="failed"} 0
partnercenter_jobs{state="canceled"} 0
# HELP partnercenter_oldest_due_job_seconds How long the oldest due job has been waiting for a worker; 0 when none waits.
# TYPE partnercenter_oldest_due_job_seconds gauge
partnercenter_oldest_due_job_seconds 0
# HELP partnercenter_mails_waiting Mails that no mail server has taken yet.
# TYPE partnercenter_mails_waiting gauge
partnercenter_mails_waiting 0
# HELP partnercenter_oldest_mail_seconds How long the oldest of these mails has been waiting; 0 when none waits.
# TYPE partnercenter_oldest_mail_seconds gauge
partnercenter_oldest_mail_seconds 0
"""


@pytest.fixture
def ask(client, settings):
    """Ask for the measures with a token, or without one."""
    settings.METRICS_TOKEN = TOKEN

    def get(token=TOKEN):
        return client.get("/metrics", headers={"Authorization": f"Bearer {token}"} if token else {})

    return get


@pytest.fixture
def measures(ask):
    """The measures by their names."""

    def read():
        lines = [line.rsplit(" ", 1) for line in ask().content.decode().splitlines() if line[0] != "#"]
        return {name.removeprefix("partnercenter_"): round(float(value)) for name, value in lines}

    return read


def ago(seconds):
    return timezone.now() - timedelta(seconds=seconds)


def oldest_due(client):
    seconds = client.get("/readyz").json()["oldest_due_job_seconds"]
    return seconds if seconds is None else round(seconds)


def test_a_portal_that_is_ready_says_so(client, db):
    answer = client.get("/readyz")

    expected = {"database": True, "redis": True, "oldest_due_job_seconds": None}
    assert (answer.status_code, answer.json()) == (200, expected)


def test_the_age_of_the_oldest_due_job_counts_from_when_it_was_due(client, make_job, work, queue):  # noqa: F811
    make_job(created_at=ago(900), due_at=ago(90))
    make_job(due_at=ago(60))
    make_job(due_at=ago(-60))
    make_job(due_at=ago(600), status=Job.Status.DONE)

    assert oldest_due(client) == 90


def test_a_job_whose_worker_died_waits_since_the_end_of_its_lease(client, make_job, work, queue):  # noqa: F811
    make_job(due_at=ago(900), status=Job.Status.RUNNING, leased_until=ago(20))
    make_job(due_at=ago(900), status=Job.Status.RUNNING, leased_until=ago(-20))

    assert oldest_due(client) == 20


def test_without_a_token_in_the_settings_there_are_no_measures(client, db, settings):
    settings.METRICS_TOKEN = ""

    answers = [client.get("/metrics"), client.get("/metrics", headers={"Authorization": "Bearer "})]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("token", [None, "a guess", "ä"])
def test_measures_are_for_those_who_bring_the_token(ask, db, token):
    answer = ask(token)

    assert (answer.status_code, answer["WWW-Authenticate"], answer.content) == (401, "Bearer", b"")


def test_measures_of_a_portal_at_rest(ask, db):
    answer = ask()

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; version=0.0.4")
    assert answer.content.decode() == NOTHING_WAITS


def test_measures_tell_what_waits(measures, make_job, work, queue, settings):  # noqa: F811
    settings.EMAIL_BACKEND = "partnercenter.notifications.outbox.Outbox"
    make_job(due_at=ago(90))
    make_job(status=Job.Status.FAILED)
    for subject in ("Sent", "First", "Second"):
        send_mail(subject, "Hello", None, ["bill@contoso.onmicrosoft.com"])
    Mail.objects.filter(subject="Sent").update(created_at=ago(600), sent_at=ago(500))
    Mail.objects.filter(subject="First").update(created_at=ago(300))

    assert measures() == {
        'jobs{state="queued"}': 1,
        'jobs{state="running"}': 0,
        'jobs{state="done"}': 0,
        'jobs{state="failed"}': 1,
        'jobs{state="canceled"}': 0,
        "oldest_due_job_seconds": 90,
        "mails_waiting": 2,
        "oldest_mail_seconds": 300,
    }
