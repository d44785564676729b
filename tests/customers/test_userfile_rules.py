import sys
import time
import tracemalloc
import unicodedata

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from customers.userfiles import (
    Column,
    ProblemCode,
    UserRow,
    check_rows,
    column_title,
    problem_sentence,
    read_user_file,
)
from customers.userfiles.addresses import is_local_part
from partnercenter.directory.characters import invisible_in

DOMAINS = ["contoso.com", "contoso.onmicrosoft.com"]
LONG = "x" * 51


def user(number=1, **changes):
    fields = {"first_name": "Anna", "last_name": "Smith", "display_name": "Anna Smith", "email": "anna@contoso.com"}
    return UserRow(number, number + 1, **fields | changes)


def check(*rows, domains=DOMAINS, taken=(), taken_deleted=(), waiting=(), seen=None):
    return check_rows(rows, domains=domains, taken=taken, taken_deleted=taken_deleted, waiting=waiting, seen=seen)


def found(*rows, **given):
    return [(problem.column, problem.code, problem.detail) for problem in check(*rows, **given)]


def sentence_for(row, **given):
    return " ".join(problem.sentence for problem in check(row, **given))


def uploaded(text):
    return read_user_file(text.encode())


@pytest.mark.parametrize(
    "row",
    [
        user(),
        user(first_name="", last_name=""),
        user(display_name="张伟"),
        user(display_name="x" * 50),
        user(display_name="Zoë\u3000O’Brien 👩🏽 葛\U000e0100"),
        user(email="A.b_c%d+e'f-g@CONTOSO.onmicrosoft.com"),
        user(email=f"{'x' * 64}@contoso.com"),
    ],
)
def test_a_good_row_has_no_problems(row):
    assert check(row) == []


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"display_name": ""}, [("display_name", "display_name_missing", "")]),
        ({"first_name": LONG}, [("first_name", "too_long", "51")]),
        ({"last_name": LONG}, [("last_name", "too_long", "51")]),
        ({"display_name": LONG}, [("display_name", "too_long", "51")]),
        ({"first_name": "An\nna"}, [("first_name", "invisible_characters", "U+000A")]),
        ({"last_name": "S\u202em\u200bi\u200bth"}, [("last_name", "invisible_characters", "U+202E, U+200B")]),
        ({"display_name": "a\0b"}, [("display_name", "invisible_characters", "U+0000")]),
        ({"display_name": "\u3164"}, [("display_name", "invisible_characters", "U+3164")]),
        ({"display_name": "M\ufffdller"}, [("display_name", "lost_characters", "")]),
        ({"email": ""}, [("email", "email_missing", "")]),
        ({"email": "anna"}, [("email", "email_not_valid", "")]),
        ({"email": "@contoso.com"}, [("email", "email_not_valid", "")]),
        ({"email": "anna@"}, [("email", "email_not_valid", "")]),
        ({"email": "a@b@contoso.com"}, [("email", "email_not_valid", "")]),
        ({"email": ".anna@contoso.com"}, [("email", "email_not_valid", "")]),
        ({"email": "anna.@contoso.com"}, [("email", "email_not_valid", "")]),
        ({"email": "an..na@contoso.com"}, [("email", "email_not_valid", "")]),
        ({"email": "an na@contoso.com"}, [("email", "email_not_valid", "")]),
        ({"email": "jürgen@contoso.com"}, [("email", "email_not_valid", "")]),
        ({"email": "an\u212aa@contoso.com"}, [("email", "email_not_valid", "")]),
        ({"email": f"{'x' * 65}@contoso.com"}, [("email", "email_not_valid", "")]),
        ({"email": "anna@localhost"}, [("email", "email_not_valid", "")]),
        ({"email": "anna@-a-.com"}, [("email", "email_not_valid", "")]),
        ({"email": "an\u200bna@contoso.com"}, [("email", "invisible_characters", "U+200B")]),
        ({"email": "anna@fabrikam.com"}, [("email", "domain_not_verified", ", ".join(DOMAINS))]),
        ({"email": "anna@contso.com"}, [("email", "domain_mistyped", "contoso.com")]),
        ({"email": "anna@contosoo.com"}, [("email", "domain_mistyped", "contoso.com")]),
        ({"email": "anna@c0ntoso.com"}, [("email", "domain_mistyped", "contoso.com")]),
        ({"email": "anna@ocntoso.com"}, [("email", "domain_mistyped", "contoso.com")]),
        ({"email": "anna@cоntоsо.com"}, [("email", "domain_lookalike", "contoso.com")]),
        ({"email": "anna@çontoso.com"}, [("email", "domain_lookalike", "contoso.com")]),
        (
            {"email": "an..na@contso.com"},
            [("email", "email_not_valid", ""), ("email", "domain_mistyped", "contoso.com")],
        ),
        ({"status_update": "done"}, [("status_update", "status_not_empty", "")]),
        ({"surplus": 1, "cells": ("a",) * 6}, [(None, "too_many_cells", "6")]),
        ({"surplus": -2, "cells": ("a",) * 3}, [(None, "too_few_cells", "3")]),
        (
            {"first_name": LONG + "\t", "display_name": "", "email": "", "status_update": "x"},
            [
                ("display_name", "display_name_missing", ""),
                ("first_name", "too_long", "52"),
                ("first_name", "invisible_characters", "U+0009"),
                ("email", "email_missing", ""),
                ("status_update", "status_not_empty", ""),
            ],
        ),
    ],
)
def test_every_problem_of_a_row_is_found(changes, problems):
    assert found(user(**changes)) == problems


