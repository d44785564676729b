import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.userfiles import (
    Column,
    read_user_file,
    result_csv,
    template_csv,
)
from partnercenter.csvfiles import csv_lines
from partnercenter.errors import Refused

HEADER = ["First name", "Last name", "Display name", "Email", "Status update"]


def uploaded(text):
    return read_user_file(text.encode())


def downloaded(user_file, statuses):
    return b"".join(result_csv(user_file, statuses)).decode("utf-8-sig").split("\r\n")


@pytest.mark.parametrize(
    "header",
    [
        "First name,Last name,Display name,Email,Status update",
        "FIRST NAME, last name ,dISPLAY  NAME,\ufeffemail,Status Update",
        "Vorname,Nachname,Anzeigename,E-Mail,Statusaktualisierung",
        "vorname,NACHNAME,Anzeigename,E-Mail-Adresse,Status",
        "名字,姓氏,显示名称,电子邮件,状态更新",
        "名,姓,显示名称,邮箱,状态更新",
        "First name,Nachname,显示名称,Email,Status",
        "First name,Last name,Display name,Email",
        "First name,Last name,Display name,Email,Status update,,",
    ],
)
def test_columns_are_known_by_their_names_in_three_languages(header):
    user_file = uploaded(f"{header}\nAnna,Smith, Anna Smith\u200b ,anna@contoso.com,\n")

    assert [row[:6] for row in user_file.rows] == [(1, 2, "Anna", "Smith", "Anna Smith", "anna@contoso.com")]


def test_columns_may_stand_in_any_order():
    user_file = uploaded("Email;Status;Display name;Last name;First name\na@b.com;old;Anna S.;Smith;Anna\n")

    assert user_file.rows[0][2:7] == ("Anna", "Smith", "Anna S.", "a@b.com", "old")
    assert user_file.delimiter == ";"
    assert user_file.columns[Column.EMAIL] == 0


def test_a_row_keeps_its_cells_as_they_were_uploaded():
    user_file = uploaded("First name,Last name,Display name,Email\n Anna,\u00a0,\tAnna ,a@b.com\n")

    assert user_file.rows[0].cells == (" Anna", "\u00a0", "\tAnna ", "a@b.com")


EXPECTED = (
    "Nothing was created. Expected are these columns and no others: First name, Last name, Display name, Email, "
    "Status update. Correct the first line, or copy the users into the template, and upload the file again."
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param(
            "First name,Last name,Display name,Email,Phone,De\u200bpartment\n",
            f"These columns do not belong in a user file: Phone, De[U+200B]partment. {EXPECTED}",
            id="others",
        ),
        pytest.param(
            "First name,,Display name,Email,Last name\n",
            f"These columns do not belong in a user file: column 2, which has no name. {EXPECTED}",
            id="without a name",
        ),
        pytest.param(
            "First name,Email\n", f"These columns are missing: Last name, Display name. {EXPECTED}", id="missing"
        ),
        pytest.param(
            "First name,Last name,Display name,Email,E-Mail,Vorname\n",
            f"These columns are there more than once: First name, Email. {EXPECTED}",
            id="doubled",
        ),
        pytest.param(
            "First name,Last name,Last name,Mail\n",
            "These columns do not belong in a user file: Mail. These columns are missing: Display name, Email. "
            f"These columns are there more than once: Last name. {EXPECTED}",
            id="all at once",
        ),
        pytest.param(
            ",".join(f"c{number}" for number in range(12)),
            "These columns do not belong in a user file: c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, …. These columns "
            f"are missing: First name, Last name, Display name, Email. {EXPECTED}",
            id="very many",
        ),
        pytest.param(
            "Anna,Smith,Anna Smith,anna@contoso.com,\n",
            "The file has no line with the names of its columns. Its first line has to be: First name, Last name, "
            "Display name, Email, Status update. Add it and upload the file again.",
            id="no header",
        ),
        pytest.param(
            "First name,Last name,Display name,Email\n,,,\n\n",
            "The file has the names of the columns, but no users below them. Add a line for each user and upload "
            "it again.",
            id="no users",
        ),
    ],
)
def test_a_file_with_other_columns_than_the_template_is_refused_by_naming_them(text, sentence):
    with pytest.raises(Refused) as refusal:
        uploaded(text)

    assert str(refusal.value) == sentence


def test_a_header_with_an_endless_name_is_read_in_a_moment():
    name = "x" + "\u0301\u0316" * 45_000
    begun = time.process_time()

    with pytest.raises(Refused, match=f"These columns do not belong in a user file: {name[:40]}…."):
        uploaded(f"Email,{name}\nanna@contoso.com,Anna\n")

    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("language", "header"),
    [
        ("en", "First name,Last name,Display name,Email,Status update"),
        ("fr", "First name,Last name,Display name,Email,Status update"),
        ("de", "Vorname,Nachname,Anzeigename,E-Mail,Statusaktualisierung"),
        ("zh-hans", "名字,姓氏,显示名称,电子邮件,状态更新"),
    ],
)
def test_the_template_is_the_header_in_the_language_of_the_reader(language, header):
    assert template_csv(language) == f"\ufeff{header}\r\n".encode()


@pytest.mark.parametrize("language", ["en", "de", "zh-hans"])
def test_a_filled_template_of_every_language_is_read(language):
    content = template_csv(language) + b"Anna,Smith,Anna Smith,anna@contoso.com,\r\n"

    names = [row.display_name for row in read_user_file(content).rows]
    assert names == ["Anna Smith"]


def test_the_result_is_the_uploaded_file_with_its_status_column_filled():
    user_file = uploaded(
        "email;STATUS;Display name;Last name;First name\n"
        "a@b.com;;  Anna, S. ;Smith;=1+1\n"
        "\n"
        "b@b.com;old;Bob;;\n"
        "c@b.com\n"
    )

    assert downloaded(user_file, {1: "Created", 3: "-"}) == [
        "email,STATUS,Display name,Last name,First name",
        'a@b.com,Created,"  Anna, S. ",Smith,\'=1+1',
        "b@b.com,,Bob,,",
        "c@b.com,'-",
        "",
    ]


@pytest.mark.parametrize(
    ("header", "title"),
    [
        ("First name,Last name,Display name,Email", "Status update"),
        ("Vorname,Nachname,Anzeigename,E-Mail", "Statusaktualisierung"),
        ("名字,姓氏,显示名称,电子邮件", "状态更新"),
    ],
)
def test_a_status_column_that_was_absent_is_added_at_the_end_in_the_language_of_the_header(header, title):
    user_file = uploaded(f"{header}\nAnna,Smith,Anna Smith,a@b.com\nBob,b@b.com\nC,D,E,c@b.com,more\n")

    assert downloaded(user_file, {1: "Created", 2: "Failed", 3: "Failed"}) == [
        f"{header},{title}",
        "Anna,Smith,Anna Smith,a@b.com,Created",
        "Bob,b@b.com,,,Failed",
        "C,D,E,c@b.com,Failed,more",
        "",
    ]


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], codec="utf-8"), max_size=20)


@given(st.lists(st.tuples(CELL, CELL, CELL, st.just("x@y.com"), st.just("")), min_size=1, max_size=5))
def test_a_result_can_be_uploaded_again_and_has_the_same_users(cells):
    first = read_user_file(b"".join(csv_lines(HEADER, cells)))

    again = read_user_file(b"".join(result_csv(first, {})))

    assert [row[:6] for row in again.rows] == [row[:6] for row in first.rows]
