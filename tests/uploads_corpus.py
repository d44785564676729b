"""More than sixty awkward files of users, made here, each with what has to become of it.

The customer's only domain is contoso.com; nobody has an address there yet.
"""

import codecs
import gzip
import io
import zipfile
from collections.abc import Callable
from typing import Final, NamedTuple

from customers.userfiles import MAX_BYTES, read_user_file, result_csv

EN: Final = ("First name", "Last name", "Display name", "Email", "Status update")
DE: Final = ("Vorname", "Nachname", "Anzeigename", "E-Mail", "Statusaktualisierung")
ZH: Final = ("名字", "姓氏", "显示名称", "电子邮件", "状态更新")
KIM: Final = ("Kim", "Park", "Kim Park", "kim@contoso.com", "")
JURGEN: Final = ("Jürgen", "Groß", "Jürgen Groß", "gross@contoso.com", "")
WANG: Final = ("芳", "王", "王芳", "wang@contoso.com", "")
TEN: Final = tuple(
    ("", "", name, f"kim{number}@contoso.com", "")
    for number, name in enumerate(["王伟", "李娜", "张敏", "刘洋", "陈静", "杨强", "赵磊", "黄艳", "周杰", "吴秀英"])
)
RARE: Final = ("𠀀", "㐀", "㐀𠀀", "rare@contoso.com", "")

SPREADSHEET: Final = "The file is a spreadsheet, whatever its name says."
ARCHIVE: Final = "The file is an archive."
DOCUMENT: Final = "The file is a document, not a table."
PICTURE: Final = "The file is a picture, sound or film, not a table."
MARKUP: Final = "The file is a web page or an XML document, not a CSV file."
EMPTY: Final = "The file is empty."
DAMAGED: Final = "The file is damaged: it begins as a Unicode text, but not all of it can be read."
NUL: Final = "The file contains NUL characters: it is no text file, or it is damaged."
TOO_LARGE: Final = "The file is larger than the 25.0\xa0MB that one upload may have."
TOO_MANY: Final = "The file has more than 100,000 rows."
NO_USERS: Final = "The file has the names of the columns, but no users below them."


class Upload(NamedTuple):
    """A file, and what becomes of it: a refusal that begins with a sentence, or names and problems.

    `names` are the display names of the rows, or how many rows there are; `problems` the codes of what is wrong
    with each faulty row, by its line; `asked` says that nothing proves the encoding, so that the person is asked.
    """

    make: Callable[[], bytes]
    refused: str = ""
    names: tuple[str, ...] | int = ()
    problems: dict[int, tuple[str, ...]] = {}
    asked: bool = False


def lines(*rows: tuple[str, ...], header: tuple[str, ...] = EN, by: str = ",", end: str = "\r\n") -> str:
    return "".join(by.join(row) + end for row in (header, *rows))


def text(content: str, encoding: str = "utf-8", **outcome: object) -> Upload:
    """A file of this text in an encoding; of a lone surrogate only its bytes."""
    return Upload(lambda: content.encode(encoding, errors="surrogatepass"), **outcome)  # type: ignore[arg-type]


def raw(content: bytes, **outcome: object) -> Upload:
    return Upload(lambda: content, **outcome)  # type: ignore[arg-type]


def refused(content: bytes, sentence: str) -> Upload:
    return Upload(lambda: content, refused=sentence)


def table(*rows: tuple[str, ...], encoding: str = "utf-8", **style: object) -> Upload:
    """A file of which every row is good."""
    content = lines(*rows, **style)  # type: ignore[arg-type]
    return text(content, encoding, names=tuple(row[2] for row in rows))


def person(name: str, address: str = "kim@contoso.com") -> tuple[str, ...]:
    return ("", "", name, address, "")


def faulty(name: str, *codes: str, address: str = "kim@contoso.com") -> Upload:
    """A file with one row, and what is wrong with it."""
    return text(lines(person(name, address)), names=(name.strip(),), problems={2: codes} if codes else {})


