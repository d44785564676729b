"""A button is pressed: a sentence says what came of it."""

import pytest


@pytest.fixture
def visitor(settings, ana, browse):
    settings.ROOT_URLCONF = "tests.web.urls"
    return browse(ana)


def said(answer):
    return [(message.level_tag, str(message)) for message in answer.context["messages"]]


def test_what_was_done_is_said_on_the_next_page(visitor):
    answer = visitor.post("/obey/", follow=True)

    assert (answer.redirect_chain, said(answer)) == ([("/jobs/", 302)], [("success", "3 seats were assigned.")])


def test_a_refusal_is_said_in_the_words_of_the_service(visitor):
    answer = visitor.post("/balk/", follow=True)

    assert answer.redirect_chain == [("/jobs/", 302)]
    assert said(answer) == [("error", "There are no seats left. Buy some first.")]


def test_a_fault_of_the_program_is_not_taken_for_a_refusal(visitor):
    with pytest.raises(ZeroDivisionError):
        visitor.post("/fail/")


def test_a_link_cannot_press_a_button(visitor):
    assert visitor.get("/obey/").status_code == 405
