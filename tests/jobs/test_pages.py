"""Jobs as people see them: the list, one job, and stopping it."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.jobs.models import Job

pytestmark = pytest.mark.usefixtures("work", "queue")

HTMX = {"HX-Request": "true"}
DENIED = (
    "Only a Global admin, User admin, or Admin agent can manage users. "
    "Ask a Global admin of your organization for the role."
)


@pytest.fixture
def running(make_job):
    """A job that runs and is half through."""
    return make_job(
        total=100,
        status=Job.Status.RUNNING,
        succeeded=48,
        failed=2,
        started_at=timezone.now() - timedelta(seconds=9),
        leased_until=timezone.now() + timedelta(seconds=20),
    )


def polls(answer):
    """How often the answer asks for the next piece."""
    return answer.content.decode().count('hx-trigger="every 1s"')


def test_the_list_shows_the_jobs_of_the_partner_newest_first(make_job, ana, browse):
    older = make_job(created_at=timezone.now() - timedelta(minutes=1))
    newer = make_job()

    table = browse(ana).get("/jobs/").context["table"]

    assert [job.pk for job in table.records] == [newer.pk, older.pk]


def test_the_list_keeps_itself_up_to_date_only_while_a_job_runs(make_job, ana, browse):
    job = make_job()
    visitor = browse(ana)

    live = [visitor.get("/jobs/").content.decode().count('hx-trigger="every 2s"')]
    Job.objects.filter(pk=job.pk).update(status=Job.Status.DONE)
    live.append(visitor.get("/jobs/").content.decode().count('hx-trigger="every 2s"'))

    assert live == [1, 0]


def test_an_empty_list_says_what_belongs_there(ana, browse):
    html = browse(ana).get("/jobs/").content.decode()

    assert html.count("No jobs yet") == 1


def test_a_long_list_costs_no_more_queries_than_one_of_two_pages(make_job, ana, browse):
    visitor = browse(ana)
    for _ in range(51):
        make_job()
    visitor.get("/jobs/")

    with CaptureQueriesContext(connection) as few:
        visitor.get("/jobs/")
    for _ in range(60):
        make_job()
    with CaptureQueriesContext(connection) as many:
        answer = visitor.get("/jobs/")

    assert (len(many), len(answer.context["table"].records)) == (len(few), 50)


@pytest.mark.parametrize("page", ["", "progress/", "cancel/"])
def test_a_job_of_another_partner_does_not_exist(make_job, finn, browse, page):
    visitor, job = browse(finn), make_job()
    ask = visitor.post if page == "cancel/" else visitor.get

    theirs, nothing = ask(f"/jobs/{job.pk}/{page}"), ask(f"/jobs/{uuid.uuid4()}/{page}")

    assert (theirs.status_code, nothing.status_code, Job.objects.get().status) == (404, 404, Job.Status.QUEUED)
    assert visitor.get("/jobs/").context["table"].records == []


def test_a_running_job_shows_how_far_it_is(running, ana, browse):
    html = browse(ana).get(f"/jobs/{running.pk}/").content.decode()

    assert html.count('value="50" max="100"') == 1
    assert (html.count("50 of 100"), html.count("5 per second"), html.count("less than a minute left")) == (1, 1, 1)
    assert html.count(f'href="{running.url}"') == 1


def test_the_piece_asks_for_itself_until_the_job_ends(running, ana, browse):
    visitor, address = browse(ana), f"/jobs/{running.pk}/progress/"

    while_running = visitor.get(address, headers=HTMX)
    Job.objects.filter(pk=running.pk).update(status=Job.Status.DONE, finished_at=timezone.now())
    afterwards = visitor.get(address, headers=HTMX)

    assert (polls(while_running), polls(afterwards)) == (1, 0)


def test_the_button_to_cancel_goes_away_with_the_last_piece(running, ana, browse):
    Job.objects.filter(pk=running.pk).update(status=Job.Status.DONE, finished_at=timezone.now())

    html = browse(ana).get(f"/jobs/{running.pk}/progress/", headers=HTMX).content.decode()

    assert (html.count('hx-swap-oob="true"'), html.count("Cancel the job"), html.count("Show the result")) == (1, 0, 1)


def test_a_page_without_script_loads_itself_again_while_the_job_runs(running, ana, browse):
    html = browse(ana).get(f"/jobs/{running.pk}/").content.decode()

    assert html.count('<noscript><meta http-equiv="refresh" content="5"></noscript>') == 1


def test_a_failed_job_says_why_and_under_which_reference(make_job, ana, browse):
    job = make_job(status=Job.Status.FAILED, error=Job.Error.UNEXPECTED, finished_at=timezone.now())

    html = browse(ana).get(f"/jobs/{job.pk}/").content.decode()

    assert html.count(str(Job.Error.UNEXPECTED.label)) == 1
    assert html.count(f'data-copy="{job.pk}"') == 1


def test_a_user_admin_cancels_a_user_upload(make_job, uri, browse):
    job = make_job()

    answer = browse(uri).post(f"/jobs/{job.pk}/cancel/", follow=True)

    assert answer.redirect_chain == [(f"/jobs/{job.pk}/", 302)]
    assert [(message.level_tag, str(message)) for message in answer.context["messages"]] == [
        ("success", "The job ends after the step it is at. What is done stays done.")
    ]
    assert Job.objects.get().status == Job.Status.CANCELED


def test_a_job_that_ended_in_the_meantime_is_not_canceled_and_says_so(make_job, ana, browse):
    job = make_job(status=Job.Status.DONE)

    answer = browse(ana).post(f"/jobs/{job.pk}/cancel/", follow=True)

    assert [(message.level_tag, str(message)) for message in answer.context["messages"]] == [
        ("error", "This job has already ended: Done. There is nothing left to stop.")
    ]


def test_a_helpdesk_agent_sees_a_job_but_may_not_stop_it(make_job, hugo, browse):
    job, visitor = make_job(), browse(hugo)

    page, attempt = visitor.get(f"/jobs/{job.pk}/"), visitor.post(f"/jobs/{job.pk}/cancel/")

    assert (page.status_code, page.context["cancel_denied"]) == (200, DENIED)
    assert (attempt.status_code, str(attempt.context["exception"])) == (403, DENIED)
    assert (Job.objects.get().status, Activity.objects.get().deed) == (Job.Status.QUEUED, Deed.REFUSED)


def test_a_job_cannot_be_canceled_by_a_link(make_job, ana, browse):
    job = make_job()

    answer = browse(ana).get(f"/jobs/{job.pk}/cancel/")

    assert (answer.status_code, Job.objects.get().status) == (405, Job.Status.QUEUED)


def test_a_job_that_is_being_stopped_says_so(running, ana, browse):
    visitor = browse(ana)

    visitor.post(f"/jobs/{running.pk}/cancel/")
    html = visitor.get(f"/jobs/{running.pk}/").content.decode()

    assert (html.count("Stopping"), html.count("It ends after the step it is at.")) == (1, 1)


def test_nobody_who_is_signed_out_sees_jobs(client, make_job):
    job = make_job()

    page, piece = client.get(f"/jobs/{job.pk}/"), client.get(f"/jobs/{job.pk}/progress/", headers=HTMX)

    assert (page.status_code, page["Location"]) == (302, f"/accounts/login/?next=/jobs/{job.pk}/")
    assert (piece.status_code, piece["HX-Refresh"], piece.content) == (204, "true", b"")


def test_people_of_a_customer_have_no_jobs(carla, browse):
    answer = browse(carla).get("/jobs/")

    assert answer.status_code == 403


@pytest.mark.parametrize("kind", Job.Kind.values)
def test_the_page_of_a_job_of_any_kind_opens_and_offers_to_cancel_what_can_be(browse, ana, make_job, kind):
    job = make_job(kind=kind, status=Job.Status.QUEUED)

    page = browse(ana).get(f"/jobs/{job.pk}/")

    # What three parties have signed is not stopped by one of them.
    assert (page.status_code, f"/jobs/{job.pk}/cancel/" in page.text) == (200, kind != Job.Kind.TRANSFER)
