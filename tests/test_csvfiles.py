import csv
import io
import zipfile
from itertools import count, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnercenter.csvfiles import csv_lines, guard, guess_encoding, read_csv, safe_filename
from partnercenter.errors import Refused

LINE_ENDS = ["\r\n", "\n", "\r"]
DELIMITERS = [",", ";", "\t"]
WESTERN_NAMES = [
    "Jürgen Groß", "Zoë", "José García", "Ülkü", "Renée Lefèvre", "Conceição", "Åsa Sjöström", "Øystein",
    "Hämäläinen", "O’Brien", "Þórður", "MÜLLER", "Straße", "Peña", "Núñez", "Œuvre", "Ångström",
]  # fmt: skip
CHINESE_NAMES = [
    "张伟",
    "王芳",
    "李娜",
    "诸葛亮",
    "欧阳娜娜",
    "刘洋",
    "陈静",
    "杨勇",
    "赵敏",
    "黄磊",
    "李玥",
    "王喆",
]

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
ROWS = st.lists(st.tuples(CELLS, CELLS, st.text("abc.@1", min_size=1)), min_size=1, max_size=8)


def read(content):
    return read_csv(content, max_bytes=2_000_000, max_rows=1000)


def cells_of(content):
    return [row.cells for row in read(content).rows]


def written(rows, delimiter=",", line_end="\r\n"):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


