"""Addresses: every country has its own fields, its own words, and its own envelope."""

import pytest
from django.utils.translation import override

from partnercenter.directory.addresses import (
    address_rules,
    check_address,
    formatted_lines,
    normalize_address,
    state_choices,
)
from partnercenter.directory.countries import COUNTRIES


def address(line1="", line2="", city="", state="", postal_code=""):
    return {"line1": line1, "line2": line2, "city": city, "state": state, "postal_code": postal_code}


def postal_examples(country):
    rules = address_rules(country)
    yield "", rules.postal_example
    yield from ((state.code, state.postal_example) for state in rules.states if state.postal_example)


GOOD_ADDRESSES = {
    "US": address("1 Microsoft Way", "Building 9", "Redmond", "WA", "98052"),
    "GB": address("221B Baker Street", city="London", postal_code="NW1 6XE"),
    "DE": address("Domkloster 4", city="Köln", postal_code="50667"),
    "CN": address("中关村大街1号", "海淀区", "北京市", "北京市", "100080"),
    "JP": address("千代田区千代田1-1", state="東京都", postal_code="100-0001"),
    "BR": address("Avenida Paulista 1578", "Bela Vista", "São Paulo", "SP", "01310-200"),
    "IN": address("1 MG Road", city="Bengaluru", state="Karnataka", postal_code="560001"),
    "AE": address("Sheikh Zayed Road 7", state="إمارة دبيّ"),
}


def test_every_country_asks_for_a_street_and_says_what_is_missing():
    asked = {
        country: [field.name for field in address_rules(country).fields if field.required] for country in COUNTRIES
    }

    missing = {country: sorted(check_address(country, {})) for country in COUNTRIES}

    assert missing == {country: sorted(names) for country, names in asked.items()}
    assert [country for country in COUNTRIES if "line1" not in missing[country]] == []


def test_every_state_is_found_by_its_code_its_name_and_its_latin_name():
    lost = [
        (country, name)
        for country in COUNTRIES
        for state in address_rules(country).states
        for name in (state.code, state.name, state.latin)
        if name and normalize_address(country, {"state": name.upper()})["state"] != state.code
    ]

    assert lost == []


def test_the_example_of_a_postal_code_is_right_in_every_country_and_state():
    wrong = [
        (country, state, example)
        for country in COUNTRIES
        for state, example in postal_examples(country)
        if "postal_code" in check_address(country, {"state": state, "postal_code": example})
    ]

    assert wrong == []


def test_a_country_that_does_not_exist_has_no_rules():
    with pytest.raises(ValueError, match="'QQ' is not a country"):
        address_rules("QQ")


@pytest.mark.parametrize(
    ("country", "fields"),
    [
        ("US", "line1* line2 city* state* postal_code*"),
        ("GB", "line1* line2 city* postal_code*"),
        ("DE", "line1* line2 postal_code* city*"),
        ("CN", "postal_code* state* city* line1* line2"),
        ("JP", "postal_code* state* line1* line2"),
        ("BR", "line1* line2 city* state* postal_code*"),
        ("IN", "line1* line2 city* postal_code* state*"),
        ("AE", "line1* line2 state*"),
    ],
)
def test_a_country_asks_for_its_own_parts_in_its_own_order(country, fields):
    asked = [field.name + "*" * field.required for field in address_rules(country).fields]

    assert asked == fields.split()


@pytest.mark.parametrize(
    ("country", "name", "label"),
    [
        ("US", "state", "State"),
        ("US", "postal_code", "ZIP code"),
        ("GB", "city", "Town or city"),
        ("DE", "postal_code", "Postal code"),
        ("CN", "state", "Province"),
        ("JP", "state", "Prefecture"),
        ("IN", "postal_code", "PIN code"),
        ("AE", "state", "Emirate"),
        ("IE", "postal_code", "Eircode"),
    ],
)
def test_a_part_has_the_name_people_of_the_country_use(country, name, label):
    labels = {field.name: field.label for field in address_rules(country).fields}

    assert labels[name] == label


@pytest.mark.parametrize("country", GOOD_ADDRESSES)
def test_a_good_address_is_accepted_and_stays_as_it_is(country):
    good = GOOD_ADDRESSES[country]

    assert check_address(country, good) == {}
    assert normalize_address(country, good) == good


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("US", {"state": "washington"}, {"state": "WA"}),
        ("US", {"state": "wa"}, {"state": "WA"}),
        ("US", {"city": "  New \t York "}, {"city": "New York"}),
        ("GB", {"postal_code": "nw1 6xe"}, {"postal_code": "NW1 6XE"}),
        ("GB", {"state": "Kent"}, {"state": ""}),
        ("CH", {"postal_code": "ch-8001"}, {"postal_code": "8001"}),
        ("JP", {"postal_code": "〒１００－０００１"}, {"postal_code": "100-0001"}),
        ("JP", {"state": "tokyo"}, {"state": "東京都"}),
        ("CN", {"state": "Guangdong Sheng"}, {"state": "广东省"}),
        ("BR", {"state": "Sao Paulo"}, {"state": "SP"}),
        ("EG", {"postal_code": "١٢٤١١"}, {"postal_code": "12411"}),
        ("AE", {"state": "Dubai"}, {"state": "إمارة دبيّ"}),
        ("AE", {"state": "Paris"}, {"state": "Paris"}),
    ],
)
def test_parts_are_stored_in_one_form_however_they_are_typed(country, typed, stored):
    assert normalize_address(country, typed) == address() | stored


