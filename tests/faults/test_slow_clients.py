"""Many who read, send and ask very slowly: everybody else is answered as if they were not there."""

import time
from contextlib import ExitStack
from itertools import cycle

import pytest
from django.db import connection
from django.urls import reverse

from customers.models import UserImport
from partnercenter.jobs.services import run_job
from partnercenter.partners.roles import Role
from tests.faults.visiting import Visitor, answer_on
from tests.faults.waiting import wait_until
from tests.uploads import people

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

MANY = 12_000
PEOPLE = 4  # nobody does more than thirty exports or uploads in a minute


@pytest.fixture
def hanging():
    """What is closed when the test is over: connections that hang."""
    with ExitStack() as stack:
        yield lambda one: stack.callback(one.close) and one


@pytest.fixture
def crowd_of(web, make_staff):
    """Browsers of several people of a partner, one after the other and again."""
    return lambda partner: cycle(Visitor(web, make_staff(partner, f"Slow{n}", Role.ADMIN_AGENT)) for n in range(PEOPLE))


def busy_connections():
    """How many connections to the database have given some of the rows that were asked for, and not yet all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_stat_activity WHERE query LIKE 'FETCH%'")
        return cursor.rowcount


def assert_the_list_is_answered_soon(web, person):
    visitor = Visitor(web, person)
    begun = time.monotonic()
    answers = [visitor.get(reverse("customers:list"), seconds=10)[0] for _look in range(5)]
    assert (answers, time.monotonic() - begun < 10) == ([200] * 5, True)


def test_fifty_slow_downloads_keep_nobody_from_the_list(web, crowd_of, contoso, tailspin, start, ana, hanging):
    run_job(start(MANY).pk)
    crowd, page = crowd_of(contoso), reverse("customers:export_users", args=[tailspin.tenant_id])

    downloads = [hanging(next(crowd).begin("GET", page)) for _number in range(50)]
    wait_until(lambda: busy_connections() == 50)

    assert_the_list_is_answered_soon(web, ana)
    assert busy_connections() == 50
    assert len(answer_on(downloads[-1]).read().splitlines()) == MANY + 1


def test_sixty_slow_uploads_keep_nobody_from_the_list(web, crowd_of, contoso, tailspin, ana, hanging):
    crowd, page = crowd_of(contoso), reverse("customers:upload", args=[tailspin.tenant_id])

    uploads = [next(crowd).begin_upload(page, people(1_000)) for _number in range(60)]
    for half, _rest in uploads:
        hanging(half)

    assert_the_list_is_answered_soon(web, ana)
    half, rest = uploads[-1]
    half.sendall(rest)
    assert (answer_on(half).status, UserImport.objects.get().good) == (302, 1_000)


def test_two_hundred_slow_headers_keep_nobody_from_the_list(web, ana, hanging):
    visitor = Visitor(web, ana)

    for _number in range(200):
        hanging(visitor.begin_head(reverse("customers:list")))

    assert_the_list_is_answered_soon(web, ana)
