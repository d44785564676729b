"""Find the encoding of a text: by proof where there is one, by weighing two candidates where not."""

import codecs
import re
from itertools import islice
from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from partnercenter.errors import Refused

_BEGINNINGS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_SAMPLE: Final = 4096  # bytes that are looked at for the zeros of UTF-16
_STRETCHES: Final = 2000  # stretches of characters outside ASCII that are weighed

# Two bytes, seldom four, are one character in GB18030; in Windows-1252 an accented letter and the next one.
_GB_CHARACTER: Final = re.compile(rb"[\x81-\xfe](?:[\x40-\x7e\x80-\xfe]|[0-9][\x81-\xfe][0-9])")
_GB_STRETCH: Final = re.compile(rb"(?:%b){1,50}" % _GB_CHARACTER.pattern)
_GB_COMMON: Final = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")  # the 3,755 characters of everyday Chinese
_WESTERN: Final = re.compile(rb"[\x8a\x8c\x8e\x92\x9a\x9c\x9e\x9f\xc0-\xd6\xd8-\xf6\xf8-\xff][A-Za-z]")

# Everyday Chinese is spread over all of these bytes; what others write in the same ones is not. Hangul of EUC-KR begins
# with C8 at most, everyday kanji of EUC-JP with CF, those of Big5 with C6. The letters of alphabets come from C0 on,
# also as second bytes; katakana of half width end with DF.
_ONLY_IN_CHINESE: Final = (
    re.compile(rb"[\xd0-\xd7][\xa1-\xfe]"),
    re.compile(rb"[\xb0-\xd7][\xa1-\xbf]"),
    re.compile(rb"[\xb0-\xd7][\xe0-\xfe]"),
)
_SHARE: Final = 8  # each about a third of a Chinese text; an eighth will do
_ENOUGH: Final = 16  # everyday characters: fewer prove nothing

# A letter before or behind what is not ASCII; and two bytes that UTF-8 and everyday Chinese in GB18030 share.
_STRETCH: Final = re.compile(rb"[A-Za-z]?[\x80-\xff]+[A-Za-z]?")
_IN_BOTH: Final = re.compile(rb"(?:[\xc2-\xd7][\xa1-\xbf])+")
# The letters Ä É Ó Ö Ü ß ä é ó ö ü stand in the same place wherever Latin letters are written, from Polish to Turkish
# and Latvian. Any other one may be another letter there, and so may a sign that touches a letter, but for quotation
# marks, dashes and blanks that have none or a capital behind them (O’Brien). Three in a row are Cyrillic or the like.
_NOT_SHARED: Final = (
    rb"\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xc0-\xc3\xc5-\xc8\xca-\xd2\xd4\xd5\xd7-\xdb\xdd\xde"
    rb"\xe0-\xe3\xe5-\xe8\xea-\xf2\xf4\xf5\xf7-\xfb\xfd-\xff"
)
_LETTERS: Final = rb"A-Za-z\xc0-\xff"
_MARKS: Final = rb"\x91-\x94\x96\x97\xa0"
_SIGNS: Final = rb"\x80-\x90\x95\x98-\x9f\xa1-\xbf"
_NOT_PROVED_WESTERN: Final = re.compile(
    rb"[\x80-\xff](?:(?<=[\xc0-\xff]{3})|(?<=[%b])|(?<=[%b])(?=[%b])|(?<=[%b][%b])|(?<=[%b][%b])(?=[a-z\xdf-\xff]))"
    % (_NOT_SHARED, _SIGNS, _LETTERS, _LETTERS, _SIGNS, _LETTERS, _MARKS)
)

_NOT_IN_IT: Final = _(
    "The file cannot be read in this encoding: some of its characters do not exist in it. Choose another one."
)
_UNKNOWN: Final = _(
    "The characters of the file cannot be read: it is not in UTF-8, UTF-16, Windows-1252 or GB18030. Save it "
    "as “CSV UTF-8” in the program it comes from, and upload the file you get."
)
_DAMAGED: Final = _(
    "The file is damaged: it begins as a Unicode text, but not all of it can be read. Save it again as "
    "“CSV UTF-8” in the program it comes from, and upload the file you get."
)
_DAMAGED_LINE: Final = _(
    "The file is in UTF-8, but it is damaged: a character in line %(line)d cannot be read. Correct it, save "
    "the file again as “CSV UTF-8”, and upload it."
)
_NUL: Final = _(
    "The file contains NUL characters: it is no text file, or it is damaged. Save it again as “CSV UTF-8” in "
    "the program it comes from, and upload the file you get."
)


class Guess(NamedTuple):
    """How a text may be written: the codecs that can read it, the likeliest first, and whether that one is certain."""

    encodings: tuple[str, ...]
    certain: bool


def guess_encoding(content: bytes) -> Guess:
    """How a whole file is written: utf-8, utf-8-sig, utf-16, utf-16-le, utf-16-be, gb18030 or windows-1252.

    A byte order mark, the zero bytes of UTF-16, and valid UTF-8 are proof, but for a UTF-8 that is everyday Chinese
    in GB18030 throughout. What remains is GB18030 or Windows-1252, weighed by what their names look like in bytes.
    It may as well be an encoding that is not read at all, such as EUC-KR or ISO-8859-2: whoever uploaded the file
    has to be asked, unless the bytes would be no text in any other one.

    Raises Refused for a text that is damaged, contains NUL characters, or is in none of these encodings.
    """
    guess = _proved(content) or (_either_utf_8(content) if _reads(content, "utf-8") else _weighed(content))
    _refuse_nul(content, guess.encodings[0])
    return guess