def zipped(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


@given(
    rows=ROWS,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    delimiter=st.sampled_from(DELIMITERS),
    line_end=st.sampled_from(LINE_ENDS),
)
@settings(max_examples=300)
def test_the_same_rows_come_from_every_unicode_encoding_delimiter_and_line_end(rows, encoding, delimiter, line_end):
    content = written([("One", "Two", "Three"), *rows], delimiter, line_end).encode(encoding)

    assert cells_of(content) == rows


@pytest.mark.parametrize(("encoding", "names"), [("windows-1252", WESTERN_NAMES), ("gb18030", CHINESE_NAMES)])
@given(data=st.data(), delimiter=st.sampled_from(DELIMITERS), line_end=st.sampled_from(LINE_ENDS))
def test_the_same_rows_come_from_windows_1252_and_gb18030(encoding, names, data, delimiter, line_end):
    rows = data.draw(st.lists(st.tuples(st.sampled_from(names), st.just("a@b.com")), min_size=1))
    content = written([("Name", "Email"), *rows], delimiter, line_end).encode(encoding)

    assert cells_of(content) == rows


@pytest.mark.parametrize("name", WESTERN_NAMES)
def test_a_single_western_name_is_enough_to_tell_windows_1252(name):
    assert cells_of(f"Name,Email\r\n{name},a@b.com\r\n".encode("windows-1252")) == [(name, "a@b.com")]


@pytest.mark.parametrize("name", CHINESE_NAMES)
def test_a_single_chinese_name_is_enough_to_tell_gb18030(name):
    assert cells_of(f"Name,Email\r\n{name},a@b.com\r\n".encode("gb18030")) == [(name, "a@b.com")]


NAMES_ELSEWHERE = {
    "euc-kr": ["김철수", "이영희", "박지성", "최민준", "정서연", "강하은", "조현우", "윤지민", "남궁민", "Kim 김"],
    "cp949": ["김철수", "이영희", "펲시", "똠방각하", "믜"],
    "euc-jp": ["田中太郎", "佐藤花子", "鈴木一郎", "高橋健", "渡辺真理", "山本裕子", "タナカ", "さくら"],
    "shift-jis": ["田中太郎", "佐藤花子", "鈴木一郎", "ﾀﾅｶ", "ﾓﾘﾀ", "ﾔﾏﾓﾄ", "ﾖｼﾀﾞ", "タナカ"],
    "big5": ["陳大文", "林志玲", "黃小明", "張惠妹", "李安", "王建民", "周杰倫"],
    "koi8-r": ["Иванов", "Пётр", "анна", "владимир", "Мария", "Яна"],
    "windows-1251": ["Иванов", "Пётр", "анна", "владимир", "Мария", "Яна"],
    "iso-8859-2": ["Dvořák", "Kučera", "Łukasz", "Małgorzata", "Šimek", "Erdős", "Stănescu", "Ťapák"],
    "windows-1257": ["Žukauskas", "Kazlauskienė", "Bērziņš", "Šķēle"],
    "iso-8859-9": ["Yıldız", "Işık", "Ağaoğlu", "Şahin"],
    "mac-roman": ["Müller", "Martínez", "Núñez", "Lefèvre", "Jürgen"],
    "cp850": ["Müller", "König", "Groß", "Núñez"],
}


@pytest.mark.parametrize("encoding", NAMES_ELSEWHERE)
@given(data=st.data(), delimiter=st.sampled_from(DELIMITERS))
def test_names_in_an_encoding_that_is_not_read_are_never_taken_for_certain(encoding, data, delimiter):
    names = data.draw(st.lists(st.sampled_from(NAMES_ELSEWHERE[encoding]), min_size=1, max_size=60))
    content = written([("Name", "Email"), *((name, "a@b.com") for name in names)], delimiter, "\n").encode(encoding)

    assert [certain for certain in certainties(content) if certain] == []


def certainties(content):
    """Whether the encoding of a file is certain; nothing if it is refused."""
    try:
        return [guess_encoding(content).certain]
    except Refused:
        return []


@given(rows=ROWS)
def test_what_is_written_reads_back_equal_but_for_the_apostrophe_before_formulas(rows):
    content = b"".join(csv_lines(["One", "Two", "Three"], rows))

    assert cells_of(content) == [tuple(guard(cell) for cell in row) for row in rows]


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        pytest.param(b"sep=;\r\na;b\r\n1;2\r\n", [("1", "2")], id="delimiter announced as Excel does"),
        pytest.param(b'"sep=\t"\na\tb\n1,5\t2\n', [("1,5", "2")], id="announced in quotation marks"),
        pytest.param(b"a;b,c;d\n1,5;2;3\n", [("1,5", "2", "3")], id="delimiter that divides the header most"),
        pytest.param(b'"a,b,c";d\n1;2\n', [("1", "2")], id="delimiter inside of quotation marks"),
        pytest.param(b"a\n1,2\n", [("1", "2")], id="one column"),
        pytest.param(b"a,b\n1,2", [("1", "2")], id="no line end at the end"),
        pytest.param(b"\n\na,b\n\n1,2\n\n\n , \n,,\n", [("1", "2")], id="empty rows"),
        pytest.param(b'a,b\n"x\r\ny","say ""hi"""\n', [("x\r\ny", 'say "hi"')], id="line break and quotes"),
        pytest.param(b'a,b\nAnna "Ann" Smith,2\n', [('Anna "Ann" Smith', "2")], id="quotes in the middle"),
        pytest.param(b"a,b\n", [], id="header only"),
    ],
)
def test_awkward_files_are_read_as_they_were_meant(content, cells):
    assert cells_of(content) == cells


def test_a_row_knows_the_line_of_the_file_in_which_it_begins():
    content = b'sep=,\r\na,b\r\n1,"x\r\ny"\r\n\r\n,\r\n2,\r\n'

    table = read(content)

    assert table.header.line == 2
    assert [(row.line, row.cells[0]) for row in table.rows] == [(3, "1"), (7, "2")]


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("a,b\n1,2\n", "utf-8", "utf-8"),
        ("a,b\n1,2\n", "utf-8-sig", "utf-8-sig"),
        ("a,b\n1,2\n", "utf-16", "utf-16"),
        ("a,b\n名,2\n", "utf-16-be", "utf-16-be"),
        ("a,b\n名,2\n", "utf-16-le", "utf-16-le"),
        ("a,b\n名字,2\n", "gb18030", "gb18030"),
        ("\ufeffa,b\n𠀀,2\n", "gb18030", "gb18030"),
        ("a,b\nMüller,2\n", "windows-1252", "windows-1252"),
    ],
)
def test_the_encoding_that_was_found_is_told(text, encoding, found):
    assert read(text.encode(encoding)).encoding == found


