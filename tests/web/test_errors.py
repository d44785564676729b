"""Pages that say why there is no page."""

import re
import uuid

import pytest
from django.test import Client

from partnercenter.web import errors
from tests.web.urls import fine, obey

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _pages_that_break(settings):
    settings.ROOT_URLCONF = "tests.web.urls"


@pytest.fixture
def visitor(ana):
    """Ana's browser, which shows the error page instead of raising."""
    visitor = Client(raise_request_exception=False)
    visitor.force_login(ana.user)
    return visitor


def heading(answer):
    return re.search(r"<h1>(.*?)</h1>", answer.content.decode())[1]


def banner(answer):
    return re.fullmatch(r'.*role="alert">.*<p>(.*?)</p>.*', answer.content.decode(), re.DOTALL)[1].strip()


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/suspect/", 400, "The portal could not read what was sent"),
        ("/forbidden/", 403, "You are not allowed to do this"),
        ("/nowhere/", 404, "There is nothing at this address"),
        ("/broken/", 500, "An unexpected error stopped this page"),
    ],
)
def test_each_status_has_a_page_of_its_own(visitor, address, status, words):
    answer = visitor.get(address)

    assert (answer.status_code, heading(answer)) == (status, words)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/suspect/", 400, "The portal could not read what was sent. Load the page again."),
        ("/forbidden/", 403, "Your role does not allow this. A Global admin can give you another one."),
        ("/nowhere/", 404, "There is nothing at this address."),
    ],
)
def test_a_piece_of_a_page_gets_a_banner(visitor, address, status, words):
    answer = visitor.get(address, headers=HTMX)

    assert (answer.status_code, banner(answer)) == (status, words)


def test_an_unexpected_error_shows_a_reference_that_is_in_the_log(visitor, caplog):
    answer = visitor.get("/broken/")

    shown = re.search(r"<code>(\w+)</code>", answer.content.decode())[1]
    logged = [record for record in caplog.records if record.name == "partnercenter.web.errors"]
    assert [record.getMessage() for record in logged] == [f"reference {shown}: GET /broken/"]
    assert logged[0].exc_info[0] is RuntimeError


def test_a_piece_that_breaks_shows_the_reference_too(visitor, caplog):
    answer = visitor.get("/broken/", headers=HTMX)

    reference = re.search(r"by the reference (\w+)", banner(answer))[1]
    assert (answer.status_code, caplog.text.count(f"reference {reference}: GET /broken/")) == (500, 1)


def test_what_is_missing_and_what_is_another_partners_look_the_same(visitor, fabrikam, make_customer):
    theirs = make_customer(fabrikam, "Woodgrove").tenant_id
    addresses = [f"/customers/{theirs}/account/", f"/customers/{uuid.uuid4()}/account/"]

    bodies = set()
    for address in addresses:
        body = visitor.get(address).content.decode().replace(address, "ADDRESS")
        bodies.add(re.sub(r'csrfmiddlewaretoken" value="\w+"', "", body))

    assert len(bodies) == 1


def test_a_form_from_nowhere_changes_nothing_and_is_asked_for_again(ana):
    visitor = Client(enforce_csrf_checks=True)
    visitor.force_login(ana.user)

    answer = visitor.post("/notifications/read/")

    assert (answer.status_code, heading(answer)) == (403, "This form could not be trusted")


def test_a_button_of_a_page_that_was_open_for_too_long_says_so(rf):
    answer = errors.csrf_failure(rf.post("/", headers=HTMX), reason="CSRF token missing.")

    assert (answer.status_code, banner(answer)) == (
        403,
        "This page was open for too long. Load it again and send the form once more.",
    )


def test_an_act_that_is_opened_as_a_link_is_explained(rf):
    answer = errors.explain_method(obey)(rf.get("/obey/"))

    assert (answer.status_code, answer["Allow"], heading(answer)) == (
        405,
        "POST",
        "This address cannot be used that way",
    )


def test_an_answer_that_is_no_refusal_of_a_method_is_left_as_it_is(rf):
    answer = errors.explain_method(fine)(rf.get("/fine/"))

    assert (answer.status_code, answer.content) == (200, b"fine")


@pytest.mark.parametrize("handler", [errors.bad_request, errors.forbidden, errors.not_found])
def test_an_error_before_anybody_was_looked_at_has_a_page_too(rf, handler):
    answer = handler(rf.get("/"))

    assert len(re.findall("<h1>", answer.content.decode())) == 1


@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace"])
def test_methods_that_no_page_knows_are_refused(visitor, method):
    assert getattr(visitor, method)("/jobs/").status_code == 405