def misread(encoding: str, *names: str, as_it_is: str = "gb18030", codes: tuple[str, ...] = ()) -> Upload:
    """A file in an encoding that is not read: how its names look in the likeliest of those that are."""
    rows = [person(name, f"kim{number}@contoso.com") for number, name in enumerate(names)]
    shown = tuple(name.encode(encoding).decode(as_it_is) for name in names)
    problems = dict.fromkeys(range(2, len(names) + 2), codes) if codes else {}
    return text(lines(*rows), encoding, names=shown, problems=problems, asked=True)


def archive(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            packed.writestr(name, "x")
    return content.getvalue()


def many(count: int) -> bytes:
    rows = "".join(f",,Kim {number},kim{number}@contoso.com,\n" for number in range(count))
    return (",".join(EN) + "\n" + rows).encode()


def of_size(size: int) -> bytes:
    """A good file of exactly so many bytes: rows of 4,096 with white space around their names, the last longer."""
    header = (",".join(EN) + "\n").encode()
    count, rest = divmod(size - len(header), 4096)
    rows = [f",,Kim,kim{number}@contoso.com,\n" for number in range(count)]
    widths = [4096] * (count - 1) + [4096 + rest]
    return header + b"".join(
        row.replace("Kim", " " * (width - len(row)) + "Kim").encode() for row, width in zip(rows, widths, strict=True)
    )


WRITTEN: Final = {
    "UTF-8, commas, CRLF, English": table(JURGEN, WANG),
    "UTF-8, semicolons, LF, German": table(JURGEN, WANG, header=DE, by=";", end="\n"),
    "UTF-8, tabs, CR, Chinese": table(JURGEN, WANG, header=ZH, by="\t", end="\r"),
    "UTF-8 with byte order mark, tabs, LF, German": table(
        JURGEN, WANG, encoding="utf-8-sig", header=DE, by="\t", end="\n"
    ),
    "UTF-8 with byte order mark, commas, CR, Chinese": table(WANG, encoding="utf-8-sig", header=ZH, end="\r"),
    "UTF-16 with byte order mark, tabs, CRLF, English": table(JURGEN, WANG, encoding="utf-16", by="\t"),
    "UTF-16 big-endian with byte order mark": text(
        "\ufeff" + lines(JURGEN, WANG, header=DE, by=";"), "utf-16-be", names=("Jürgen Groß", "王芳")
    ),
    "UTF-16 little-endian without byte order mark": table(JURGEN, encoding="utf-16-le", end="\r"),
    "UTF-16 big-endian without byte order mark": table(WANG, encoding="utf-16-be", by=";", end="\n"),
    "UTF-16 with characters outside of the first plane": table(RARE, encoding="utf-16", header=ZH),
    "Windows-1252, semicolons, CRLF, German": table(JURGEN, encoding="windows-1252", header=DE, by=";"),
    "Windows-1252, commas, LF, English": table(JURGEN, encoding="windows-1252", end="\n"),
    "Windows-1252, tabs, CR": table(JURGEN, encoding="windows-1252", by="\t", end="\r"),
    "Windows-1252 with euro sign and curly quotes": table(
        person("Kim “€” Park"), person("D’Arcy – José", "d@contoso.com"), encoding="windows-1252"
    ),
    "GB18030, commas, CRLF, Chinese": table(WANG, encoding="gb18030", header=ZH),
    "GB18030, tabs, CR, English": table(*TEN, encoding="gb18030", by="\t", end="\r"),
    "GB18030 with characters of four bytes": table(RARE, *TEN, encoding="gb18030", by=";", end="\n"),
    "GBK with a single Chinese name": table(WANG, encoding="gbk")._replace(asked=True),
    "GBK with a name of two characters and nothing else": table(person("李娜"), encoding="gbk")._replace(asked=True),
    "UTF-8 and Windows-1252 in one file": raw(
        lines(person("Müller")).encode() + ",,Jürgen,j@contoso.com,\n".encode("windows-1252"),
        names=("MÃ¼ller", "Jürgen"),
        asked=True,
    ),
    "UTF-8 that could be Chinese as well": table(person("Яна"))._replace(asked=True),
    "UTF-8 with Greek and Cyrillic names": table(person("Анна Ζωή"), header=DE),
    "line ends of three kinds in one file": text(
        lines(end="\r\n") + ",,A,a@contoso.com,\n,,B,b@contoso.com,\r,,C,c@contoso.com,\r\n", names=("A", "B", "C")
    ),
    "no line end at the end": text(lines(KIM).rstrip(), names=("Kim Park",)),
    "a first line that announces the separator": text("sep=;\r\n" + lines(KIM, by=";"), names=("Kim Park",)),
    "the separator announced in UTF-16": text("sep=\t\r\n" + lines(KIM, by="\t"), "utf-16", names=("Kim Park",)),
    "a line break in quotation marks": faulty('"Kim\r\nPark"', "invisible_characters")._replace(names=("Kim\r\nPark",)),
    "quotation marks written twice": faulty('"Kim ""Kimmy"" Park"')._replace(names=('Kim "Kimmy" Park',)),
    "the separator in quotation marks": faulty('"Park, Kim"')._replace(names=("Park, Kim",)),
}
# In encodings that are not read: nothing shows which one it is, so that the person has to look at the names.
MISREAD: Final = {
    "Korean names in EUC-KR": misread("euc-kr", "김철수", "이영희", "박지성", "최민준", "정서연", "강하은", "조현우"),
    "Korean names in Windows-949": misread("cp949", "김철수", "똠방각하", "펲시"),
    "Japanese names in EUC-JP": misread("euc-jp", "田中太郎", "佐藤花子", "鈴木一郎", "山本裕子", "渡辺真理"),
    "Japanese names in Shift_JIS": misread("shift-jis", "田中太郎", "佐藤花子", "鈴木一郎", "山本裕子"),
    "katakana of half width": misread("shift-jis", "ﾀﾅｶ", "ﾓﾘﾀ", "ﾔﾏﾓﾄ", as_it_is="windows-1252"),
    "Chinese names in Big5": misread("big5", "陳大文", "林志玲", "李安", codes=("invisible_characters",)),
    "Cyrillic names in Windows-1251": misread("windows-1251", "Иванов"),
    "Cyrillic names in KOI8-R": misread("koi8-r", "Иванов", "Сидорова"),
    "Cyrillic names in KOI8-R, without capitals": misread("koi8-r", "иванов", "владимир"),
    "Greek names in ISO-8859-7": misread("iso-8859-7", "Παπαδόπουλος"),
    "Czech names in ISO-8859-2": misread("iso-8859-2", "Dvořák", "Kučera", as_it_is="windows-1252"),
    "a Polish name in ISO-8859-2": misread("iso-8859-2", "Małgorzata", as_it_is="windows-1252"),
    "a Polish name in Windows-1250": misread("windows-1250", "Łukasz", as_it_is="windows-1252"),
    "a Lithuanian name in Windows-1257": misread("windows-1257", "Kazlauskienė", as_it_is="windows-1252"),
    "a Turkish name in ISO-8859-9": misread("iso-8859-9", "Yıldız", as_it_is="windows-1252"),
    "a German name of a Macintosh": misread("mac-roman", "Müller", as_it_is="windows-1252"),
    "a Spanish name of a Macintosh": misread("mac-roman", "Martínez", as_it_is="windows-1252"),
    "a German name in code page 850": misread("cp850", "König", as_it_is="windows-1252"),
    "a French name in Windows-1252": table(person("Hélène"), encoding="windows-1252")._replace(asked=True),
}
NO_TEXT: Final = {
    "nothing at all": refused(b"", EMPTY),
    "a byte order mark and nothing else": refused(codecs.BOM_UTF8, EMPTY),
    "empty lines only": refused(b"\r\n\r\n \r\n", EMPTY),
    "a spreadsheet of today": refused(archive("[Content_Types].xml", "xl/workbook.xml"), SPREADSHEET),
    "a spreadsheet of 2003": refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), SPREADSHEET),
    "an OpenDocument spreadsheet": refused(
        b"PK\x03\x04" + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK", SPREADSHEET
    ),
    "a zip archive with a good file in it": refused(archive("users.csv"), ARCHIVE),
    "a compressed file": refused(gzip.compress(lines(KIM).encode(), mtime=0), ARCHIVE),
    "a PDF document": refused(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", DOCUMENT),
    "a text document": refused(archive("word/document.xml"), DOCUMENT),
    "a picture": refused(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", PICTURE),
    "a web page": refused(b"<!doctype html><title>Users</title>", MARKUP),
    "a table out of a web page": refused(b"\xef\xbb\xbf \n<TABLE><tr><td>Email</td></tr></TABLE>", MARKUP),
    "UTF-16 with half a character": refused(lines(KIM).encode("utf-16") + b"x", DAMAGED),
    "UTF-16 with a lone surrogate": refused(
        lines(person("Kim\ud800")).encode("utf-16", errors="surrogatepass"), DAMAGED
    ),
    "a NUL character": refused(lines(person("Ki\0m")).encode(), NUL),
    "a NUL character in UTF-16": refused(lines(person("Ki\0m")).encode("utf-16"), NUL),
    "UTF-8 with one damaged character": refused(
        lines(JURGEN, WANG).encode() + b",,Gr\xfcn,g@contoso.com,\r\n",
        "The file is in UTF-8, but it is damaged: a character in line 4 cannot be read.",
    ),
    "a quotation mark that is never closed": refused(
        lines(KIM, person('"Kim')).encode(),
        "A quotation mark that opens a cell in line 3 is not closed where the cell ends.",
    ),
    "text behind a closing quotation mark": refused(
        lines(person('"Kim" Park')).encode(),
        "A quotation mark that opens a cell in line 2 is not closed where the cell ends.",
    ),
    "one row of 100,001 cells": refused(
        lines(KIM).encode() + b"," * 100_000 + b"\n",
        "The row that begins in line 3 is longer than 100,000 characters.",
    ),
    "a line of a million characters": refused(
        lines(person("x" * 1_000_000)).encode(), "The row that begins in line 2 is longer than 100,000 characters."
    ),
    "25 MB and one byte": Upload(lambda: of_size(MAX_BYTES + 1), refused=TOO_LARGE),
    "100,001 rows": Upload(lambda: many(100_001), refused=TOO_MANY),
}
COLUMNS: Final = {
    "a header and nothing below it": refused(lines().encode(), NO_USERS),
    "a header and empty rows below it": refused((lines() + ",,,,\r\n\r\n").encode(), NO_USERS),
    "no header": refused(lines(header=KIM).encode(), "The file has no line with the names of its columns."),
    "a column that nobody knows": refused(
        lines(header=(*EN, "Phone")).encode(), "These columns do not belong in a user file: Phone."
    ),
    "a column that is missing": refused(lines(header=EN[:3]).encode(), "These columns are missing: Email."),
    "a column that is there twice": refused(
        lines(header=(*EN, "E-Mail")).encode(), "These columns are there more than once: Email."
    ),
    "columns in another order": text(
        lines(("kim@contoso.com", "Kim Park", "Kim", "Park"), header=("Email", "Display name", "Vorname", "姓氏")),
        names=("Kim Park",),
    ),
    "a header in capitals with spaces around it": text(
        lines(KIM, header=tuple(f" {name.upper()} " for name in EN)), names=("Kim Park",)
    ),
    "separators behind the last column": text(lines((*KIM, ""), header=(*EN, "")), names=("Kim Park",)),
    "a separator too many in one row": text(
        lines(KIM, ("Lee", "Gu", "Gu", "Lee", "lee@contoso.com", "")),
        names=("Kim Park", "Gu"),
        problems={3: ("too_many_cells",)},
    ),
    "a row that ends too early": text(
        lines(("Kim", "Park", "Kim Park")), names=("Kim Park",), problems={2: ("too_few_cells",)}
    ),
    "a row of 50,000 cells": text(lines() + "," * 49_998 + "x\n", names=("",), problems={2: ("too_many_cells",)}),
    "empty rows between the others": text(lines() + "\r\n,,,,\r\n" + lines(header=KIM), names=("Kim Park",)),
    "something in the status column": text(
        lines((*KIM[:4], "please hurry")), names=("Kim Park",), problems={2: ("status_not_empty",)}
    ),
    "100,000 rows": Upload(lambda: many(100_000), names=100_000),
    "25 MB to the byte": Upload(lambda: of_size(MAX_BYTES), names=(MAX_BYTES - 53) // 4096),
}
CHARACTERS: Final = {
    "one address in small and capital letters": text(
        lines(KIM, person("Kim II", "KIM@contoso.com")), names=("Kim Park", "Kim II"), problems={3: ("email_twice",)}
    ),
    "a name in decomposed letters": faulty("Zoe\u0308"),
    "an address in decomposed letters": faulty("Zoë", "email_not_valid", address="zoe\u0308@contoso.com"),
    "an address in full-width letters": faulty("Kim", "email_not_valid", address="\uff4bim@contoso.com"),
    "a domain in full-width letters": faulty("Kim", "domain_lookalike", address="kim@\uff43ontoso.com"),
    "a domain with Cyrillic letters": faulty("Kim", "domain_lookalike", address="kim@c\u043entoso.com"),
    "a domain with a letter too few": faulty("Kim", "domain_mistyped", address="kim@contso.com"),
    "a domain of somebody else": faulty("Kim", "domain_not_verified", address="kim@fabrikam.com"),
    "a name with a control for the direction of text": faulty("Kim\u202ekraP", "invisible_characters"),
    "a name with a space of no width in it": faulty("Kim\u200bPark", "invisible_characters"),
    "a name with spaces of no width around it": faulty("\u200bKim\ufeff")._replace(names=("Kim",)),
    "a name of blank letters": faulty("\u3164", "invisible_characters"),
    "a name of spaces": faulty("\u3000 \xa0", "display_name_missing")._replace(names=("",)),
    "a name with a character that was lost": faulty("M\ufffdller", "lost_characters"),
    "a name of 50 characters": faulty("x" * 50),
    "a name of 51 characters": faulty("x" * 51, "too_long"),
    "a name of emoji": faulty("🦊 Fox 👩🏽"),
    "a name from right to left": faulty("נועה כהן"),
    "a Persian name with a non-joiner": faulty("علی\u200cرضا"),
    "a non-joiner between letters that are apart anyway": faulty("دا\u200cرا", "invisible_characters"),
    "a Malayalam name that ends in a joiner": faulty("ജോണ്\u200d"),
    "emoji that joiners make one of": faulty("👩\u200d💻 👨\u200d👩\u200d👧\u200d👦 🏳\ufe0f\u200d🌈"),
    "a joiner between letters": faulty("Kim\u200dPark", "invisible_characters"),
    "an apostrophe that our own download put before a formula": faulty("'=Kim")._replace(names=("=Kim",)),
    "an apostrophe that belongs to a name": faulty("'t Hooft"),
    "a result that was downloaded, uploaded again": Upload(
        lambda: b"".join(
            result_csv(
                read_user_file(lines(KIM, person("=Kim", "formula@contoso.com")).encode()), {1: "Created", 2: "已创建"}
            )
        ),
        names=("Kim Park", "=Kim"),
    ),
    "a status that our own download wrote": text(
        lines((*KIM[:4], "“显示名称”为空。请输入同事看到的用户名称。")), names=("Kim Park",)
    ),
    "no address": faulty("Kim", "email_missing", address=""),
    "everything wrong at once": faulty(
        "x" * 51 + "\u200b\ufffd", "too_long", "invisible_characters", "lost_characters", "email_not_valid", address="@"
    ),
}
CORPUS: Final = WRITTEN | MISREAD | NO_TEXT | COLUMNS | CHARACTERS
