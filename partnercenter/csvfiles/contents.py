"""Turn away what is no CSV file, by what is in it: a name ending in .csv proves nothing."""

import re
from typing import Final

from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnercenter.errors import Refused

EMPTY: Final = _("The file is empty. Fill in the template, save it, and upload it again.")
_TOO_LARGE: Final = _(
    "The file is larger than the %(limit)s that one upload may have. Divide it into several files and upload "
    "them one after the other."
)
_SPREADSHEET: Final = _(
    "The file is a spreadsheet, whatever its name says. Open it in the program it comes from, save it as "
    "“CSV UTF-8”, and upload the file you get."
)
_ARCHIVE: Final = _("The file is an archive. Unpack it and upload the CSV file that is in it, one file at a time.")
_DOCUMENT: Final = _(
    "The file is a document, not a table. Put the rows into a spreadsheet, save it as “CSV UTF-8”, and "
    "upload the file you get."
)
_PICTURE: Final = _("The file is a picture, sound or film, not a table. Choose the CSV file and upload it again.")
_MARKUP: Final = _(
    "The file is a web page or an XML document, not a CSV file. Open it in a spreadsheet program, save it as "
    "“CSV UTF-8”, and upload the file you get."
)
_PROGRAM: Final = _("The file is a program, not a table. Choose the CSV file and upload it again.")

_ZIP: Final = b"PK\x03\x04"
_SPREADSHEET_PARTS: Final = (
    b"xl/workbook",
    b"application/vnd.oasis.opendocument.spreadsheet",
    b"Index/Tables/",
)
_DOCUMENT_PARTS: Final = (b"word/document", b"ppt/presentation", b"application/vnd.oasis.opendocument")

_BEGINNINGS: Final[tuple[tuple[bytes, Promise], ...]] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _SPREADSHEET),  # Excel until 2003, and newer ones with a password
    (b"PK\x05\x06", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"Rar!\x1a\x07", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ\x00", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"%PDF-", _DOCUMENT),
    (b"{\\rtf", _DOCUMENT),
    (b"\x89PNG\r\n", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"RIFF", _PICTURE),
    (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE),
    (b"\x7fELF", _PROGRAM),
    (b"MZ\x90\x00", _PROGRAM),
)
_MARKUP_BEGINNING: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|\?xml|html|table|!--)", re.IGNORECASE)


def refuse_what_is_no_csv(content: bytes, *, max_bytes: int) -> None:
    """Look at the whole content of a file of at most `max_bytes` bytes.

    Raises Refused for one that is too large, empty, or of a kind that only looks like CSV by its name.
    """
    if len(content) > max_bytes:
        raise Refused(_TOO_LARGE % {"limit": filesizeformat(max_bytes)})
    if not content:
        raise Refused(EMPTY)
    if sentence := _what_it_is(content):
        raise Refused(sentence)


def _what_it_is(content: bytes) -> Promise | None:
    """The sentence for a file of a known other kind; None for what may be text."""
    if content.startswith(_ZIP):
        return _what_is_zipped(content)
    if _MARKUP_BEGINNING.match(content):
        return _MARKUP
    if content[257:262] == b"ustar":
        return _ARCHIVE
    return next((sentence for beginning, sentence in _BEGINNINGS if content.startswith(beginning)), None)


def _what_is_zipped(content: bytes) -> Promise:
    """Spreadsheets and documents of today are archives of files, whose names stand in them in clear text."""
    if any(part in content for part in _SPREADSHEET_PARTS):
        return _SPREADSHEET
    if any(part in content for part in _DOCUMENT_PARTS):
        return _DOCUMENT
    return _ARCHIVE
