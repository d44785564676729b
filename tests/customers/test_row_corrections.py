"""A faulty row is corrected on the page, and checked at once like the rows of a whole file."""

import threading

import pytest
from django.db import connection

from customers.models import UserImport
from customers.services.row_corrections import correct_row
from customers.services.user_imports import discard_import, start_creation
from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from tests.domains import user_of
from tests.uploads import FAULTY, GOOD, HEADER, cells, content_of, page_of, uploaded

NOA = {"first_name": "", "last_name": "", "display_name": "Noa", "email": "noa@tailspintoys.com"}
HTMX = {"HX-Request": "true"}


def address_of(user_import, number=2):
    return f"{page_of(user_import)}rows/{number}/"


def state(user_import):
    """Good rows by the file, and each row's outcome and codes of problems by the rows."""
    user_import.refresh_from_db()
    rows = user_import.rows.order_by("number")
    return user_import.good, [(row.outcome, [problem["code"] for problem in row.problems]) for row in rows]


def test_a_corrected_row_waits_with_the_good_ones(mixed, browse, ana):
    answer = browse(ana).post(address_of(mixed), NOA)

    row = mixed.rows.get(number=2)
    line = Activity.objects.get(deed=Deed.UPLOAD_CORRECTED)
    assert answer.status_code == 302
    assert state(mixed) == (2, [("waiting", []), ("waiting", [])])
    assert (row.display_name, row.email, row.name_key) == ("Noa", "noa@tailspintoys.com", "noa")
    assert line.details == {"File": "users.csv", "Row": 2, "Email": "noa@tailspintoys.com"}


def test_what_is_still_wrong_is_said_beside_its_field(mixed, browse, ana):
    answer = browse(ana).post(address_of(mixed), NOA | {"email": GOOD[3].upper(), "display_name": " "})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "display_name": ["“Display name” is empty. Enter the name under which colleagues see the user."],
        "email": [
            (
                "The same email address stands in line 2 already. Give each user an address of their own, or delete one "
                "of the two rows."
            )
        ],
    }
    assert state(mixed) == (1, [("waiting", []), ("faulty", ["display_name_missing", "email_twice"])])


def test_the_page_of_a_row_shows_its_cells_and_what_is_wrong(mixed, browse, ana):
    form = browse(ana).get(address_of(mixed)).context["form"]

    assert {name: form[name].value() for name in form.fields} == dict(
        zip(("first_name", "last_name", "display_name", "email"), FAULTY, strict=False)
    )
    assert list(form.errors) == ["display_name", "email"]


@pytest.mark.parametrize(
    ("deleted_days", "code"), [(None, "email_taken"), (29, "email_of_deleted_user"), (31, "email_taken")]
)
def test_the_directory_is_asked_again(deleted_days, code, mixed, browse, ana, tailspin):
    user_of(tailspin, "noa@tailspintoys.com", deleted_days)

    browse(ana).post(address_of(mixed), NOA)

    assert state(mixed)[1][1] == ("faulty", [code])


def test_a_row_whose_double_was_corrected_is_in_order_as_well(browse, ana, tailspin):
    nameless, double = ("", "", "", "kim@tailspintoys.com", ""), ("", "", "Kim", "KIM@tailspintoys.com", "")
    user_import = uploaded(browse(ana), tailspin, content_of(nameless, double, GOOD))
    before = state(user_import)

    browse(ana).post(address_of(user_import, 1), NOA)

    assert before == (0, [("faulty", ["display_name_missing"]), *[("faulty", ["email_twice"])] * 2])
    assert state(user_import) == (2, [("waiting", []), ("waiting", []), ("faulty", ["email_twice"])])


def test_hundreds_of_doubles_are_checked_again_with_a_few_questions(
    browse, ana, tailspin, django_assert_max_num_queries
):
    doubles = [("", "", "Kim", "kim@tailspintoys.com", "")] * 500
    user_import = uploaded(browse(ana), tailspin, content_of(("", "", "", "kim@tailspintoys.com", ""), *doubles))

    with django_assert_max_num_queries(20):
        correct_row(user_import, 1, cells=NOA, actor=ana.user)

    lines = [[problem["detail"] for problem in row.problems] for row in user_import.rows.order_by("number")]
    assert state(user_import)[0] == 2
    assert lines == [[], [], *[["3"]] * 499]