def test_an_address_above_113_characters_is_too_long():
    domain = f"{'d' * 45}.com"

    assert found(user(email=f"{'x' * 63}@{domain}"), domains=[domain]) == []
    assert found(user(email=f"{'x' * 64}@{domain}"), domains=[domain]) == [("email", "too_long", "114")]


def test_the_second_of_two_equal_addresses_names_the_line_of_the_first():
    rows = [user(1), user(2, email="bob@contoso.com"), user(3, email="ANNA@contoso.COM"), user(4)]

    assert [(p.number, p.line, p.code, p.detail) for p in check(*rows)] == [
        (3, 4, "email_twice", "2"),
        (4, 5, "email_twice", "2"),
    ]


def test_addresses_of_users_and_deleted_users_are_taken_whatever_their_case():
    taken, deleted = user(1, email="Anna@Contoso.com"), user(2, email="BOB@contoso.com")

    problems = check(taken, deleted, taken={"anna@contoso.com"}, taken_deleted={"bob@contoso.com"})

    assert [(p.number, p.code) for p in problems] == [(1, "email_taken"), (2, "email_of_deleted_user")]


@pytest.mark.parametrize("list_of_names", ["taken", "taken_deleted", "waiting"])
def test_of_other_organizations_a_file_does_not_tell_who_exists(list_of_names):
    row = user(email="ceo@fabrikam.com")

    assert check(row, **{list_of_names: {"ceo@fabrikam.com"}}) == check(row)


def test_a_row_corrected_alone_is_compared_with_the_other_rows_of_its_file():
    lines = {"anna@contoso.com": 2, "bob@contoso.com": 3}

    assert check(user(1), seen=lines) == []
    assert found(user(2), seen=lines) == [("email", "email_twice", "2")]


def test_a_problem_tells_row_line_column_and_a_value_that_can_be_shown():
    (problem,) = check(user(7, first_name="\u202e" + "x" * 200))[1:]

    assert problem[:5] == (7, 8, "first_name", "[U+202E]" + "x" * 99 + "…", ProblemCode.INVISIBLE_CHARACTERS)


