"""Characters that nobody sees and nobody means: they make two names look the same, or one look like another.

The rule, for names in files, in forms and wherever else a person types one: a character that shows nothing is refused,
unless what is seen would be different without it. Seen are

* a joiner (U+200D) between two emoji, which makes one picture of them (a family, a profession, a rainbow flag), and
  the tags that make a flag of England, Scotland or Wales;
* a joiner or non-joiner (U+200C) behind a virama, which chooses the form of an Indic consonant, and the joiner of
  Bengali and Kannada between ra and virama;
* a non-joiner between two Arabic letters that would be joined without it, as in Persian.

The last two are rules CONTEXTJ of UTS #46 (RFC 5892, appendices A.1 and A.2), which say where domains may have them.

Variation selectors are not refused, although some change nothing: they belong to emoji and to Japanese names.
"""

import re
import unicodedata
from typing import Final

from idna.core import valid_contextj

JOINER: Final = "\u200d"
NON_JOINER: Final = "\u200c"
LOST: Final = "\ufffd"  # stands where a program could not read a character

# Letters and marks that are blank: programs take them for printable.
_BLANK: Final = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U0001d159"
_ANY_BLANK: Final = re.compile(f"[{_BLANK}]")

# Besides: controls and line ends; what Unicode tells programs to ignore (soft hyphen, direction marks, characters of no
# width, tags), without the variation selectors; halves of characters; and private ones, which show what the font of
# each reader makes of them, mostly nothing.
_INVISIBLE: Final = re.compile(
    f"[{_BLANK}\x00-\x1f\x7f-\x9f\u2028\u2029"
    "\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ud800-\uf8ff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\U000f0000-\U0010ffff]"
)

# The blocks of pictures, and what may stand behind one before the next: a color of skin, the sign to draw it colored.
_PICTURE: Final = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]")
_WITH_PICTURE: Final = re.compile(f"{_PICTURE.pattern}[\U0001f3fb-\U0001f3ff]?\ufe0f?")
_LONGEST_PICTURE: Final = 3

_BLACK_FLAG: Final = "\U0001f3f4"
_FLAG: Final = re.compile(
    f"{_BLACK_FLAG}\U000e0067\U000e0062"
    "(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f"
)
_LONGEST_FLAG: Final = 7

_RA_AND_VIRAMA: Final = frozenset({"\u09b0\u09cd", "\u0cb0\u0ccd"})


def invisible_in(text: str) -> list[str]:
    """The characters of a text that nobody sees, in its order, by the rule at the top."""
    if text.isprintable() and (text.isascii() or not _ANY_BLANK.search(text)):
        return []
    return [found[0] for found in _INVISIBLE.finditer(text) if not _is_seen(text, found.start())]


def shows_something(text: str) -> bool:
    """Whether anybody sees anything of a text.

    White space, variation selectors and marks (accents, vowel signs) show nothing by themselves: they change, or
    stand at, another character.
    """
    return any(unicodedata.category(character)[0] not in "MZ" for character in _INVISIBLE.sub("", text))


def code_point(character: str) -> str:
    """How Unicode writes of a character: U+200B."""
    return f"U+{ord(character):04X}"


def visible(text: str, longest: int) -> str:
    """A text as it can be shown anywhere: invisible characters as [U+200B], and cut after `longest` characters."""
    cut = text if len(text) <= longest else f"{text[:longest]}…"
    if cut.isprintable() and cut.isascii():
        return cut
    return _INVISIBLE.sub(lambda found: found[0] if _is_seen(cut, found.start()) else f"[{code_point(found[0])}]", cut)


def _is_seen(text: str, place: int) -> bool:
    """Whether a text would look different without the character at a place, which shows nothing by itself."""
    character = text[place]
    if character not in (JOINER, NON_JOINER):
        return _is_in_flag(text, place)
    return _is_in_context(text, place) or (character == JOINER and _joins_pictures(text, place))


def _is_in_context(text: str, place: int) -> bool:
    """Whether a joiner or non-joiner stands where CONTEXTJ allows it."""
    try:
        return valid_contextj(text, place)
    except ValueError:  # its neighbor is a character that Unicode gave no name
        return False


def _is_in_flag(text: str, place: int) -> bool:
    begin = text.rfind(_BLACK_FLAG, max(0, place - _LONGEST_FLAG + 1), place)
    return begin >= 0 and _FLAG.match(text, begin) is not None


def _joins_pictures(text: str, place: int) -> bool:
    """Whether a joiner stands between emoji, or between ra and virama."""
    if text[max(0, place - 1) : place] + text[place + 1 : place + 2] in _RA_AND_VIRAMA:
        return True
    before = range(max(0, place - _LONGEST_PICTURE), place)
    is_behind_one = any(_WITH_PICTURE.fullmatch(text, begin, place) for begin in before)
    return is_behind_one and _PICTURE.match(text, place + 1) is not None
