"""A file that we gave back is accepted again: what we wrote into its status column is known in every language."""

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from customers.selectors.user_results import told
from customers.userfiles import Column, ProblemCode, check_rows, read_user_file, result_csv
from customers.userfiles.statuses import CANCELED, CREATED, FAILED, TAKEN, WAITING, is_ours
from tests.uploads import cells, content_of, page_of, uploaded

LANGUAGES = [language for language, _name in settings.LANGUAGES]
PROBLEM = st.fixed_dictionaries(
    {
        "code": st.sampled_from([code.value for code in ProblemCode]),
        "column": st.sampled_from([column.value for column in Column]),
        "detail": st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=10),
    }
)
BAD = ("", "", "x" * 51, "kim@elsewhere.com", "")


@given(st.lists(PROBLEM, min_size=1, max_size=4), st.sampled_from(LANGUAGES))
def test_what_we_write_of_any_problems_is_known_in_every_language(problems, language):
    with translation.override(language):
        status = told(problems)

    assert is_ours(status)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sentence", [CREATED, TAKEN, WAITING, CANCELED, FAILED])
def test_what_we_write_of_an_outcome_is_known_in_every_language(sentence, language):
    with translation.override(language):
        status = str(sentence)

    assert is_ours(status)


@pytest.mark.parametrize(
    "status", ["please hurry", "created", "Created by Anna", "x", "“Display name”", "Not created: ask Anna", "OK."]
)
def test_what_somebody_else_wrote_is_not_taken_for_ours(status):
    assert not is_ours(status)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_of_problems_is_accepted_as_soon_as_its_rows_are_corrected(language, browse, ana, tailspin):
    client = browse(ana)
    ana.user.language = language
    ana.user.save()
    given_back = cells(client.get(page_of(uploaded(client, tailspin, content_of(BAD)), "import_problems")))

    [header, row] = given_back
    corrected = (*row[:2], "Kim", "kim@tailspintoys.com", row[4])
    again = uploaded(client, tailspin, content_of(corrected, header=header))

    assert row[4] != ""
    assert (again.total, again.good) == (1, 1)


@pytest.mark.parametrize("name", ["=Kim", "+Kim", "-Kim", "@Kim", "'t Hooft", "Kim"])
def test_a_name_that_looks_like_a_formula_comes_back_as_it_was(name):
    first = read_user_file(content_of(("", "", name, "kim@contoso.com", "")))

    again = read_user_file(b"".join(result_csv(first, {1: str(CREATED)})))

    assert [row.display_name for row in again.rows] == [name]
    assert check_rows(again.rows, domains=["contoso.com"], taken=(), taken_deleted=()) == []