def test_rows_with_a_wrong_number_of_cells_are_found_in_the_file():
    user_file = uploaded(
        "First name,Last name,Display name,Email,Status update\n"
        "Anna,Smith,Anna Smith,anna@contoso.com,,\n"
        "Cleo,Smith, Jr.,Cleo Smith,cleo@contoso.com,\n"
        "Dora,dora@contoso.com\n"
    )

    assert [(p.line, p.code, p.value) for p in check(*user_file.rows)] == [
        (2, "too_many_cells", "Anna | Smith | Anna Smith | anna@contoso.com |  | "),
        (3, "too_many_cells", "Cleo | Smith |  Jr. | Cleo Smith | cleo@contoso.com | "),
        (4, "too_few_cells", "Dora | dora@contoso.com"),
    ]


def test_cells_that_spreadsheet_programs_add_or_leave_out_at_the_end_are_no_problem():
    user_file = uploaded(
        "First name,Last name,Display name,Email,Status update,,\n"
        "Anna,Smith,Anna Smith,anna@contoso.com,, ,\n"
        "Bob,Smith,Bob Smith,bob@contoso.com\n"
    )

    assert check(*user_file.rows) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"surplus": 1, "cells": ("a",) * 6},
            (
                "The row has 6 cells, more than there are columns. Put a cell that contains the delimiter into quotation "
                "marks, or remove what is too much."
            ),
        ),
        (
            {"surplus": -2, "cells": ("a",) * 3},
            (
                "The row has only 3 cells, fewer than there are columns. Add the missing delimiters, also where a cell "
                "is empty."
            ),
        ),
        (
            {"status_update": "x"},
            "“Status update” has to be empty: the result is written there. Delete what stands in it.",
        ),
        (
            {"display_name": ""},
            "“Display name” is empty. Enter the name under which colleagues see the user.",
        ),
        ({"last_name": LONG}, "“Last name” is 51 characters long; at most 50 are possible. Shorten it."),
        (
            {"first_name": "a\u200b"},
            (
                "“First name” contains line breaks, control characters or invisible characters (U+200B). Delete the text "
                "and type it again instead of pasting it."
            ),
        ),
        (
            {"first_name": "\ufffd"},
            (
                "“First name” contains �, which stands for a character that was lost when the file was saved. Type the "
                "text again."
            ),
        ),
        ({"email": ""}, "“Email” is empty. Enter the address with which the user will sign in."),
        (
            {"email": "x"},
            (
                "This is not an email address that a user can have. Write it like anna.smith@contoso.com; before the @ "
                "are up to 64 letters, digits and . _ % + ' - possible, with dots only between other characters."
            ),
        ),
        (
            {"email": "a@b.com"},
            (
                "The part after the @ is not one of the customer's verified domains. Use one of these: contoso.com, "
                "contoso.onmicrosoft.com."
            ),
        ),
        (
            {"email": "a@contso.com"},
            (
                "The part after the @ is not one of the customer's verified domains, but very similar to contoso.com. "
                "Correct the spelling."
            ),
        ),
        (
            {"email": "a@cоntоso.com"},
            "The part after the @ looks like contoso.com, but contains letters of another alphabet. Type it again.",
        ),
        (
            {"email": "bob@contoso.com"},
            (
                "The same email address stands in line 9 already. Give each user an address of their own, or delete one "
                "of the two rows."
            ),
        ),
        (
            {"email": "taken@contoso.com"},
            "The customer already has a user with this email address. Choose another address, or delete the row.",
        ),
        (
            {"email": "gone@contoso.com"},
            (
                "This email address belongs to a deleted user of the customer. Restore that user, or choose another "
                "address."
            ),
        ),
        (
            {"display_name": "", "email": ""},
            (
                "“Display name” is empty. Enter the name under which colleagues see the user. “Email” is empty. Enter "
                "the address with which the user will sign in."
            ),
        ),
    ],
)
def test_each_problem_says_what_is_wrong_and_what_to_do(changes, sentence):
    row = user(**changes)

    assert sentence == sentence_for(
        row, taken={"taken@contoso.com"}, taken_deleted={"gone@contoso.com"}, seen={"bob@contoso.com": 9}
    )


