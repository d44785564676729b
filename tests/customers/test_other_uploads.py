"""An address that another file is about to create a user with is a problem, until that file was decided on."""

import pytest
from django.utils import timezone

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
            "Another uploaded file is about to create a user with this email address. Wait until that has ended or "
            "discard that file, and check this one again; or delete the row."
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


def shown(client, user_import):
    """Which other upload the page of a file names, and whether as the same file; None if it names none."""
    found = client.get(page_of(user_import)).context["elsewhere"]
    return found and (found.upload, found.is_same)


def go_on(client, user_import, other):
    """Press the button that discards the other one; the page that follows."""
    sent = {"encoding": "utf-8", "delimiter": ",", "instead_of": other.pk}
    return client.post(page_of(user_import, "import_reading"), sent, follow=True)


@pytest.fixture
def twice(browse, ana, tailspin):
    """The same file of 20 people, uploaded two times."""
    return [uploaded(browse(ana), tailspin, people(20)) for _time in range(2)]


def test_the_page_of_a_file_says_that_the_same_one_waits_by_whom_and_where(twice, browse, ana):
    first, second = twice
    client = browse(ana)

    page = client.get(page_of(second)).content.decode()

    assert shown(client, second) == (first, True)
    assert "The same file waits for a decision in another upload: users.csv, uploaded by Ana (<time" in page
    assert page.count('class="banner') == 1
    assert f'<a href="{page_of(first)}">Show that upload</a>' in page
    assert shown(client, first) is None


def test_the_other_one_is_discarded_and_this_one_checked_again_at_a_click(twice, browse, ana):
    first, second = twice
    client = browse(ana)

    page = go_on(client, second, first)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status, second.good) == ("discarded", "checked", 20)
    assert [str(message) for message in page.context["messages"]] == [
        "The other upload was discarded, and this one was checked again. Nothing was created yet."
    ]
    assert page.context["elsewhere"] is None


def test_of_several_files_the_one_with_most_of_the_users_is_named(mixed, browse, ana, tailspin):
    client = browse(ana)
    ben, noa = (("", "", name, f"{name}@tailspintoys.com", "") for name in ("ben", "noa"))
    bigger = uploaded(client, tailspin, content_of(ben, noa))

    third = uploaded(client, tailspin, content_of(KIM_AGAIN, ben, noa))

    assert shown(client, third) == (bigger, False)


def test_a_file_that_is_being_created_is_named_and_cannot_be_discarded(twice, browse, ana):
    first, second = twice
    client = browse(ana)
    start_creation(first, location="US", skip_faulty=False, actor=ana.user)

    page = client.get(page_of(second)).content.decode()
    answer = go_on(client, second, first)

    second.refresh_from_db()
    assert "Users of this file are being created by another upload: users.csv, uploaded by Ana" in page
    assert "instead_of" not in page
    assert [str(message) for message in answer.context["messages"]] == [
        "This file was decided on before. Its page shows what came of it."
    ]
    assert second.good == 0


def test_nothing_is_discarded_for_a_file_that_cannot_be_read_that_way(twice, browse, ana):
    first, second = twice
    sent = {"encoding": "utf-16", "delimiter": ",", "instead_of": first.pk}

    browse(ana).post(page_of(second, "import_reading"), sent)

    first.refresh_from_db()
    assert first.status == "checked"


@pytest.mark.parametrize("own", [True, False])
def test_a_file_is_not_discarded_for_itself_or_for_one_of_another_customer(
    own, twice, browse, ana, make_customer, contoso
):
    elsewhere = upload_users(
        make_customer(contoso, "Wingtip"), file_name="x.csv", content=content_of(FAULTY), actor=ana.user
    )

    answer = go_on(browse(ana), twice[1], twice[1] if own else elsewhere)

    assert answer.status_code == (200 if own else 404)
    assert set(UserImport.objects.values_list("status", flat=True)) == {"checked"}


def test_a_helpdesk_agent_reads_which_upload_it_is_and_discards_nothing(twice, browse, hugo):
    first, second = twice
    client = browse(hugo)

    page = client.get(page_of(second)).content.decode()

    assert shown(client, second) == (first, True)
    assert "instead_of" not in page
    assert go_on(client, second, first).status_code == 403


def test_an_upload_of_another_partner_is_not_named(mixed, ana, browse, finn, tailspin):
    theirs = Customer.objects.create(partner=finn.partner, tenant=tailspin.tenant, admin_privileges_at=timezone.now())
    start_creation(mixed, location="US", skip_faulty=True, actor=ana.user)

    second = upload_users(theirs, file_name="c.csv", content=content_of(GOOD), actor=finn.user)

    assert codes(second) == [["email_in_other_file"]]
    assert shown(browse(finn), second) is None
