"""Uploading a file of users: what is refused, and what is found in it."""

import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import UserImport, UserImportRow
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from tests.uploads import FAULTY, GOOD, HEADER, cells, content_of, page_of, people, send, uploaded


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

    answer = send(browse(ana), tailspin, people(40))

    sentence = "The file is larger than 25 MB. Divide it into several files and upload them one by one."
    assert answer.context["form"].errors == {"file": [sentence]}
    assert UserImport.objects.count() == 0


def test_no_file_at_all_is_said_at_the_field(browse, ana, tailspin):
    answer = browse(ana).post(reverse("customers:upload", args=[tailspin.tenant_id]))

    assert answer.context["form"].errors == {"file": ["Choose the file with the users you want to create."]}


def faults_shown(client, user_import):
    """What the page tells of each faulty row: its number, and column, value and remedy of each problem."""
    records = client.get(page_of(user_import)).context["table"].records
    return {row.number: [(fault.column, fault.value, fault.remedy) for fault in row.faults] for row in records}


LONG = "x" * 51
SHORTENED = "is 51 characters long; at most 50 are possible. Shorten it."
WRONG = [
    (LONG, "", LONG, "a@tailspintoys.com", ""),
    ("", "", "Lee", "lee@elsewhere.com", ""),
    ("", "", "Twin", "KIM@tailspintoys.com", ""),
    ("", "", "Old", "Old@tailspintoys.com", ""),
    ("", "", "Gone", "gone@tailspintoys.com", ""),
    ("", "", "", "", ""),
    ("", "", "", "not an address", ""),
]
SAID = {
    2: [
        ("First name", LONG, f"“First name” {SHORTENED}"),
        ("Display name", LONG, f"“Display name” {SHORTENED}"),
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


def test_every_problem_of_every_row_is_told_with_column_value_and_remedy(browse, ana, tailspin):
    client = browse(ana)
    User.objects.create_user("old@tailspintoys.com", display_name="Old", tenant=tailspin.tenant)
    User.objects.create_user(
        "gone@tailspintoys.com", display_name="Gone", tenant=tailspin.tenant, deleted_at=timezone.now()
    )

    user_import = uploaded(client, tailspin, content_of(GOOD, *WRONG))

    assert (user_import.total, user_import.good) == (7, 1)
    assert faults_shown(client, user_import) == SAID
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

    with django_assert_max_num_queries(11):
        client.get(page_of(one))
    with django_assert_max_num_queries(11):
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


def test_the_upload_page_complains_of_nothing_before_a_file_was_sent(browse, ana, tailspin):
    response = browse(ana).get(reverse("customers:upload", args=[tailspin.tenant_id]))

    assert response.status_code == 200
    assert "There is a problem" not in response.content.decode()
