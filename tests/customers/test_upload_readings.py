"""How a file was read is shown; where nothing proves it, the person is asked; another way is a click."""

import pytest
from django.urls import reverse

from customers.models import UserImport
from customers.services.user_imports import read_again, start_creation
from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from tests.uploads import FAULTY, GOOD, content_of, page_of, uploaded

DOUBTFUL = content_of(("", "", "李娜", "li@tailspintoys.com", "")).decode().encode("gb18030")
MOJIBAKE = "ÀîÄÈ"


@pytest.fixture
def doubtful(browse, ana, tailspin):
    """A checked file with one name of two bytes a character, which Windows-1252 can read as well."""
    return uploaded(browse(ana), tailspin, DOUBTFUL)


def read_as(client, user_import, encoding, delimiter=","):
    return client.post(page_of(user_import, "import_reading"), {"encoding": encoding, "delimiter": delimiter})


def readings(client, user_import):
    """The ways to read a file that its page shows, with the display names in each."""
    shown = client.get(page_of(user_import)).context["readings"]
    return [(reading["name"], [row.display_name for row in reading["rows"]]) for reading in shown]


def test_the_page_shows_the_first_five_rows_as_they_were_read(browse, ana, tailspin):
    rows = [("", "", f"Kim {number}", f"kim{number}@tailspintoys.com", "") for number in range(7)]

    user_import = uploaded(browse(ana), tailspin, content_of(*rows))

    assert readings(browse(ana), user_import) == [("UTF-8", [f"Kim {number}" for number in range(5)])]


def test_rows_with_letters_outside_of_ascii_are_shown_first(browse, ana, tailspin):
    rows = [("", "", f"Kim {number}", f"kim{number}@tailspintoys.com", "") for number in range(7)]
    zoe = ("", "", "Zoë", "zoe@tailspintoys.com", "")

    user_import = uploaded(browse(ana), tailspin, content_of(*rows, zoe).decode().encode("windows-1252"))

    assert readings(browse(ana), user_import) == [("Windows-1252", ["Zoë"])]


def test_a_file_that_nothing_proves_is_shown_in_each_possible_reading(doubtful, browse, ana):
    assert readings(browse(ana), doubtful) == [("GB18030", ["李娜"]), ("Windows-1252", [MOJIBAKE])]


UNREADABLE = "If the names are wrong in every way in which the file can be read here"


def test_korean_names_are_shown_as_they_were_read_and_it_is_said_what_to_do(browse, ana, tailspin):
    rows = [("", "", name, f"kim{place}@tailspintoys.com", "") for place, name in enumerate(["김철수", "이영희"])]
    korean = uploaded(browse(ana), tailspin, content_of(*rows).decode().encode("euc-kr"))

    page = browse(ana).get(page_of(korean))

    assert readings(browse(ana), korean) == [("GB18030", ["辫枚荐", "捞康锐"]), ("Windows-1252", ["±èÃ¶¼ö", "ÀÌ¿µÈñ"])]
    assert page.content.decode().count(UNREADABLE) == 1
    assert page.context["form"].fields["well_read"].required


def test_a_file_that_is_read_for_certain_says_what_to_do_if_it_was_not(mixed, browse, ana):
    page = browse(ana).get(page_of(mixed)).content.decode()

    assert page.count(UNREADABLE) == 1
    assert page.index("<details>") < page.index(UNREADABLE)


def test_users_of_such_a_file_are_created_only_after_somebody_looked_at_their_names(doubtful, browse, ana):
    client = browse(ana)

    silent = client.post(page_of(doubtful, "import_start"), {"location": "CN"})
    before = Job.objects.count()
    client.post(page_of(doubtful, "import_start"), {"location": "CN", "well_read": "on"})

    sentence = "Look at the names above and tick this box, or choose another reading."
    assert silent.context["form"].errors == {"well_read": [sentence]}
    assert (before, Job.objects.count()) == (0, 1)


