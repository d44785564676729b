"""An address that another file is about to create a user with is a problem, until that file was decided on."""

import pytest

from customers.models import Customer, UserImport
from customers.services.user_imports import discard_import, start_creation, upload_users
from partnercenter.jobs.services import cancel_job
from tests.uploads import FAULTY, GOOD, content_of, page_of, people, uploaded

KIM_AGAIN = ("", "", "Kim again", "KIM@tailspintoys.com", "")


def codes(user_import):
    return [[problem["code"] for problem in row.problems] for row in user_import.rows.order_by("number")]


def test_an_address_that_waits_in_another_file_is_a_problem_with_what_to_do(mixed, browse, ana, tailspin):
    client = browse(ana)

    second = uploaded(client, tailspin, content_of(KIM_AGAIN, ("", "", "Noa", "noa@tailspintoys.com", "")))

    [row] = client.get(page_of(second)).context["table"].records
    assert codes(second) == [["email_in_other_file"], []]
    assert [fault.remedy for fault in row.faults] == [
        (
            "Another uploaded file is about to create a user with this email address. Discard that file and check "
            "this one again, or delete the row."
        )
    ]


def test_an_address_that_is_being_created_is_a_problem_as_well(mixed, browse, ana, tailspin):
    start_creation(mixed, location="US", skip_faulty=True, actor=ana.user)

    second = uploaded(browse(ana), tailspin, content_of(KIM_AGAIN))

    assert codes(second) == [["email_in_other_file"]]


def discard(user_import, ana):
    discard_import(user_import, actor=ana.user)


def cancel(user_import, ana):
    cancel_job(start_creation(user_import, location="US", skip_faulty=True, actor=ana.user).job, actor=ana.user)


@pytest.mark.parametrize("decide", [discard, cancel])
def test_checked_again_it_is_in_order_once_the_other_file_is_gone(decide, mixed, browse, ana, tailspin):
    client = browse(ana)
    second = uploaded(client, tailspin, content_of(KIM_AGAIN, FAULTY))
    client.post(f"{page_of(second)}rows/2/", {"display_name": "Noa", "email": "noa@tailspintoys.com"})
    decide(mixed, ana)

    client.post(page_of(second, "import_reading"), {"encoding": "utf-8", "delimiter": ","})

    second.refresh_from_db()
    assert (codes(second), second.good) == ([[], []], 2)
    assert second.rows.get(number=2).display_name == "Noa"


def test_faulty_rows_of_another_file_keep_no_address(browse, ana, tailspin):
    client = browse(ana)
    uploaded(client, tailspin, content_of((*GOOD[:4], "remark")))

    second = uploaded(client, tailspin, content_of(GOOD))

    assert codes(second) == [[]]


def test_a_row_corrected_alone_is_compared_with_other_files(mixed, browse, ana, tailspin):
    client = browse(ana)
    second = uploaded(client, tailspin, content_of(FAULTY))

    client.post(f"{page_of(second)}rows/1/", {"display_name": "Kim", "email": GOOD[3]})

    assert codes(second) == [["email_in_other_file"]]


def test_a_file_that_another_partner_left_undecided_keeps_no_address_but_one_that_is_being_created_does(
    mixed, ana, finn, tailspin
):
    theirs = Customer.objects.create(partner=finn.partner, tenant=tailspin.tenant)

    before = upload_users(theirs, file_name="b.csv", content=content_of(GOOD), actor=finn.user)
    found_before = codes(before)
    discard_import(before, actor=finn.user)
    start_creation(mixed, location="US", skip_faulty=True, actor=ana.user)
    after = upload_users(theirs, file_name="c.csv", content=content_of(GOOD), actor=finn.user)

    assert (found_before, codes(after)) == ([[]], [["email_in_other_file"]])


def test_other_files_are_asked_for_all_addresses_at_once(mixed, ana, tailspin, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        user_import = upload_users(tailspin, file_name="b.csv", content=people(500), actor=ana.user)

    assert UserImport.objects.get(pk=user_import.pk).good == 500
