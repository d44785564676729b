"""What holds for every file of users, however it is written and whatever stands in it."""

import csv
import io
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from customers.userfiles import ProblemCode, UserRow, check_rows, clean, read_user_file
from partnercenter.csvfiles import guess_encoding
from partnercenter.directory.characters import invisible_in
from tests.uploads_corpus import DE, EN, ZH

DOMAINS = ["contoso.com", "contoso.onmicrosoft.com"]
TAKEN, DELETED, ELSEWHERE = "taken@contoso.com", "gone@contoso.com", "waits@contoso.com"
WESTERN = ["Jürgen Groß", "Zoë", "José García", "Renée Lefèvre", "Åsa Sjöström", "O’Brien", "Þórður", "MÜLLER", "Ann"]
CHINESE = ["张伟", "王芳", "李娜", "诸葛亮", "欧阳娜娜", "刘洋", "陈静", "Kim 王伟"]

SEPARATORS = st.sampled_from([",", ";", "\t"])
LINE_ENDS = st.sampled_from(["\r\n", "\n", "\r"])
HEADERS = st.sampled_from([EN, DE, ZH, EN[:4], (EN[3], *EN[:3])])


def cells_in(encoding):
    """Cells of characters that the encoding has; Windows-1252 reads everything that has no controls in it."""
    letters = st.characters(codec=encoding, exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff")
    return st.text(letters | st.sampled_from(';,\t"\n '), max_size=10)


def written(header, rows, separator, line_end):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    return text.getvalue()


@pytest.mark.parametrize(
    ("encoding", "chosen", "header"),
    [
        ("utf-8", "utf-8", ZH),
        ("utf-8-sig", "utf-8", DE),
        ("utf-16", "utf-16", ZH),
        ("utf-16-le", "utf-16", EN),
        ("utf-16-be", "utf-16", EN),
        ("gb18030", "gb18030", ZH),
        ("windows-1252", "windows-1252", DE),
    ],
)
@given(data=st.data(), separator=SEPARATORS, line_end=LINE_ENDS)
def test_a_file_in_the_encoding_that_a_person_chose_has_the_cells_that_were_written(
    encoding, chosen, header, data, separator, line_end
):
    cell = cells_in(encoding)
    rows = data.draw(st.lists(st.tuples(cell, cell, cell, st.just("a@b.com"), cell), min_size=1, max_size=5))
    content = written(header, rows, separator, line_end).encode(encoding)

    file = read_user_file(content, encoding=chosen, delimiter=separator)

    assert [row.cells for row in file.rows] == rows
    assert [row[2:7] for row in file.rows] == [tuple(map(clean, row)) for row in rows]


@given(
    names=st.lists(st.sampled_from(WESTERN), min_size=1) | st.lists(st.sampled_from(CHINESE), min_size=1),
    data=st.data(),
    header=HEADERS,
    separator=SEPARATORS,
    line_end=LINE_ENDS,
)
def test_no_name_is_mangled_without_asking(names, data, header, separator, line_end):
    possible = ["utf-8", "utf-8-sig", "utf-16", "gb18030" if set(names) <= set(CHINESE) else "windows-1252"]
    encoding = data.draw(st.sampled_from(possible if header != ZH or names[0] in CHINESE else possible[:3]))
    rows = [[name] * len(header) for name in names]
    content = written(header, rows, separator, line_end).encode(encoding)

    file = read_user_file(content)

    kept = [row.cells[0] for row in file.rows] == names
    assert kept or (not guess_encoding(content).certain and encoding in guess_encoding(content).encodings)


# Most cells are in order, so that a row has seldom more than one problem and each of them is seen alone.
PLAIN = st.sampled_from(["Kim", "Zoë", "王芳", "👩🏽", "👩🏽\u200d💻", "علی\u200cرضا", "ജോണ്\u200d", "x" * 50])
STRANGE = [
    "",
    "Ki\u200dm",
    "👩\u200d",
    "\u200cعلی",
    "دا\u200cرا",
    "x" * 51,
    "Ki\u202em",
    "Ki\u200bm",
    "\ufffdnn",
    "Jo\ufffd",
    "a\nb",
    "\u3164",
    "\ufffd\u200b",
]
NAMES = st.one_of([PLAIN] * 6 + [st.sampled_from(STRANGE), st.text(max_size=5).map(clean)])
GOOD_ADDRESSES = st.sampled_from([f"{letter}@contoso.com" for letter in "abcdefgABC"] + ["a@contoso.onmicrosoft.com"])
BAD_ADDRESSES = [
    "",
    TAKEN,
    DELETED,
    ELSEWHERE,
    ELSEWHERE.upper(),
    "c@contso.com",
    "d@c\u043entoso.com",
    "e@fabrikam.com",
]
BAD_ADDRESSES += [
    "é@contoso.com",
    "x" * 65 + "@contoso.com",
    "a..b@contoso.com",
    "a@",
    "@contoso.com",
    "\u200ba\u200bb@x",
]
ADDRESSES = st.one_of([GOOD_ADDRESSES] * 3 + [st.sampled_from(BAD_ADDRESSES)])
STATUSES = st.sampled_from([""] * 7 + ["remark", "Created"])
SURPLUS = st.sampled_from([0] * 9 + [1])


@st.composite
def user_rows(draw):
    """Rows as they come out of a file, good and faulty ones."""
    cells = draw(st.lists(st.tuples(NAMES, NAMES, NAMES, ADDRESSES, STATUSES, SURPLUS), min_size=1, max_size=6))
    return [
        UserRow(number, number + 1, *texts, cells=texts, surplus=surplus)
        for number, (*texts, surplus) in enumerate(cells, start=1)
    ]


def check(rows):
    return check_rows(rows, domains=DOMAINS, taken={TAKEN}, taken_deleted={DELETED}, waiting={ELSEWHERE})


def may_be_created(row, others):
    """The rules of the product for one row, written down a second time."""
    names = (row.first_name, row.last_name, row.display_name)
    local, _, domain = row.email.lower().rpartition("@")
    return (
        row.surplus == 0
        and row.status_update in ("", "Created")
        and row.display_name != ""
        and all(len(name) <= 50 and not invisible_in(name) and "\ufffd" not in name for name in names)
        and row.email.isascii()
        and domain in DOMAINS
        and len(local) <= 64
        and re.fullmatch(r"[a-z0-9_%+'-]+(\.[a-z0-9_%+'-]+)*", local) is not None
        and row.email.lower() not in {TAKEN, DELETED, ELSEWHERE, *others}
    )


@given(user_rows())
@settings(max_examples=600)
def test_every_row_can_be_created_or_has_a_problem(rows):
    faulty = {problem.number for problem in check(rows)}

    before = [[other.email.lower() for other in rows[:place] if other.surplus == 0] for place in range(len(rows))]
    assert faulty == {row.number for row, others in zip(rows, before, strict=True) if not may_be_created(row, others)}


@given(user_rows())
def test_checked_twice_a_file_has_the_same_problems(rows):
    assert check(rows) == check(rows)


@given(user_rows())
def test_a_row_that_is_in_order_stays_so_whatever_the_faulty_ones_are_left_out(rows):
    faulty = {problem.number for problem in check(rows)}

    assert check([row for row in rows if row.number not in faulty]) == []


def corrected(row, problem):
    """The row after somebody did what the sentence of a problem says."""
    text = getattr(row, problem.column) if problem.column else ""
    new_address = f"new.{row.number}@contoso.com"
    remedies = {
        ProblemCode.TOO_MANY_CELLS: {"surplus": 0},
        ProblemCode.STATUS_NOT_EMPTY: {"status_update": ""},
        ProblemCode.DISPLAY_NAME_MISSING: {"display_name": "Kim"},
        ProblemCode.TOO_LONG: {problem.column: text[:50]},
        ProblemCode.INVISIBLE_CHARACTERS: {problem.column: "".join(c for c in text if not invisible_in(c))},
        ProblemCode.NOTHING_VISIBLE: {problem.column: "Kim"},
        ProblemCode.LOST_CHARACTERS: {problem.column: text.replace("\ufffd", "ü")},
        ProblemCode.DOMAIN_MISTYPED: {"email": f"{text.rpartition('@')[0]}@{problem.detail}"},
        ProblemCode.DOMAIN_LOOKALIKE: {"email": f"{text.rpartition('@')[0]}@{problem.detail}"},
        ProblemCode.DOMAIN_NOT_VERIFIED: {"email": f"{text.rpartition('@')[0]}@{problem.detail.split(', ')[0]}"},
    }
    return row._replace(**remedies.get(problem.code, {"email": new_address}))


@given(user_rows())
@example([UserRow(1, 2, "\u0301", "", "\u0301 \ufe0f", "kim@contoso.com")])
@example([UserRow(1, 2, "", "", "Kim", "kim@contso.com"), UserRow(2, 3, "", "", "Kim", "kim@contso.com")])
def test_doing_what_a_problem_says_ends_that_problem(rows):
    for problem in check(rows):
        after = [corrected(row, problem) if row.number == problem.number else row for row in rows]

        left = [(found.number, found.column, found.code) for found in check(after)]
        assert (problem.number, problem.column, problem.code) not in left
