"""Characters that nobody sees: which ones are refused, and where they are seen after all."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.directory.characters import invisible_in, shows_something, visible

SEEN = [
    "👩\u200d💻",
    "👩🏽\u200d💻",
    "👨\u200d👩\u200d👧\u200d👦",
    "👩\u200d❤\ufe0f\u200d💋\u200d👨",
    "🕵🏻\u200d♂\ufe0f",
    "🙂\u200d↔\ufe0f",
    "🏳\ufe0f\u200d🌈",
    "🏴\u200d☠\ufe0f",
    "🇩🇪",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "علی\u200cرضا",
    "می\u200cخواهم",
    "مِ\u200cی",
    "क्\u200dष",
    "क्\u200cष",
    "ശ്രീ ജോണ്\u200d",
    "ශ්\u200dරී",
    "র\u200d্যাব",
]
NOT_SEEN = [
    "Kim\u200dPark",
    "Kim\u200cPark",
    "\u200d👩",
    "👩\u200d",
    "👩\u200dx",
    "1\u200d💻",
    "👩\u200d\u200d💻",
    "👩\u200c💻",
    "علی\u200dرضا",
    "دا\u200cرا",
    "علی\u200c",
    "\u200cعلی",
    "क\u200dष",
    "🏴\U000e0061\U000e0062\U000e0063\U000e007f",
    "x\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
]
SOME = st.lists(st.sampled_from([*SEEN, *NOT_SEEN, "\u200d", "\u200c", "\u034f", "x", "म", "्", "م", "\u064b"]))


@pytest.mark.parametrize("text", SEEN)
def test_what_changes_the_look_of_its_neighbors_is_seen(text):
    assert invisible_in(text) == []
    assert visible(text, 50) == text


@pytest.mark.parametrize("text", NOT_SEEN)
def test_the_same_character_is_not_seen_elsewhere(text):
    assert set(invisible_in(text)) == {character for character in text if not character.isprintable()}


@pytest.mark.parametrize("character", ["\u200b", "\u202e", "\ufeff", "\xad", "\ue000", "\ud800", "\u3164", "\n"])
def test_what_shows_nothing_anywhere_is_not_seen_between_emoji_or_letters_either(character):
    assert invisible_in(f"👩{character}💻") == [character]
    assert invisible_in(f"ل{character}ل") == [character]


def test_what_shows_nothing_is_what_is_not_seen_with_white_space_and_marks():
    every = list(map(chr, range(sys.maxunicode + 1)))

    nothing = {character for character in every if not shows_something(character)}

    besides = {character for character in every if unicodedata.category(character)[0] in "MZ"}
    assert nothing == besides | {character for character in every if invisible_in(character)}


@pytest.mark.parametrize("text", ["x", "\u0301x", "👩\u200d💻", "葛\U000e0100", "☺\ufe0f", "\u0605"])
def test_a_text_with_one_character_that_is_drawn_shows_something(text):
    assert shows_something(text)


@given(SOME.map("".join))
def test_without_what_is_not_seen_everything_is_seen(text):
    hidden = invisible_in(text)

    shown = visible(text, len(text))

    for character in dict.fromkeys(hidden):
        shown = shown.replace(f"[U+{ord(character):04X}]", "")
    assert invisible_in(shown) == []
    assert len(shown) == len(text) - len(hidden)


@given(st.text("abcXYZ äß王", min_size=1), st.sampled_from("\u200c\u200d"), st.text("abcXYZ äß王", min_size=1))
def test_joiners_between_letters_that_need_none_are_never_seen(before, joiner, behind):
    assert invisible_in(before + joiner + behind) == [joiner]


def test_a_hundred_thousand_joiners_are_looked_at_in_a_moment():
    assert len(invisible_in("\u200c" * 100_000)) == 100_000
