"""Countries: named and ordered as the reader knows them, and what follows from a country."""

import pytest
from django.utils.translation import override

from partnercenter.directory.countries import (
    COUNTRIES,
    country_choices,
    country_name,
    culture_choices,
    default_culture,
    requires_registration_id,
)


def test_every_country_with_an_iso_code_is_there_once_in_every_language():
    counts = {}

    for language in ("en", "de", "zh-hans"):
        with override(language):
            counts[language] = len(dict(country_choices()))

    assert counts == {"en": 250, "de": 250, "zh-hans": 250}


@pytest.mark.parametrize("code", ["EU", "UN", "XA", "ZZ", "001", "AC"])
def test_groups_of_countries_and_islands_without_an_own_code_are_no_countries(code):
    assert code not in COUNTRIES


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "Germany"), ("de", "Deutschland"), ("zh-hans", "德国")],
)
def test_a_country_has_its_name_in_the_readers_language(language, name):
    with override(language):
        assert country_name("DE") == name


def test_an_unknown_code_is_shown_as_it_is():
    with override("en"):
        assert country_name("QQ") == "QQ"


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Åland Islands", "Austria", "China", "Egypt"]),
        ("de", ["Ägypten", "Ålandinseln", "China", "Österreich"]),
        ("zh-hans", ["埃及", "奥地利", "奥兰群岛", "中国"]),
    ],
)
def test_countries_stand_in_the_order_of_the_readers_language(language, names):
    with override(language):
        choices = country_choices({"EG", "AX", "CN", "AT"})

    assert [name for _, name in choices] == names


def test_the_countries_that_ask_for_a_registration_id_are_those_of_the_rules():
    asking = {country for country in COUNTRIES if requires_registration_id(country)}

    assert asking == set(
        "AM AZ BY BR HU IN IQ KZ KG MD MM PL RU SA ZA SS TJ TH TR UA AE UZ VE VN".split()  # noqa: SIM905
    )


@pytest.mark.parametrize(
    ("country", "culture"),
    [
        ("DE", "de-DE"),
        ("US", "en-US"),
        ("GB", "en-GB"),
        ("AU", "en-AU"),
        ("CN", "zh-CN"),
        ("TW", "zh-TW"),
        ("RS", "sr-RS"),
        ("CH", "de-CH"),
        ("AQ", "en-US"),
    ],
)
def test_a_country_suggests_the_culture_of_most_of_its_people(country, culture):
    assert default_culture(country) == culture


@pytest.mark.parametrize(
    ("country", "choices"),
    [
        ("US", [("en-US", "English (United States)")]),
        ("CA", [
            ("en-CA", "English (Canada)"),
            ("fr-CA", "French (Canada)"),
            ("en-US", "English (United States)"),
        ]),
        ("RS", [
            ("sr-RS", "Serbian (Cyrillic, Serbia)"),
            ("sr-Latn-RS", "Serbian (Latin, Serbia)"),
            ("en-US", "English (United States)"),
        ]),
    ],
)  # fmt: skip
def test_a_country_offers_its_official_languages_and_american_english(country, choices):
    with override("en"):
        assert culture_choices(country) == choices


def test_the_default_culture_of_every_country_is_the_first_one_offered():
    with override("de"):
        first = {country: culture_choices(country)[0][0] for country in COUNTRIES}

    assert first == {country: default_culture(country) for country in COUNTRIES}
