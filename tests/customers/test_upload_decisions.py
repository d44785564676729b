"""What a person does with a checked file: start it, discard it, watch it, and get its result."""

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import UserImport
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import cancel_job, run_job
from partnercenter.partners.roles import Action, denial
from tests.uploads import FAULTY, GOOD, HEADER, cells, content_of, page_of, uploaded


def start(client, user_import, **choices):
    return client.post(page_of(user_import, "import_start"), {"location": "DE", **choices})


def test_faulty_rows_are_left_out_only_if_the_person_says_so(mixed, browse, ana):
    answer = start(browse(ana), mixed)

    mixed.refresh_from_db()
    sentence = "Tick this box to go ahead without the faulty rows, or correct the file and upload it again."
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"skip_faulty": [sentence]}
    assert (mixed.status, Job.objects.count()) == (UserImport.Status.CHECKED, 0)


def test_a_location_has_to_be_chosen(mixed, browse, ana):
    answer = start(browse(ana), mixed, location="", skip_faulty="on")

    sentence = "Choose the country or region where these users are."
    assert answer.context["form"].errors == {"location": [sentence]}


def test_the_location_begins_with_the_country_of_the_customer(mixed, browse, ana):
    page = browse(ana).get(page_of(mixed)).content.decode()

    assert '<option value="US" selected>United States</option>' in page


def test_a_started_file_is_a_job_for_its_good_rows(mixed, browse, ana):
    answer = start(browse(ana), mixed, skip_faulty="on")

    mixed.refresh_from_db()
    job = mixed.job
    line = Activity.objects.get(deed=Deed.USER_CREATION_STARTED)
    assert answer.url == page_of(mixed)
    assert (mixed.status, mixed.location) == (UserImport.Status.CREATING, "DE")
    assert (job.kind, job.subject_id, job.total, job.url) == ("user_import", mixed.pk, 1, page_of(mixed))
    assert (job.requested_by, job.customer_name, job.subject) == (ana.user, "Tailspin Toys", "users.csv")
    assert line.details == {"File": "users.csv", "Users": 1, "Location": "DE"}


def test_a_second_click_lands_on_the_page_of_the_file(mixed, browse, ana):
    client = browse(ana)
    start(client, mixed, skip_faulty="on")

    answer = start(client, mixed, skip_faulty="on")

    assert (answer.status_code, answer.url) == (302, page_of(mixed))
    assert Job.objects.count() == 1
    assert Activity.objects.filter(deed=Deed.USER_CREATION_STARTED).count() == 1


def test_a_file_without_a_good_row_cannot_be_started(browse, ana, tailspin):
    user_import = uploaded(browse(ana), tailspin, content_of(FAULTY))

    answer = browse(ana).post(
        page_of(user_import, "import_start"), {"location": "DE", "skip_faulty": "on"}, follow=True
    )

    assert "Every row of this file has a problem." in answer.content.decode()
    assert Job.objects.count() == 0


def test_a_discarded_file_is_forgotten_but_stays_in_the_log(mixed, browse, ana):
    answer = browse(ana).post(page_of(mixed, "import_discard"))

    mixed.refresh_from_db()
    line = Activity.objects.get(deed=Deed.UPLOAD_DISCARDED)
    assert answer.url == reverse("customers:users", args=[mixed.customer.tenant_id])
    assert (mixed.status, bytes(mixed.content), mixed.rows.count()) == (UserImport.Status.DISCARDED, b"", 0)
    assert line.details == {"File": "users.csv", "Rows": 2}


def test_a_file_that_was_started_cannot_be_discarded(mixed, browse, ana):
    stale = UserImport.objects.get(pk=mixed.pk)
    start(browse(ana), mixed, skip_faulty="on")

    browse(ana).post(page_of(stale, "import_discard"))

    mixed.refresh_from_db()
    assert (mixed.status, mixed.rows.count()) == (UserImport.Status.CREATING, 2)


