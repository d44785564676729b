"""Uploading a file of users: what is refused, what is found in it, and what the person can do then."""

import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import UserImport, UserImportRow
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import cancel_job, run_job
from partnercenter.partners.roles import Action, denial
from tests.uploads import HEADER, cells, content_of, page_of, people, send, uploaded

GOOD = ("Kim", "Park", "Kim Park", "kim@tailspintoys.com", "")
FAULTY = ("", "", "x" * 51, "kim@elsewhere.com", "")


@pytest.fixture
def mixed(browse, ana, tailspin):
    """A checked file with a good row and a faulty one."""
    return uploaded(browse(ana), tailspin, content_of(GOOD, FAULTY))


def users_of(tailspin):
    return User.objects.filter(tenant=tailspin.tenant).count()


def spreadsheet():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("[Content_Types].xml", "<Types/>")
    return content.getvalue()


REFUSED = {
    "empty": (b"", "The file is empty. Fill in the template, save it, and upload it again."),
    "a spreadsheet renamed": (
        spreadsheet(),
        (
            "The file is a spreadsheet, whatever its name says. Open it in the program it comes from, save it as "
            "“CSV UTF-8”, and upload the file you get."
        ),
    ),
    "other columns": (
        content_of(("Kim", "555"), header=("Display name", "Phone")),
        (
            "These columns do not belong in a user file: Phone. These columns are missing: First name, Last name, "
            "Email. Nothing was created. Expected are these columns and no others: First name, Last name, Display "
            "name, Email, Status update. Correct the first line, or copy the users into the template, and upload "
            "the file again."
        ),
    ),
    "a header alone": (
        content_of(),
        "The file has the names of the columns, but no users below them. Add a line for each user and upload it again.",
    ),
    "100,001 rows": (
        people(100_001),
        "The file has more than 100,000 rows. Divide it into several files and upload them one after the other.",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_file_of_users_is_refused_with_what_to_do_and_nothing_is_kept(kind, browse, ana, tailspin):
    content, sentence = REFUSED[kind]

    answer = send(browse(ana), tailspin, content)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"file": [sentence]}
    assert (UserImport.objects.count(), UserImportRow.objects.count(), users_of(tailspin)) == (0, 0, 0)
    assert Activity.objects.filter(deed=Deed.USERS_UPLOADED).count() == 0


def test_a_file_of_more_than_25_mb_is_cut_while_it_arrives(browse, ana, tailspin, settings):
    settings.UPLOAD_LIMIT_BYTES = 1_000

    answer = send(browse(ana), tailspin, people(100))

    sentence = "The file is larger than 25 MB. Divide it into several files and upload them one after the other."
    assert answer.context["form"].errors == {"file": [sentence]}
    assert UserImport.objects.count() == 0


def test_no_file_at_all_is_said_at_the_field(browse, ana, tailspin):
    answer = browse(ana).post(reverse("customers:upload", args=[tailspin.tenant_id]))

    assert answer.context["form"].errors == {"file": ["Choose the file with the users you want to create."]}


def faults_shown(client, user_import):
    """What the page tells of each faulty row: its number, and column, value and remedy of each problem."""
    records = client.get(page_of(user_import)).context["table"].records
    return {row.number: [(fault.column, fault.value, fault.remedy) for fault in row.faults] for row in records}


def test_every_problem_of_every_row_is_told_with_column_value_and_remedy(browse, ana, tailspin):
    client = browse(ana)
    long = "x" * 51
    User.objects.create_user("old@tailspintoys.com", display_name="Old", tenant=tailspin.tenant)
    User.objects.create_user(
        "gone@tailspintoys.com", display_name="Gone", tenant=tailspin.tenant, deleted_at=timezone.now()
    )
    content = content_of(
        GOOD,
        (long, "", long, "a@tailspintoys.com", ""),
        ("", "", "Lee", "lee@elsewhere.com", ""),
        ("", "", "Twin", "KIM@tailspintoys.com", ""),
        ("", "", "Old", "Old@tailspintoys.com", ""),
        ("", "", "Gone", "gone@tailspintoys.com", ""),
        ("", "", "", "", ""),
        ("", "", "", "not an address", ""),
    )

    user_import = uploaded(client, tailspin, content)

    shortened = "is 51 characters long; at most 50 are possible. Shorten it."
    assert (user_import.total, user_import.good) == (7, 1)
    assert faults_shown(client, user_import) == {
        2: [
            ("First name", long, f"“First name” {shortened}"),
            ("Display name", long, f"“Display name” {shortened}"),
        ],
        3: [
            (
                "Email",
                "lee@elsewhere.com",
                (
                    "The part after the @ is not one of the customer's verified domains. Use one of these: "
                    "tailspintoys.com, tailspintoys.onmicrosoft.com."
                ),
            )
        ],
        4: [
            (
                "Email",
                "KIM@tailspintoys.com",
                (
                    "The same email address stands in line 2 already. Give each user an address of their own, or "
                    "delete one of the two rows."
                ),
            )
        ],
        5: [
            (
                "Email",
                "Old@tailspintoys.com",
                "The customer already has a user with this email address. Choose another address, or delete the row.",
            )
        ],
        6: [
            (
                "Email",
                "gone@tailspintoys.com",
                (
                    "This email address belongs to a deleted user of the customer. Restore that user, or choose "
                    "another address."
                ),
            )
        ],
        7: [
            (
                "Display name",
                "",
                "“Display name” is empty. Enter the name under which colleagues see the user.",
            ),
            (
                "Email",
                "not an address",
                (
                    "This is not an email address that a user can have. Write it like anna.smith@contoso.com; before "
                    "the @ are up to 64 letters, digits and . _ % + ' - possible, with dots only between other "
                    "characters."
                ),
            ),
        ],
    }
    assert users_of(tailspin) == 2


def test_a_checked_file_is_kept_as_it_came_and_is_in_the_log(browse, ana, tailspin):
    content = content_of(GOOD, FAULTY)

    user_import = uploaded(browse(ana), tailspin, content)

    [good, faulty] = user_import.rows.order_by("number")
    line = Activity.objects.get(deed=Deed.USERS_UPLOADED)
    assert bytes(user_import.content) == content
    assert (good.first_name, good.last_name, good.display_name, good.email) == GOOD[:4]
    assert (good.number, good.line, good.outcome, good.problems) == (1, 2, "waiting", [])
    assert (faulty.number, faulty.line, faulty.outcome, len(faulty.problems)) == (2, 3, "faulty", 2)
    assert (line.actor, line.customer_name) == (ana.user, "Tailspin Toys")
    assert line.details == {"File": "users.csv", "Rows": 2, "Rows with problems": 1}


@pytest.mark.parametrize(
    "name", ['say "hi", then\nstop', "back\\slash \\N \\.", "Ünïcødé 名字", "'; DROP TABLE x --", ","]
)
def test_names_come_through_as_they_were_written(name, browse, ana, tailspin):
    user_import = uploaded(browse(ana), tailspin, content_of((name, name, "Kim", "kim@tailspintoys.com", "")))

    [row] = user_import.rows.all()
    assert (row.first_name, row.last_name) == (name, name)


def test_the_page_says_how_the_file_was_read(browse, ana, tailspin):
    content = content_of(GOOD).replace(b",", b";").decode().encode("utf-16")

    user_import = uploaded(browse(ana), tailspin, content)

    page = browse(ana).get(page_of(user_import)).content.decode()
    assert (user_import.encoding, user_import.delimiter) == ("utf-16", ";")
    assert "<dd>UTF-16</dd>" in page
    assert "<dd>semicolons</dd>" in page


def test_the_page_of_a_file_asks_the_database_as_often_for_fifty_problems_as_for_one(
    browse, ana, tailspin, django_assert_max_num_queries
):
    client = browse(ana)
    client.get(reverse("customers:users", args=[tailspin.tenant_id]))
    one = uploaded(client, tailspin, content_of(FAULTY))
    fifty = uploaded(client, tailspin, content_of(*[FAULTY] * 50))

    with django_assert_max_num_queries(9):
        client.get(page_of(one))
    with django_assert_max_num_queries(9):
        client.get(page_of(fifty))


def test_problems_are_downloaded_as_the_faulty_rows_with_what_to_do(mixed, browse, ana):
    answer = browse(ana).get(page_of(mixed, "import_problems"))

    [header, row] = cells(answer)
    assert header == list(HEADER)
    assert row[:4] == list(FAULTY[:4])
    assert row[4] == (
        "“Display name” is 51 characters long; at most 50 are possible. Shorten it. The part after the @ is not one of "
        "the customer's verified domains. Use one of these: tailspintoys.com, tailspintoys.onmicrosoft.com."
    )


def test_problems_are_told_in_the_language_of_the_reader(mixed, browse, ana):
    User.objects.filter(pk=ana.user.pk).update(language="de")

    answer = browse(ana).get(reverse("customers:upload_template", args=[mixed.customer.tenant_id]))

    assert cells(answer) == [["Vorname", "Nachname", "Anzeigename", "E-Mail", "Statusaktualisierung"]]


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
