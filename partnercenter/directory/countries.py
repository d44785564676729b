"""Countries and regions: their names in the reader's language, and what depends on the country alone.

Names, languages and cultures come from the Unicode CLDR through Babel. A country is written as its
ISO 3166 code of two letters; Kosovo has the customary XK.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages
from django.utils.translation import get_language

from partnercenter.folding import fold

# What CLDR lists besides countries: groups of them, test locales, islands without a code of their own.
NOT_COUNTRIES = frozenset({
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ",
})  # fmt: skip

REGISTRATION_ID_REQUIRED = frozenset({
    "AE", "AM", "AZ", "BR", "BY", "HU", "IN", "IQ", "KG", "KZ", "MD", "MM", "PL", "RU",
    "SA", "SS", "TH", "TJ", "TR", "UA", "UZ", "VE", "VN", "ZA",
})  # fmt: skip

COUNTRIES = frozenset(
    code
    for code in map(str, Locale("en").territories)
    if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
)

DEFAULT_CULTURE = "en-US"


def requires_registration_id(country: str) -> bool:
    """Whether a company of `country` gives its organization registration ID, and with it a phone number.

    The list is that of the product rules, section 5; elsewhere both are optional.
    """
    return country in REGISTRATION_ID_REQUIRED


def country_name(country: str) -> str:
    """Return the name of `country` in the reader's language; of an unknown code, the code itself."""
    return _names(_reader()).get(country, country)


def country_choices(countries: Iterable[str] = COUNTRIES) -> list[tuple[str, str]]:
    """Return (code, name) of `countries`, in the order of the names in the reader's language."""
    wanted = frozenset(countries)
    return [choice for choice in _names(_reader()).items() if choice[0] in wanted]


def default_culture(country: str) -> str:
    """Return the culture most people of `country` want, such as `de-DE`; `en-US` where nobody lives."""
    return next(iter(_cultures(country)), DEFAULT_CULTURE)


def culture_choices(country: str) -> list[tuple[str, str]]:
    """Return (culture, name) for `country`: its default, its other official languages, American English."""
    reader = _reader()
    codes = dict.fromkeys((*_cultures(country), DEFAULT_CULTURE))
    return [(code, _culture_name(code, reader)) for code in codes]


def _reader() -> str:
    return get_language() or "en"


@cache
def _names(language: str) -> dict[str, str]:
    locale = Locale.parse(language, sep="-")
    names = [(code, locale.territories.get(code, code)) for code in COUNTRIES]
    return dict(sorted(names, key=lambda choice: _sort_key(choice[1], locale.language)))


def _sort_key(name: str, language: str) -> tuple[bytes, str]:
    # The national character set of China lists its common characters by their reading, as dictionaries do.
    encoding = "gb18030" if language == "zh" else "utf-8"
    return fold(name).encode(encoding), name


@cache
def _cultures(country: str) -> tuple[str, ...]:
    likely = get_global("likely_subtags").get(f"und_{country}")
    official = get_official_languages(country) or get_official_languages(country, de_facto=True)
    if not (likely or official):
        return ()
    # CLDR leaves out the countries whose likely language is English.
    first = likely.split("_")[0] if likely else "en"
    cultures = (_culture(language, country) for language in (first, *official))
    return tuple(dict.fromkeys(filter(None, cultures)))


def _culture(language: str, country: str) -> str | None:
    """Write a culture the way people know it: the script is named only where it is not the usual one."""
    likely = get_global("likely_subtags")
    base, _, script = language.partition("_")
    usual = likely.get(f"{base}_{country}") or likely.get(base, base)
    if script in usual.split("_"):
        language = base
    code = f"{language}_{country}".replace("_", "-")
    try:
        Locale.parse(code, sep="-")
    except UnknownLocaleError:
        return None
    return code


@cache
def _culture_name(culture: str, language: str) -> str:
    name = Locale.parse(culture, sep="-").get_display_name(Locale.parse(language, sep="-"))
    return name or culture