@pytest.mark.parametrize("name", ["import_result", "import_problems"])
def test_a_discarded_file_has_no_downloads(name, mixed, browse, ana):
    browse(ana).post(page_of(mixed, "import_discard"))

    assert browse(ana).get(page_of(mixed, name)).status_code == 404


def test_the_result_is_the_uploaded_file_with_its_status_column_filled(browse, ana, tailspin):
    client = browse(ana)
    rows = [("=1+1", "Park", f"Kim {number}", f"kim{number}@tailspintoys.com", "") for number in (1, 2)]
    user_import = uploaded(client, tailspin, content_of(*rows, FAULTY))
    User.objects.create_user("kim2@tailspintoys.com", display_name="Another Kim", tenant=tailspin.tenant)
    start(client, user_import, skip_faulty="on")
    run_job(Job.objects.get().pk)

    [header, created, taken, faulty] = cells(client.get(page_of(user_import, "import_result")))

    assert header == list(HEADER)
    assert created == ["'=1+1", "Park", "Kim 1", "kim1@tailspintoys.com", "Created"]
    assert taken[4] == "Not created: somebody else got this address after the file was checked. Choose another one."
    assert faulty[4].startswith("“Display name” is 51 characters long;")


def test_rows_that_a_canceled_creation_did_not_reach_are_told_so(browse, ana, tailspin):
    client = browse(ana)
    user_import = uploaded(client, tailspin, content_of(GOOD))
    start(client, user_import)
    cancel_job(Job.objects.get(), actor=ana.user)

    [_header, row] = cells(client.get(page_of(user_import, "import_result")))

    assert row[4] == "Not created: the creation was canceled before this row. Upload it again."


def test_the_result_carries_the_name_of_its_file_and_the_day(mixed, browse, ana):
    answer = browse(ana).get(page_of(mixed, "import_result"))

    day = timezone.now().date().isoformat()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="result-users-{day}.csv"'


def test_progress_is_shown_while_users_are_created_and_the_page_loads_again_at_the_end(mixed, browse, ana):
    client = browse(ana)
    start(client, mixed, skip_faulty="on")

    before = client.get(page_of(mixed, "import_progress"), headers={"HX-Request": "true"})
    run_job(Job.objects.get().pk)
    after = client.get(page_of(mixed, "import_progress"), headers={"HX-Request": "true"})

    assert '<progress aria-label="Users created" value="0" max="1">' in before.content.decode()
    assert after.headers["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("status", "words"),
    [("done", "0 users were created."), ("canceled", "The creation was canceled."), ("failed", "The creation failed")],
)
def test_the_page_says_how_a_creation_ended(status, words, mixed, browse, ana):
    client = browse(ana)
    start(client, mixed, skip_faulty="on")
    UserImport.objects.filter(pk=mixed.pk).update(status=status, finished_at=timezone.now())

    page = client.get(page_of(mixed)).content.decode()

    assert words in page


def test_who_may_only_look_sees_the_file_and_reads_why_nothing_can_be_done(mixed, browse, hugo):
    page = browse(hugo).get(page_of(mixed)).content.decode()

    assert denial(Action.MANAGE_USERS) in page
    assert '<form class="form"' not in page


@pytest.mark.parametrize("name", ["import_start", "import_discard"])
def test_a_helpdesk_agent_decides_nothing(name, mixed, browse, hugo):
    answer = browse(hugo).post(page_of(mixed, name), {"location": "DE", "skip_faulty": "on"})

    mixed.refresh_from_db()
    assert (answer.status_code, mixed.status) == (403, UserImport.Status.CHECKED)


@pytest.mark.parametrize("name", ["import", "import_result", "import_problems", "import_progress"])
def test_a_stranger_finds_no_file(name, mixed, browse, finn):
    assert browse(finn).get(page_of(mixed, name)).status_code == 404