def test_the_service_refuses_such_a_file_as_well(doubtful, ana):
    with pytest.raises(Refused) as refusal:
        start_creation(doubtful, location="CN", skip_faulty=False, actor=ana.user)

    assert str(refusal.value) == (
        "This file can be read in several ways. Look at its names and say that they are right."
    )


def test_a_file_in_proved_encoding_asks_for_nothing(mixed, browse, ana):
    form = browse(ana).get(page_of(mixed)).context["form"]

    assert list(form.fields) == ["location", "skip_faulty"]


def test_another_reading_checks_the_kept_bytes_again(doubtful, browse, ana):
    answer = read_as(browse(ana), doubtful, "windows-1252")

    doubtful.refresh_from_db()
    line = Activity.objects.get(deed=Deed.UPLOAD_READ_AGAIN)
    assert answer.url == page_of(doubtful)
    assert [row.display_name for row in doubtful.rows.all()] == [MOJIBAKE]
    assert (doubtful.encoding, doubtful.total, doubtful.good) == ("windows-1252", 1, 1)
    assert line.details == {"File": "users.csv", "Read as": "windows-1252", "Rows": 1, "Rows with problems": 0}


def test_the_counts_are_those_of_the_new_reading(browse, ana, tailspin):
    client = browse(ana)
    content = content_of(GOOD, ("", "", "é" * 30, "e@tailspintoys.com", "")).decode().encode()
    user_import = uploaded(client, tailspin, content)

    read_as(client, user_import, "windows-1252")

    user_import.refresh_from_db()
    assert (user_import.total, user_import.good, user_import.faulty) == (2, 1, 1)


@pytest.mark.parametrize(
    ("encoding", "delimiter", "sentence"),
    [
        ("utf-8", ",", "The file cannot be read in this encoding"),
        ("gb18030", ";", "These columns do not belong in a user file"),
        ("utf-16", ",", "These columns do not belong in a user file"),
        ("latin-7", ",", "Choose one of the encodings and separators that are offered."),
        ("gb18030", "x", "Choose one of the encodings and separators that are offered."),
    ],
)
def test_a_reading_that_makes_no_sense_is_refused_and_changes_nothing(
    encoding, delimiter, sentence, doubtful, browse, ana
):
    page = browse(ana).post(
        page_of(doubtful, "import_reading"), {"encoding": encoding, "delimiter": delimiter}, follow=True
    )

    doubtful.refresh_from_db()
    assert sentence in page.content.decode()
    assert [row.display_name for row in doubtful.rows.all()] == ["李娜"]
    assert (doubtful.encoding, doubtful.delimiter) == ("gb18030", ",")


def test_a_started_file_is_not_read_again(mixed, browse, ana):
    stale = UserImport.objects.get(pk=mixed.pk)
    start_creation(mixed, location="US", skip_faulty=True, actor=ana.user)

    with pytest.raises(Refused) as refusal:
        read_again(stale, encoding="windows-1252", delimiter=",", actor=ana.user)

    assert str(refusal.value) == "This file was decided on before. Its page shows what came of it."
    assert mixed.rows.count() == 2


def test_the_result_is_made_of_the_reading_that_was_chosen(doubtful, browse, ana):
    client = browse(ana)
    read_as(client, doubtful, "windows-1252")

    answer = client.get(page_of(doubtful, "import_result"))

    assert MOJIBAKE in b"".join(answer.streaming_content).decode()


def test_a_helpdesk_agent_sees_the_rows_and_chooses_nothing(doubtful, browse, hugo):
    client = browse(hugo)

    page = client.get(page_of(doubtful)).content.decode()

    assert "李娜" in page
    assert reverse("customers:import_reading", args=[doubtful.customer.tenant_id, doubtful.pk]) not in page
    assert read_as(client, doubtful, "windows-1252").status_code == 403


def test_faulty_and_good_rows_are_shown_alike(browse, ana, tailspin):
    user_import = uploaded(browse(ana), tailspin, content_of(GOOD, FAULTY))

    assert readings(browse(ana), user_import) == [("UTF-8", ["Kim Park", "x" * 51])]