def test_every_kind_of_problem_has_its_sentence():
    sentences = {problem_sentence(code, Column.EMAIL, "5") for code in ProblemCode}

    assert len(sentences) == len(ProblemCode)


@pytest.mark.parametrize(
    ("language", "title"), [("de", "Anzeigename"), ("zh-hans", "显示名称"), ("fr", "Display name")]
)
def test_columns_are_named_in_the_language_of_the_reader(language, title):
    with translation.override(language):
        assert column_title(Column.DISPLAY_NAME) == title


def test_ten_domains_are_named_at_most():
    domains = [f"d{number:02}.contoso.com" for number in range(12)]

    ((_, code, detail),) = found(user(), domains=domains)

    assert (code, detail) == ("domain_not_verified", ", ".join([*domains[:10], "…"]))


@given(st.text("Az09._%+'-@ é", max_size=70))
def test_a_local_part_has_dots_only_between_other_characters(text):
    plain = set(text) <= set("Az09._%+'-")
    dots_between = all(text.split("."))

    assert is_local_part(text) == (plain and dots_between and len(text) <= 64)


def test_every_control_and_format_character_of_unicode_is_invisible_but_those_that_are_drawn():
    drawn = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13439)}

    seen = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp")
        and code not in drawn
        and not invisible_in(chr(code))
    ]

    assert seen == []


@given(st.characters(categories=["L", "N", "P", "Sm", "Sc"], exclude_characters="\u115f\u1160\u3164\uffa0"))
def test_letters_digits_and_punctuation_of_every_script_are_visible(character):
    assert invisible_in(character) == []


@pytest.mark.parametrize("column", ["first_name", "last_name", "display_name"])
@pytest.mark.parametrize("name", ["\u0301", "\u0301 \u20dd", "\ufe0f"])
def test_a_name_of_which_nothing_is_seen_is_a_problem(name, column):
    assert found(user(**{column: name})) == [(column, ProblemCode.NOTHING_VISIBLE, "")]


def test_ten_invisible_characters_are_named_at_most():
    name = "".join(chr(0xE000 + number) for number in range(12))
    named = [f"U+E00{number}" for number in range(10)]

    assert found(user(display_name=name)) == [("display_name", "invisible_characters", ", ".join([*named, "…"]))]


ACCENTS = "\u0301\u0316" * 45_000
ENDLESS = {
    "a domain": {"email": "anna@" + "x" * 90_000},
    "a domain of many labels": {"email": "anna@" + "a-a." * 22_500 + "com"},
    "a domain with accents": {"email": f"anna@contoso{ACCENTS}.com"},
    "a local part": {"email": "x." * 45_000 + "anna@contoso.com"},
    "joiners": {"first_name": "\u200d" * 90_000, "last_name": "👩\u200d" * 45_000},
    "joiners in an address": {"email": "م\u200c" * 45_000},
    "private characters": {"display_name": "".join(map(chr, range(0xF0000, 0xFFFF0)))},
    "accents": {"display_name": ACCENTS},
    "flags": {"display_name": "\U0001f3f4\U000e0067" * 45_000},
    "a remark": {"status_update": "Not created" * 8_000},
}


@pytest.mark.parametrize("changes", ENDLESS.values(), ids=ENDLESS)
def test_ten_rows_with_endless_cells_are_checked_in_a_moment(changes):
    rows = [user(number, **{name: f"{number}{text}{number}" for name, text in changes.items()}) for number in range(10)]
    begun = time.process_time()

    problems = check(*rows)

    assert time.process_time() - begun < 1
    assert {problem.number for problem in problems} == set(range(10))


def test_of_endless_cells_nothing_is_kept_but_what_a_sentence_shows():
    check(user(status_update="remark"))
    tracemalloc.start()

    check(*[user(number, status_update=f"{number}" * 90_000) for number in range(10)])

    kept, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 90_000
