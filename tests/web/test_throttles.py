"""Limits on what costs much: beyond them, a sentence."""

import time

import pytest
from django.http import HttpResponse
from django.urls import reverse

from partnercenter.web import throttles
from partnercenter.web.throttles import throttled
from tests.uploads import people, send

SENTENCE = "This was asked for too often in a short time. Wait a minute, then try again."


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    """No minute ends within a test unless it says so."""
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)


@throttled("test", per_minute=2)
def page(request):
    return HttpResponse("fine")


@throttled("test", per_minute=1, method="POST")
def form(request):
    return HttpResponse("fine")


@pytest.fixture
def ask(rf):
    """Ask for a page as a person; the status."""

    def get(view, staff, method="get"):
        request = getattr(rf, method)("/")
        request.user = staff.user
        return view(request).status_code

    return get


def test_beyond_the_limit_the_answer_is_429(ask, ana):
    assert [ask(page, ana) for _time in range(4)] == [200, 200, 429, 429]


def test_one_person_does_not_use_up_what_another_may(ask, ana, hugo):
    for _time in range(3):
        ask(page, ana)

    assert ask(page, hugo) == 200


def test_a_minute_later_it_goes_on(ask, ana, monkeypatch):
    for _time in range(3):
        ask(page, ana)
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0 + throttles.MINUTE)

    assert ask(page, ana) == 200


def test_only_the_method_that_costs_is_counted(ask, ana):
    assert [ask(form, ana, method) for method in ("get", "get", "post", "get", "post")] == [200, 200, 200, 200, 429]


def test_exports_of_all_lists_together_are_limited(browse, ana):
    client = browse(ana)
    pages = [reverse("customers:export"), reverse("activity:export")]

    statuses = [client.get(pages[number % 2]).status_code for number in range(30)]
    answer = client.get(pages[0])

    assert statuses == [200] * 30
    assert (answer.status_code, SENTENCE in answer.content.decode()) == (429, True)


def test_uploads_are_limited_and_the_page_of_uploading_is_not(browse, ana, tailspin):
    client = browse(ana)

    statuses = [send(client, tailspin, people(1)).status_code for _time in range(31)]

    assert statuses == [302] * 30 + [429]
    assert client.get(reverse("customers:upload", args=[tailspin.tenant_id])).status_code == 200


def test_a_piece_of_a_page_gets_the_sentence_as_a_banner(browse, ana):
    client = browse(ana)
    for _time in range(30):
        client.get(reverse("customers:export"))

    answer = client.get(reverse("customers:export"), headers={"HX-Request": "true"})

    assert (answer.status_code, answer.content.decode().count(SENTENCE), "<html" in answer.content.decode()) == (
        429,
        1,
        False,
    )
