"""The form in which text is searched and compared."""

import re
import unicodedata
from typing import Final

# Letters that Unicode does not decompose into base letter and mark, and signs people type for one another.
_LETTERS: Final = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ȷ": "j", "ħ": "h",
    "ŧ": "t", "ŋ": "n", "ĸ": "k", "ə": "e", "ɛ": "e", "ɔ": "o", "ƒ": "f", "ɓ": "b", "ɗ": "d", "ɖ": "d",
    "ɠ": "g", "ǥ": "g", "ƙ": "k", "ɨ": "i", "ɲ": "n", "ƴ": "y", "ʉ": "u", "ƶ": "z", "ß": "ss",
    "‘": "'", "’": "'", "ʻ": "'", "ʼ": "'", "′": "'", "“": '"', "”": '"', "„": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
}  # fmt: skip
_SPACING_ACUTE: Final = "\u00b4"  # typed for an apostrophe; NFKD would make a space of it

# Accents stand over, under or through a letter: combining classes 1 and from 200 on, and the vowel points of
# Hebrew, Arabic and Syriac (10 to 36). The classes between belong to the letter itself: voicing in Japanese,
# nukta and virama in the scripts of India, vowels and tones in Thai and Lao.
_MARKS: Final = [
    code
    for code in range(0x300, 0x1E94B)
    if (group := unicodedata.combining(chr(code))) == 1 or 10 <= group <= 36 or group >= 200
]
# Sorting the marks behind one letter takes the square of their number. Nobody writes 30 (UAX #15, stream-safe text).
_ANY_MARK: Final = "".join(chr(code) for code in range(0x300, 0x1E94B) if unicodedata.combining(chr(code)))
_TOO_MANY_MARKS: Final = re.compile(f"([{_ANY_MARK}]{{30}})[{_ANY_MARK}]+")
_LONG: Final = 100  # characters of a text from which on it may matter
_INVISIBLE: Final = [
    0xAD, 0x61C, 0x180E, 0x2060, 0xFEFF,
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A),
]  # fmt: skip
# Letters that stay are in the table because a letter that is missing there costs ten times as much.
_STAYING: Final[dict[int, int | str | None]] = {code: code for code in range(0x530)}
_FOLDING: Final = _STAYING | str.maketrans(_LETTERS) | dict.fromkeys([*_MARKS, *_INVISIBLE])
_UNTOUCHED: Final = re.compile(r"[一-鿿ぁ-ゖァ-ヺー가-힣]+")


def fold(text: str) -> str:
    """The text as it is searched and compared: two texts that people take for the same have the same form.

    Upper and lower case, accents and vowel points, width, ligatures, typographic quotes and dashes, invisible
    characters and the amount of white space make no difference; letters with a stroke are their base letter
    and ß is ss. Chinese, Japanese and Korean stay as they are. Folding a folded text changes nothing.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    if _UNTOUCHED.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFKD", _with_few_marks(text).replace(_SPACING_ACUTE, "'")).casefold()
    # Lowering a letter may give one that decomposes again.
    plain = unicodedata.normalize("NFKD", plain).translate(_FOLDING)
    return _with_few_marks(" ".join(unicodedata.normalize("NFC", plain).split()))


def _with_few_marks(text: str) -> str:
    return _TOO_MANY_MARKS.sub(r"\1", text) if len(text) > _LONG else text