def test_a_row_with_too_many_cells_or_a_remark_is_in_order_once_it_is_corrected(browse, ana, tailspin):
    content = content_of((*GOOD, "more"), ("", "", "Noa", "noa@tailspintoys.com", "remark"))
    user_import = uploaded(browse(ana), tailspin, content)

    browse(ana).post(address_of(user_import, 1), NOA | {"email": "kim@tailspintoys.com"})
    browse(ana).post(address_of(user_import, 2), NOA)

    assert state(user_import) == (2, [("waiting", []), ("waiting", [])])


def test_result_and_problems_have_the_corrected_cells(browse, ana, tailspin):
    client = browse(ana)
    user_import = uploaded(client, tailspin, content_of(GOOD, FAULTY, (*FAULTY, "more")))
    client.post(address_of(user_import, 2), NOA)
    client.post(address_of(user_import, 3), NOA | {"email": "lee@elsewhere.com", "display_name": "Lee"})

    result = cells(client.get(page_of(user_import, "import_result")))
    problems = cells(client.get(page_of(user_import, "import_problems")))

    noa = ["", "", "Noa", "noa@tailspintoys.com", "Not created yet"]
    assert result[:3] == [list(HEADER), [*GOOD[:4], "Not created yet"], noa]
    assert [row[:4] for row in problems[1:]] == [["", "", "Lee", "lee@elsewhere.com"]]


def test_a_row_that_is_in_order_is_not_corrected_again(mixed, ana):
    correct_row(mixed, 2, cells=NOA, actor=ana.user)

    with pytest.raises(Refused) as refusal:
        correct_row(mixed, 2, cells=NOA | {"display_name": "Other"}, actor=ana.user)

    assert str(refusal.value) == (
        "This row is in order by now: somebody else corrected it. The page shows what is left."
    )
    assert mixed.rows.get(number=2).display_name == "Noa"


def start(user_import, ana):
    start_creation(user_import, location="US", skip_faulty=True, actor=ana.user)


def discard(user_import, ana):
    discard_import(user_import, actor=ana.user)


@pytest.mark.parametrize("decide", [start, discard])
def test_rows_of_a_file_that_was_decided_on_stay(decide, mixed, browse, ana):
    decide(UserImport.objects.get(pk=mixed.pk), ana)

    page = browse(ana).post(address_of(mixed), NOA, follow=True)

    assert "This file was decided on before." in page.content.decode()
    assert [row.email for row in mixed.rows.filter(number=2)] in ([], [FAULTY[3]])
    assert browse(ana).get(address_of(mixed)).url.startswith(page_of(mixed))


def test_below_its_row_the_form_comes_and_goes_without_a_new_page(mixed, browse, ana):
    client = browse(ana)

    asked = client.get(address_of(mixed), headers=HTMX)
    still_wrong = client.post(address_of(mixed), NOA | {"email": "x"}, headers=HTMX)
    right = client.post(f"{address_of(mixed)}?size=25", NOA, headers=HTMX)

    assert asked.content.decode().count('<tr class="row-more" id="fix-2">') == 1
    assert (still_wrong.status_code, still_wrong.context["opened"]["number"]) == (200, 2)
    assert still_wrong.content.decode().count('<tr class="row-more" id="fix-2">') == 1
    assert right.url == f"{page_of(mixed)}?size=25"


@pytest.mark.parametrize("number", [1, 3, 10**30])
def test_only_faulty_rows_have_a_page(number, mixed, browse, ana):
    assert browse(ana).get(address_of(mixed, number)).status_code == 404


def test_a_helpdesk_agent_corrects_nothing(mixed, browse, hugo):
    client = browse(hugo)

    answer = client.post(address_of(mixed), NOA)

    assert answer.status_code == 403
    assert address_of(mixed) not in client.get(page_of(mixed)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_people_who_give_two_rows_one_address_at_once_get_it_for_one(browse, ana, tailspin):
    user_import = uploaded(browse(ana), tailspin, content_of(FAULTY, FAULTY))

    def correct(number):
        try:
            correct_row(user_import, number, cells=NOA, actor=ana.user)
        finally:
            connection.close()

    threads = [threading.Thread(target=correct, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    good, rows = state(user_import)
    assert (good, sorted(rows)) == (1, [("faulty", ["email_twice"]), ("waiting", [])])