def codec_of(content: bytes, encoding: str) -> str:
    """The codec for a whole file of which a person says that it is in `encoding`, whatever it looks like.

    Raises Refused if it cannot be.
    """
    codec = encoding
    if encoding == "utf-8" and content.startswith(codecs.BOM_UTF8):
        codec = "utf-8-sig"
    elif encoding == "utf-16" and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codec = _utf_16_by_zeros(content) or "utf-16-le"
    if not _reads(content, codec):
        raise Refused(_NOT_IN_IT)
    _refuse_nul(content, codec)
    return codec


def _refuse_nul(content: bytes, encoding: str) -> None:
    if b"\0" in content and "\0" in content.decode(encoding):
        raise Refused(_NUL)


def _proved(content: bytes) -> Guess | None:
    """The encoding that a byte order mark or the zero bytes of UTF-16 show."""
    for mark, encoding in _BEGINNINGS:
        if content.startswith(mark):
            if not _reads(content, encoding):
                raise Refused(_DAMAGED)
            return Guess((encoding,), certain=True)
    encoding = _utf_16_by_zeros(content) or ""
    return Guess((encoding,), certain=True) if encoding else None


def _utf_16_by_zeros(content: bytes) -> str | None:
    """In UTF-16 one half of every ASCII character is zero: always the first byte, or always the second.

    One character in twenty has to be from ASCII, delimiters and line ends included.
    """
    sample = content[:_SAMPLE]
    first, second = sample[0::2].count(0), sample[1::2].count(0)
    if max(first, second) * 40 < len(sample) or min(first, second) * 10 > max(first, second):
        return None
    encoding = "utf-16-le" if second > first else "utf-16-be"
    return encoding if _reads(content, encoding) else None


def _either_utf_8(content: bytes) -> Guess:
    """UTF-8, unless all that is not ASCII in it stands alone and is everyday Chinese in GB18030 as well."""
    stretches = _STRETCH.finditer(content)
    if content.isascii() or not all(_IN_BOTH.fullmatch(stretch[0]) for stretch in stretches):
        return Guess(("utf-8",), certain=True)
    return Guess(("utf-8", "gb18030"), certain=False)


def _weighed(content: bytes) -> Guess:
    """GB18030 or Windows-1252, for a file that is not Unicode."""
    _refuse_damaged_utf_8(content)
    western, chinese = _reads(content, "windows-1252"), _reads(content, "gb18030")
    if not western and not chinese:
        raise Refused(_UNKNOWN)
    if not chinese:
        return Guess(("windows-1252",), certain=_is_western_for_sure(content))
    scales = _weigh(content)
    if not western:
        return Guess(("gb18030",), certain=scales.chinese_for_sure)
    if scales.chinese > scales.western:
        return Guess(("gb18030", "windows-1252"), certain=scales.chinese_for_sure)
    certain = not scales.chinese and scales.western > 0 and _is_western_for_sure(content)
    return Guess(("windows-1252", "gb18030"), certain=certain)


class _Scales(NamedTuple):
    """What speaks for Chinese and for western names, and whether the characters can be nothing but Chinese."""

    chinese: int
    western: int
    chinese_for_sure: bool


def _weigh(content: bytes) -> _Scales:
    """Weigh the stretches of bytes that GB18030 would read as Chinese.

    Everyday characters speak for Chinese. Pairs that would be an accented and a plain letter, and plain letters
    directly before or after a stretch, speak for a western name.
    """
    characters: list[bytes] = []
    touching = 0
    for stretch in islice(_GB_STRETCH.finditer(content), _STRETCHES):
        begin, end = stretch.span()
        characters += _GB_CHARACTER.findall(stretch[0])
        touching += content[begin - 1 : begin].isalpha() + content[end : end + 1].isalpha()
    weights = [*map(_weight_of, characters)]
    chinese = sum(weight for weight in weights if weight > 0)
    western = touching - sum(weight for weight in weights if weight < 0)
    return _Scales(chinese, western, _is_chinese_for_sure(characters))


def _is_chinese_for_sure(characters: list[bytes]) -> bool:
    """Whether nine of ten characters of two bytes are everyday Chinese: enough of them, spread as only Chinese is."""
    of_two_bytes = [character for character in characters if len(character) == 2]
    common = [character for character in of_two_bytes if _GB_COMMON.fullmatch(character)]
    if len(common) < _ENOUGH or len(common) * 10 < len(of_two_bytes) * 9:
        return False
    return all(sum(map(bool, map(some.fullmatch, common))) * _SHARE >= len(common) for some in _ONLY_IN_CHINESE)


def _is_western_for_sure(content: bytes) -> bool:
    """Whether the accented letters are those that any encoding of Latin letters has in the same place."""
    return not _NOT_PROVED_WESTERN.search(content)


def _weight_of(character: bytes) -> int:
    """How much a character speaks for Chinese: 2 everyday or of four bytes, 1 rare, 0 if in doubt, -2 western."""
    if _WESTERN.fullmatch(character):
        return -2
    if len(character) > 2 or _GB_COMMON.fullmatch(character):
        return 2
    return int(character[1] >= 0x80)


def _refuse_damaged_utf_8(content: bytes) -> None:
    """UTF-8 with a few broken characters would be taken for Windows-1252 and all its names be garbled."""
    text = content.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    if len(text) - len(text.encode("ascii", errors="ignore")) > 3 * lost:
        before = text[: text.index("\ufffd")]
        raise Refused(_DAMAGED_LINE % {"line": len(re.findall(r"\r\n?|\n", before)) + 1})


def _reads(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
