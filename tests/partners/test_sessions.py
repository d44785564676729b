"""A session ends: after idle minutes, after hours in any case."""

import re
import time
import uuid
from urllib.parse import urlsplit

import pytest
from django.conf import settings as configured
from django.http import HttpResponse
from django.urls import include, path, reverse

from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import enqueue
from partnercenter.partners.sessions import POLLED, RESOLUTION_SECONDS
from partnercenter.urls import urlpatterns as portal


@pytest.fixture
def visitor(ana, browse):
    """Ana's browser, with a session that has begun."""
    visitor = browse(ana)
    visitor.get("/jobs/")
    return visitor


def shift(visitor, **seconds):
    """Put moments of the session into the past."""
    session = visitor.session
    for name, distance in seconds.items():
        session[name] -= distance
    session.save()


def test_a_session_ends_after_half_an_hour_without_a_click(visitor, settings):
    shift(visitor, seen=settings.SESSION_IDLE_SECONDS + 1)

    answer = visitor.get("/jobs/", follow=True)

    assert answer.redirect_chain == [("/accounts/login/?next=/jobs/", 302)]
    assert [str(message) for message in answer.context["messages"]] == [
        "You were signed out because nothing happened for a while. Sign in again."
    ]


def test_a_session_goes_on_while_somebody_works(visitor, settings):
    shift(visitor, seen=settings.SESSION_IDLE_SECONDS - 60)

    answer = visitor.get("/jobs/")

    assert (answer.status_code, time.time() - visitor.session["seen"] < 60) == (200, True)


def test_a_session_ends_after_twelve_hours_in_any_case(visitor):
    shift(visitor, begun=12 * 60 * 60 + 1)

    answer = visitor.get("/jobs/")

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/jobs/")


def test_not_every_click_is_written_down(visitor):
    shift(visitor, seen=RESOLUTION_SECONDS - 10)
    seen = visitor.session["seen"]

    visitor.get("/jobs/")

    assert visitor.session["seen"] == seen


def test_signing_in_again_begins_a_new_session(visitor, ana, settings):
    shift(visitor, seen=settings.SESSION_IDLE_SECONDS + 1, begun=12 * 60 * 60 + 1)
    visitor.get("/jobs/")

    visitor.force_login(ana.user)

    assert [visitor.get("/jobs/").status_code for _ in range(2)] == [200, 200]


@pytest.fixture
def job(tailspin, ana):
    """A job that waits, so that its page asks again and again."""
    return enqueue(
        Job.Kind.USER_IMPORT,
        subject_id=uuid.uuid4(),
        subject="users.csv",
        total=3,
        url="/",
        partner=tailspin.partner,
        customer=tailspin,
        actor=ana.user,
    )


@pytest.mark.parametrize("name", ["jobs:list", "jobs:progress"])
def test_a_page_that_asks_by_itself_keeps_no_session_alive(visitor, job, settings, name):
    address = reverse(name, args=[] if name == "jobs:list" else [job.pk])
    shift(visitor, seen=settings.SESSION_IDLE_SECONDS - 60)
    seen = visitor.session["seen"]

    answer = visitor.get(address, headers={"HX-Request": "true"})

    assert (answer.status_code, visitor.session["seen"]) == (200, seen)


def test_a_click_on_the_list_of_jobs_keeps_the_session_alive(visitor, settings):
    shift(visitor, seen=settings.SESSION_IDLE_SECONDS - 60)

    visitor.get("/jobs/")

    assert time.time() - visitor.session["seen"] < 60


def test_everything_that_pages_ask_by_themselves_is_known():
    asks = r'hx-get="(?:{% url \'([\w:]+)\'|{{ (request.get_full_path|page_url) }})[^"]*" hx-trigger="every'
    texts = [place.read_text() for place in (configured.BASE_DIR / "templates").rglob("*.html")]

    asked = [name or variable for text in texts for name, variable in re.findall(asks, text)]

    assert sum(text.count('hx-trigger="every') for text in texts) == len(asked)
    # What a view gives as the address of its own page.
    own = {"request.get_full_path": {"jobs:list"}, "page_url": {"transfers:transfer", "my_transfers:transfer"}}
    assert set().union(*(own.get(name, {name}) for name in asked)) == set(POLLED)


class Pages:
    """The portal, and an app whose pages are named like those that are always open."""

    names = ("preferences", "mfa_index", "account_change_password")
    others = [path(f"{name}/", lambda request: HttpResponse("others"), name=name) for name in names]
    urlpatterns = [*portal, path("others/", include((others, "others")))]


@pytest.mark.parametrize("name", Pages.names)
@pytest.mark.parametrize("lack", ["own password", "second factor"])
def test_only_the_pages_of_signing_in_are_open_before_it_is_finished(visitor, ana, settings, name, lack):
    settings.ROOT_URLCONF = Pages
    settings.SECOND_FACTOR_REQUIRED = lack == "second factor"
    User.objects.filter(pk=ana.user_id).update(must_change_password=lack == "own password")

    answer = visitor.get(reverse(f"others:{name}"))

    then = {"own password": "account_change_password", "second factor": "mfa_index"}
    assert (answer.status_code, urlsplit(answer["Location"]).path) == (302, reverse(then[lack]))
