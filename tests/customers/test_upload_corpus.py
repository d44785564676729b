"""Every awkward file of the corpus, read and checked; some of them through the page."""

import pytest

from customers.userfiles import check_rows, read_user_file
from partnercenter.csvfiles import guess_encoding
from partnercenter.errors import Refused
from tests.uploads import uploaded
from tests.uploads_corpus import CORPUS

ON_THE_PAGE = [
    "GB18030, commas, CRLF, Chinese",
    "Windows-1252 with euro sign and curly quotes",
    "one address in small and capital letters",
    "everything wrong at once",
]


def refusal_of(content):
    """The first sentence of why a file is refused; empty if it is not."""
    try:
        read_user_file(content)
    except Refused as refused:
        return str(refused).partition(". ")[0] + "."
    return ""


def codes_by_line(problems):
    found = {}
    for problem in problems:
        found[problem.line] = (*found.get(problem.line, ()), problem.code.value)
    return found


REFUSED = [name for name, upload in CORPUS.items() if upload.refused]
READ = [name for name, upload in CORPUS.items() if not upload.refused]


def test_the_corpus_has_at_least_sixty_files():
    assert len(CORPUS) >= 60


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_file_of_users_is_refused_by_its_own_sentence(name):
    upload = CORPUS[name]

    assert refusal_of(upload.make()) == upload.refused


@pytest.mark.parametrize("name", READ)
def test_every_other_file_is_read_as_it_was_meant_and_every_problem_in_it_is_found(name):
    upload = CORPUS[name]

    rows = read_user_file(upload.make()).rows
    problems = check_rows(rows, domains=["contoso.com"], taken=(), taken_deleted=())

    names = tuple(row.display_name for row in rows)
    assert (len(names) if isinstance(upload.names, int) else names) == upload.names
    assert codes_by_line(problems) == upload.problems


@pytest.mark.parametrize("name", READ)
def test_whoever_uploads_is_asked_where_nothing_proves_the_encoding(name):
    upload = CORPUS[name]

    assert guess_encoding(upload.make()).certain is not upload.asked


@pytest.mark.parametrize("name", ON_THE_PAGE)
def test_through_the_page_the_same_is_found(name, browse, ana, tailspin):
    upload = CORPUS[name]

    user_import = uploaded(browse(ana), tailspin, upload.make().replace(b"contoso.com", b"tailspintoys.com"))

    rows = user_import.rows.order_by("number")
    found = {row.line: tuple(problem["code"] for problem in row.problems) for row in rows if row.problems}
    assert tuple(row.display_name for row in rows) == upload.names
    assert found == upload.problems
