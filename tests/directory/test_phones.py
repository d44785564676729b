"""Phone numbers: typed in many ways, kept in one."""

import phonenumbers
import pytest

from partnercenter.directory.countries import COUNTRIES
from partnercenter.directory.phones import example_phone, format_phone, parse_phone
from partnercenter.errors import Refused


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("US", "(425) 555-0123", "+14255550123"),
        ("US", "425.555.0123", "+14255550123"),
        ("US", "+1 425 555 0123", "+14255550123"),
        ("US", "+49 30 23125123", "+493023125123"),
        ("DE", "030 23125-123", "+493023125123"),
        ("DE", "0049 30 23125123", "+493023125123"),
        ("GB", "0121 234 5678", "+441212345678"),
        ("CN", "010 1234 5678", "+861012345678"),
        ("JP", "０３－１２３４－５６７８", "+81312345678"),
        ("BR", "(11) 2345-6789", "+551123456789"),
        ("IN", "080 4123 4567", "+918041234567"),
        ("AE", "٠٢ ٢٣٤ ٥٦٧٨", "+97122345678"),
        ("IT", "06 1234 5678", "+390612345678"),
    ],
)
def test_a_number_is_kept_in_one_form_however_it_is_typed(country, typed, stored):
    assert parse_phone(typed, country) == stored


@pytest.mark.parametrize("typed", ["", " ", "12", "call me", "+999 1234567", "0" * 300, "\x00", "٫"])
def test_what_is_no_number_is_refused_with_an_example_of_the_country(typed):
    with pytest.raises(Refused) as refusal:
        parse_phone(typed, "DE")

    assert str(refusal.value) == (
        "Enter a phone number as it is dialed in this country (Germany), for example 030 123456, "
        "or with + and the country code."
    )


def test_a_number_with_an_extension_is_refused_and_not_cut():
    with pytest.raises(Refused) as refusal:
        parse_phone("425 555 0123 ext. 7", "US")

    assert str(refusal.value) == ("An extension cannot be kept with the number. Enter the phone number without it.")


@pytest.mark.parametrize(
    ("reader", "shown"),
    [("US", "(425) 555-0123"), ("CA", "+1 425-555-0123"), ("DE", "+1 425-555-0123")],
)
def test_a_number_is_shown_nationally_at_home_and_internationally_elsewhere(reader, shown):
    assert format_phone("+14255550123", reader) == shown


def test_what_is_not_a_stored_number_is_shown_as_it_is():
    assert format_phone("ask at the desk", "US") == "ask at the desk"


def test_the_example_of_every_country_is_itself_a_number_of_that_country():
    stored = {parse_phone(example_phone(country), country) for country in COUNTRIES}

    assert [number for number in stored if not phonenumbers.is_valid_number(phonenumbers.parse(number))] == []
