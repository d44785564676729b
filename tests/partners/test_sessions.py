"""A session ends: after idle minutes, after hours in any case."""

import time

import pytest

from partnercenter.partners.sessions import RESOLUTION_SECONDS


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
