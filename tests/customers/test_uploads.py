"""All files of users of a customer: whatever was begun is found again."""

import pytest
from django.urls import reverse

from customers.models import UserImport
from customers.services.passwords import start_handout
from tests.uploads import people, uploaded
from tests.users import make_many_users


@pytest.fixture
def files(browse, ana, tailspin):
    """Seven files that wait for a decision, but for the first one."""
    client = browse(ana)
    files = [uploaded(client, tailspin, people(number + 1)) for number in range(7)]
    UserImport.objects.exclude(pk=files[0].pk).update(status=UserImport.Status.DONE)
    return files


def page_of(customer, name="uploads"):
    return reverse(f"customers:{name}", args=[customer.tenant_id])


def test_all_files_are_there_the_newest_first(browse, ana, tailspin, files):
    records = browse(ana).get(page_of(tailspin)).context["table"].records

    assert [record.pk for record in records] == [file.pk for file in reversed(files)]


def test_a_file_that_waits_is_always_among_the_recent_ones(browse, ana, tailspin, files):
    recent = browse(ana).get(page_of(tailspin, "users")).context["uploads"]

    assert [file.pk for file in recent] == [file.pk for file in (files[0], *reversed(files[3:]))]


def test_who_was_selected_for_new_passwords_is_found_again(browse, ana, hugo, tailspin):
    handout = start_handout(tailspin, make_many_users(tailspin, 2), actor=ana.user)
    address = reverse("customers:selected_passwords", args=[tailspin.tenant_id, handout.pk])

    pages = [browse(person).get(page_of(tailspin)).content.decode() for person in (ana, hugo)]

    assert [address in page for page in pages] == [True, False]


def test_without_files_the_page_says_what_belongs_there(browse, ana, tailspin):
    page = browse(ana).get(page_of(tailspin)).content.decode()

    assert "No uploads yet" in page
    assert page_of(tailspin, "upload") in page


def test_the_page_asks_the_database_as_often_for_many_files_as_for_one(
    browse, ana, tailspin, files, django_assert_max_num_queries
):
    client = browse(ana)
    client.get(page_of(tailspin))

    with django_assert_max_num_queries(11):
        client.get(page_of(tailspin))
