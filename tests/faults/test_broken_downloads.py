"""A download of passwords that is broken off: what nobody has read, nobody knows, and it is made anew."""

import re
import time

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import reverse

from customers.models import UserImport
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.jobs.services import run_job
from tests.conftest import PASSWORD
from tests.faults.visiting import Visitor, answer_on
from tests.faults.waiting import wait_until
from tests.uploads import page_of

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

MANY = 30_000


@pytest.fixture
def created(start):
    """A file whose very many users exist."""
    job = start(MANY)
    run_job(job.pk)
    return UserImport.objects.get(job=job)


@pytest.fixture
def visitor(web, browse, ana):
    """A browser of Ana in which she has just typed her password again."""
    client = browse(ana)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return Visitor(web, ana, client)


def seen_on(page):
    """When passwords were handed out before, as the page of the file says it to the next hand-out."""
    return re.search(r'name="seen" value="([^"]*)"', page).group(1)


def passwords_in(text):
    """Names and passwords of the whole lines of a download, the header left out."""
    lines = [line.split(",") for line in text.split("\r\n")[1:-1]]
    return {address: password for _name, address, password in lines}


def sign_in_with(passwords, names):
    """Who of these people may sign in with what a download says."""
    return [name for name in names if authenticate(None, username=name, password=passwords[name])]


def number_given():
    return User.objects.filter(password__startswith="temporary$").count()


def nothing_is_made_any_more():
    before = number_given()
    time.sleep(1)
    return number_given() == before


def test_who_was_not_reached_by_a_download_that_broke_off_has_no_password_and_gets_one_the_next_time(
    visitor, created, tailspin
):
    address = page_of(created, "import_passwords")
    connection = visitor.begin_post(address, {"seen": seen_on(visitor.get(page_of(created))[1])})
    answer = answer_on(connection)
    text = b"".join(answer.read1(4096) for _piece in range(20)).decode("utf-8-sig")
    answer.close()
    connection.close()
    wait_until(nothing_is_made_any_more)

    read, given = passwords_in(text), number_given()
    without = User.objects.filter(tenant=tailspin.tenant, password="!none handed out").count()
    assert (answer.status, 0 < len(read) <= given < MANY, given + without) == (200, True, MANY)
    assert sign_in_with(read, read) == list(read)

    first, second, *_rest = read
    signed_in = Client().post(reverse("account_login"), {"login": first, "password": read[first]})
    status, text = visitor.post(address, {"seen": seen_on(visitor.get(page_of(created))[1])})

    again = passwords_in(text)
    everybody = set(User.objects.filter(tenant=tailspin.tenant).values_list("principal_name", flat=True))
    assert (signed_in.status_code, status, {*again}) == (302, 200, everybody - {first})
    assert sign_in_with(read, [second]) == []
    assert sign_in_with(again, [second, *list(again)[-3:]]) == [second, *list(again)[-3:]]
    lines = Activity.objects.filter(deed=Deed.PASSWORDS_HANDED_OUT).order_by("pk")
    assert [line.details["Users"] for line in lines] == [MANY, MANY - 1]