@pytest.mark.parametrize(
    ("country", "part", "typed", "sentence"),
    [
        ("DE", "postal_code", "", "The postal code is missing. Enter it, for example 26133."),
        (
            "DE",
            "postal_code",
            "5066",
            "This is not a postal code of the country (Germany). Enter one such as 26133.",
        ),
        (
            "US",
            "postal_code",
            "5066",
            "This is not a ZIP code of the country (United States). Enter one such as 95014.",
        ),
        (
            "GB",
            "postal_code",
            "NW1 6XE or so",
            "This is not a postal code of the country (United Kingdom). Enter one such as EC1Y 8SY.",
        ),
        (
            "US",
            "postal_code",
            "90210",
            "90210 is not a code of Washington, where 98000 is one. Correct one of the two.",
        ),
        ("IN", "postal_code", "110001", "110001 is not a code of Karnataka. Correct one of the two."),
        (
            "US",
            "state",
            "Bavaria",
            "This is not a state of the country (United States). Choose one from the list.",
        ),
        ("JP", "state", "", "The prefecture is missing: addresses in this country need it."),
        ("AE", "line1", " ", "The street is missing. Enter street and house number, or a post office box."),
        ("BR", "line2", "x" * 201, "At most 200 characters fit here; 201 were entered. Shorten the text."),
        (
            "CN",
            "city",
            "北\x00京",
            "There are characters here that cannot be seen. Type the text again instead of pasting it.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_at_its_part(country, part, typed, sentence):
    assert check_address(country, GOOD_ADDRESSES[country] | {part: typed}) == {part: sentence}


def test_an_address_in_no_known_country_is_answered_at_the_country():
    assert check_address("QQ", address("1 Main Street")) == {"country": "Choose a country or region from the list."}


@pytest.mark.parametrize(
    ("country", "language", "first"),
    [
        ("US", "en", ("AL", "Alabama")),
        ("JP", "en", ("愛知県", "Aichi (愛知県)")),
        ("CN", "zh-hans", ("安徽省", "安徽省 (Anhui Sheng)")),
        ("CN", "de", ("安徽省", "Anhui Sheng (安徽省)")),
        ("HK", "zh-hans", ("Kowloon", "九龍 (Kowloon)")),
        ("AE", "en", ("أبو ظبي", "Abu Dhabi (أبو ظبي)")),
    ],
)
def test_states_are_listed_in_the_readers_letters_first(country, language, first):
    with override(language):
        assert state_choices(country)[0] == first


@pytest.mark.parametrize(
    ("country", "values", "lines"),
    [
        ("US", {}, "1 Microsoft Way|Building 9|Redmond, WA 98052|United States"),
        ("US", {"state": ""}, "1 Microsoft Way|Building 9|Redmond, 98052|United States"),
        ("US", {"city": "", "state": ""}, "1 Microsoft Way|Building 9|98052|United States"),
        ("GB", {}, "221B Baker Street|London|NW1 6XE|United Kingdom"),
        ("DE", {}, "Domkloster 4|50667 Köln|Germany"),
        ("CN", {}, "100080|北京市北京市|中关村大街1号|海淀区|China"),
        (
            "CN",
            {"line1": "1 Zhongguancun", "line2": "Haidian", "city": "Beijing"},
            "1 Zhongguancun|Haidian|Beijing|Beijing Shi, 100080|China",
        ),
        ("JP", {}, "〒100-0001|東京都|千代田区千代田1-1|Japan"),
        ("JP", {"line1": "1-1 Chiyoda"}, "1-1 Chiyoda, Tokyo|100-0001|Japan"),
        ("BR", {}, "Avenida Paulista 1578|Bela Vista|São Paulo-SP|01310-200|Brazil"),
        ("IN", {}, "1 MG Road|Bengaluru 560001|Karnataka|India"),
        ("AE", {}, "Sheikh Zayed Road 7|Dubai|United Arab Emirates"),
        ("AE", {"line1": "شارع الشيخ زايد"}, "شارع الشيخ زايد|دبي|United Arab Emirates"),
        (
            "ES",
            address("Calle Mayor 1", "", "Getafe", "M", "28901"),
            "Calle Mayor 1|28901 Getafe Madrid|Spain",
        ),
        ("CH", address("Weg 1", "", "Zürich", "", "8001"), "Weg 1|CH-8001 Zürich|Switzerland"),
        (
            "SG",
            address("1 Raffles Place", "", "", "", "048616"),
            "1 Raffles Place|SINGAPORE 048616|Singapore",
        ),
        ("MZ", address("Rua 1", "", "Matola", "Maputo", "1114"), "Rua 1|1114 Matola Maputo|Mozambique"),
        ("QQ", address("Somewhere 1", "", "Nowhere"), "Somewhere 1|Nowhere"),
    ],
)
def test_an_address_is_written_as_its_country_writes_it(country, values, lines):
    written = formatted_lines(country, GOOD_ADDRESSES.get(country, {}) | values)

    assert written == lines.split("|")