SPREADSHEET = (
    "The file is a spreadsheet, whatever its name says. Open it in the program it comes from, save it as "
    "“CSV UTF-8”, and upload the file you get."
)
ARCHIVE = "The file is an archive. Unpack it and upload the CSV file that is in it, one file at a time."
DOCUMENT = (
    "The file is a document, not a table. Put the rows into a spreadsheet, save it as “CSV UTF-8”, and "
    "upload the file you get."
)
PICTURE = "The file is a picture, sound or film, not a table. Choose the CSV file and upload it again."
MARKUP = (
    "The file is a web page or an XML document, not a CSV file. Open it in a spreadsheet program, save it as "
    "“CSV UTF-8”, and upload the file you get."
)
PROGRAM = "The file is a program, not a table. Choose the CSV file and upload it again."
EMPTY = "The file is empty. Fill in the template, save it, and upload it again."
NUL = (
    "The file contains NUL characters: it is no text file, or it is damaged. Save it again as “CSV UTF-8” in "
    "the program it comes from, and upload the file you get."
)
DAMAGED = (
    "The file is damaged: it begins as a Unicode text, but not all of it can be read. Save it again as "
    "“CSV UTF-8” in the program it comes from, and upload the file you get."
)


def not_closed(line):
    return (
        f"A quotation mark that opens a cell in line {line} is not closed where the cell ends. Close it, write "
        "quotation marks inside of a cell twice, and upload the file again."
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", EMPTY, id="nothing"),
        pytest.param(b"\xef\xbb\xbf", EMPTY, id="byte order mark only"),
        pytest.param("\ufeff \r\n".encode("utf-16-le"), EMPTY, id="white space in UTF-16"),
        pytest.param("\u3000\n\t\n".encode(), EMPTY, id="white space"),
        pytest.param(b"sep=;\r\n", EMPTY, id="delimiter and nothing else"),
        pytest.param(zipped("[Content_Types].xml", "xl/workbook.xml"), SPREADSHEET, id="xlsx"),
        pytest.param(b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK", SPREADSHEET, id="ods"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), SPREADSHEET, id="xls"),
        pytest.param(zipped("users.csv"), ARCHIVE, id="zip"),
        pytest.param(b"\x1f\x8b\x08\x00", ARCHIVE, id="gz"),
        pytest.param(b"7z\xbc\xaf\x27\x1c\x00\x04", ARCHIVE, id="7z"),
        pytest.param(b"Rar!\x1a\x07\x01\x00", ARCHIVE, id="rar"),
        pytest.param(b"users.csv".ljust(257, b"\0") + b"ustar\x0000", ARCHIVE, id="tar"),
        pytest.param(zipped("word/document.xml"), DOCUMENT, id="docx"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3", DOCUMENT, id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n", PICTURE, id="png"),
        pytest.param(b"\xff\xd8\xff\xe0", PICTURE, id="jpeg"),
        pytest.param(b"\n<!DOCTYPE html><table>", MARKUP, id="html"),
        pytest.param(b"\xef\xbb\xbf<?xml version='1.0'?>", MARKUP, id="xml"),
        pytest.param(b"MZ\x90\x00\x03", PROGRAM, id="exe"),
        pytest.param(b"\0\0\0\0", NUL, id="zeros"),
        pytest.param(b"First name,Last name,Email\r\nAnna,\0,anna@b.com\r\n", NUL, id="one zero"),
        pytest.param("a,b\n1,\0\n".encode("utf-16"), NUL, id="zero in UTF-16"),
        pytest.param("a,b\n1,2\n".encode("utf-16")[:-1], DAMAGED, id="half a character"),
        pytest.param(
            "a,b\nüöä,é\n".encode() + b"\xff\n",
            "The file is in UTF-8, but it is damaged: a character in line 3 cannot be read. Correct it, save "
            "the file again as “CSV UTF-8”, and upload it.",
            id="damaged UTF-8",
        ),
        pytest.param(
            b"a,b\n\x81 \x9d,\n",
            "The characters of the file cannot be read: it is not in UTF-8, UTF-16, Windows-1252 or GB18030. "
            "Save it as “CSV UTF-8” in the program it comes from, and upload the file you get.",
            id="no known encoding",
        ),
        pytest.param(b'a,b\n1,2\n"x,3\n4,5\n', not_closed(3), id="open until the end"),
        pytest.param(b'a,b\n"1\n2",3\n"x,3\n"y",5\n', not_closed(4), id="open until the next one"),
        pytest.param(b'a,b\n"1\r\n2","3\r\n', not_closed(3), id="in a later line of its row"),
        pytest.param(b'a,b\n"x"y,3\n', not_closed(2), id="text behind it"),
        pytest.param(b'a,b\n"' + b"x\n" * 60_000, not_closed(2), id="open over very many lines"),
        pytest.param(
            b"a,b\n1,2\n" + b"x," * 50_001,
            "The row that begins in line 3 is longer than 100,000 characters. Check that the lines of the file "
            "end where its rows end, and upload it again.",
            id="a row without end",
        ),
        pytest.param(
            b"a,b\n" + b"\n" * 1_100_001,
            "The file has more than 1,100,000 empty rows. Delete the empty rows and upload the file again.",
            id="nearly nothing but empty rows",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(content, sentence):
    with pytest.raises(Refused) as refusal:
        read(content)

    assert str(refusal.value) == sentence


def test_a_file_above_the_size_limit_is_refused_and_one_at_the_limit_is_read():
    content = b"a,b\n1,2\n"

    table = read_csv(content, max_bytes=len(content), max_rows=1)
    with pytest.raises(Refused) as refusal:
        read_csv(content, max_bytes=len(content) - 1, max_rows=1)

    assert len(table.rows) == 1
    assert str(refusal.value) == (
        "The file is larger than the 7\xa0bytes that one upload may have. Divide it into several files and "
        "upload them one after the other."
    )


def test_a_file_above_the_row_limit_is_refused_and_one_at_the_limit_is_read():
    content = b"a\n" + b"x\n" * 1001

    table = read_csv(content, max_bytes=10_000, max_rows=1001)
    with pytest.raises(Refused) as refusal:
        read_csv(content, max_bytes=10_000, max_rows=1000)

    assert len(table.rows) == 1001
    assert str(refusal.value) == (
        "The file has more than 1,000 rows. Divide it into several files and upload them one after the other."
    )


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-5", "@name", "\tx", "\rx"])
def test_a_cell_that_could_be_a_formula_gets_an_apostrophe(cell):
    assert guard(cell) == f"'{cell}"


@given(st.text().filter(lambda cell: cell[:1] not in list("=+-@\t\r")))
def test_every_other_cell_is_written_as_it_is(cell):
    assert guard(cell) == cell


def test_a_download_is_utf_8_with_a_byte_order_mark_and_windows_line_ends():
    content = b"".join(csv_lines(["名字", "b"], [["=x", None], [1, 'a "b", c']]))

    assert content == '\ufeff名字,b\r\n\'=x,\r\n1,"a ""b"", c"\r\n'.encode()


def test_a_download_is_made_in_pieces_while_it_is_fetched():
    pieces = csv_lines(["n"], ([number] for number in count()))

    header, first, second = islice(pieces, 3)

    assert header == "\ufeffn\r\n".encode()
    assert (first[:5], first.count(b"\n")) == (b"0\r\n1\r", 500)
    assert (second[:5], second.count(b"\n")) == (b"500\r\n", 500)


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("users", "Litware", "2026-05-01"), "users-litware-2026-05-01.csv"),
        (("users", "Contoso / Söhne: «GmbH»\r\n"), "users-contoso-söhne-gmbh.csv"),
        (("../../etc/passwd",), "etcpasswd.csv"),
        (("users", "微软 中国"), "users-微软-中国.csv"),
        (("???",), "file.csv"),
        (("x" * 300,), f"{'x' * 100}.csv"),
    ],
)
def test_a_file_name_has_only_letters_digits_and_hyphens(parts, name):
    assert safe_filename(*parts) == name
