"""Characters that nobody sees and nobody means: they make two names look the same, or one look like another."""

import re
from typing import Final

# Controls and line ends; what Unicode tells programs to ignore (soft hyphen, direction marks, characters of no
# width, tags), without the variation selectors that belong to emoji and Japanese names; letters that are blank.
_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029"
    "\xad\u034f\u061c\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    "\u115f\u1160\u2800\u3164\uffa0]"
)
LOST: Final = "\ufffd"  # stands where a program could not read a character


def invisible_in(text: str) -> list[str]:
    """The control and invisible characters of a text, in its order."""
    if text.isascii() and text.isprintable():
        return []
    return _INVISIBLE.findall(text)


def code_point(character: str) -> str:
    """How Unicode writes of a character: U+200B."""
    return f"U+{ord(character):04X}"


def visible(text: str, longest: int) -> str:
    """A text as it can be shown anywhere: invisible characters as [U+200B], and cut after `longest` characters."""
    cut = text if len(text) <= longest else f"{text[:longest]}…"
    if cut.isprintable() and cut.isascii():
        return cut
    return _INVISIBLE.sub(lambda found: f"[{code_point(found[0])}]", cut)
