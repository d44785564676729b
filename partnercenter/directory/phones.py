"""Phone numbers: read the way a country writes them, kept as E.164, shown the way the reader dials them."""

from __future__ import annotations

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from partnercenter.directory.countries import country_name
from partnercenter.errors import Refused

# For the few regions, such as Antarctica, that have no numbers of their own.
EXAMPLE_ABROAD = "+1 201-555-0123"


def parse_phone(text: str, country: str) -> str:
    """Return the E.164 form of a number typed by somebody in `country`.

    A number without `+` is one of `country`; with `+` it may belong to any country, as contacts often do
    (the product rules, section 5, leave that open). An extension would be lost in E.164 and is refused.

    Raises `Refused` with a sentence that shows an example of the country.
    """
    number = _parse(text, country)
    if number is None or not phonenumbers.is_valid_number(number):
        raise Refused(_explain(country))
    if number.extension:
        raise Refused(_("An extension cannot be kept with the number. Enter the phone number without it."))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def format_phone(e164: str, reader_country: str) -> str:
    """Write a stored number for somebody in `reader_country`: nationally at home, otherwise with `+`.

    What is not a phone number is returned as it is.
    """
    number = _parse(e164, None)
    if number is None:
        return e164
    at_home = phonenumbers.region_code_for_number(number) == reader_country
    style = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def example_phone(country: str) -> str:
    """Return a number as people of `country` write it; with `+` where the country has no numbers itself."""
    number = phonenumbers.example_number(country)
    if number is None:
        return EXAMPLE_ABROAD
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)


def _parse(text: str, country: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except NumberParseException:
        return None


def _explain(country: str) -> str:
    return _(
        "Enter a phone number as it is dialed in this country (%(country)s), for example %(example)s, "
        "or with + and the country code."
    ) % {"country": country_name(country), "example": example_phone(country)}
