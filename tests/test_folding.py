import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.folding import fold

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Contoso  Cloud", "contoso cloud"),
        ("  Müller\tGmbH\n", "muller gmbh"),
        ("Straße", "strasse"),
        ("STRAẞE", "strasse"),
        ("Łódź", "lodz"),
        ("Ørsted Ærø", "orsted aero"),
        ("Đặng Thị", "dang thi"),
        ("İstanbul Işık", "istanbul isik"),
        ("Þórður", "thordur"),
        ("ﬁnance ①", "finance 1"),
        ("ＦＡＢＲＩＫＡＭ", "fabrikam"),
        ("O’Brien", "o'brien"),
        ("O´Brien", "o'brien"),
        ("Müller–Lüdenscheidt", "muller-ludenscheidt"),
        ("Lite\u200bware\u00ad", "liteware"),
        ("a\u00a0b\u3000c", "a b c"),
        ("Σίσυφος", "σισυφοσ"),
        ("Йошкар-Ола", "иошкар-ола"),
        ("مُحَمَّد", "محمد"),
        ("שָׁלוֹם", "שלום"),
    ],
)
def test_text_is_folded_to_what_people_would_type(written, folded):
    assert fold(written) == folded


@pytest.mark.parametrize(
    "text", ["微软中国", "髙橋さくら", "ガンダム", "パイ", "삼성전자", "北京 上海", "ไมโครซอฟท์", "हिन्दी"]
)
def test_scripts_without_case_and_accents_stay_as_they_are(text):
    assert fold(text) == text


def test_korean_written_in_single_letters_is_the_same_as_in_syllables():
    assert fold(unicodedata.normalize("NFD", "삼성 전자")) == "삼성 전자"


def test_half_width_katakana_is_the_same_as_full_width():
    assert fold("ｶﾞﾝﾀﾞﾑ") == fold("ガンダム")


@given(ANY_TEXT)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_composed_and_decomposed_text_fold_alike(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text(st.characters(codec="windows-1252", categories=["L", "Zs"])))
def test_case_makes_no_difference(text):
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


@given(st.text(st.characters(max_codepoint=126, min_codepoint=33)), st.text(" \t\n", min_size=1))
def test_the_amount_of_white_space_makes_no_difference(word, space):
    assert fold(f"{space}{word}{space}x") == fold(f"{word} x")


@given(ANY_TEXT, ANY_TEXT)
def test_a_part_of_a_text_is_found_in_it_when_it_stands_alone_between_spaces(before, part):
    assert fold(part) in fold(f"{before} {part}")


@pytest.mark.parametrize(
    ("marks", "kept"),
    [("\u0301\u0316", ""), ("\u094d\u093c", "\u093c" * 15 + "\u094d" * 15)],
    ids=["accents", "viramas"],
)
def test_a_hundred_thousand_marks_at_one_letter_are_folded_in_a_moment(marks, kept):
    begun = time.process_time()

    folded = fold("क" + marks * 50_000)

    assert time.process_time() - begun < 1
    assert (folded, fold(folded)) == ("क" + kept, folded)
