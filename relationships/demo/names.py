"""Plausible companies and people for the demo and for measuring: always the same ones, any number of them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from functools import cache
from math import gcd
from typing import NamedTuple, TypeVar

from partnercenter.directory.countries import default_culture
from partnercenter.folding import fold
from relationships.demo import words
from relationships.demo.places import AMERICA, FRANCE, GERMANY, Place
from relationships.demo.words import FICTITIOUS, Lexicon

T = TypeVar("T")

# What a turn of the sequence consists of: most companies have names in the language of their country.
_TURNS: dict[str, tuple[tuple[Lexicon, tuple[Place, ...]], ...]] = {
    "US": tuple(
        (lexicon, AMERICA)
        for lexicon in (
            words.ENGLISH, words.ENGLISH, words.CHINESE, words.ENGLISH, words.GERMAN, words.ENGLISH,
            words.SPANISH, words.ENGLISH, words.JAPANESE, words.ENGLISH, words.ENGLISH, words.RUSSIAN,
            words.ENGLISH, words.FRENCH, words.ENGLISH, words.KOREAN, words.ENGLISH, words.ARABIC,
            words.ENGLISH, words.POLISH,
        )
    ),
    "DE": (
        *[(words.GERMAN, GERMANY)] * 6,
        (words.FRENCH, FRANCE),
        (words.ENGLISH, GERMANY),
        (words.POLISH, GERMANY),
        (words.CHINESE, GERMANY),
    ),
}  # fmt: skip


class DemoPerson(NamedTuple):
    """A person; `login` is what stands before the @ in their address."""

    first_name: str
    last_name: str
    login: str


class DemoCompany(NamedTuple):
    """A customer to be: everything the account page shows, valid by the rules of section 5."""

    name: str
    prefix: str
    country: str
    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    first_name: str
    last_name: str
    email: str
    phone: str
    culture: str
    tags: tuple[str, ...]


def demo_companies(
    count: int, seed: int, country: str = "US", first: int = 0, tags: Sequence[str] = ()
) -> Iterator[DemoCompany]:
    """Make `count` companies for a partner in `country`, which is US or DE.

    There is one endless sequence of companies for each country, in which no name and no domain prefix comes
    twice; `first` says where to begin, so that partners of one cloud can have different customers. In the
    US it begins with Litware and Tailspin Toys. `seed` decides about everything but name and prefix: address,
    contact, phone, and up to three of `tags`. Mail goes to domains that the Internet keeps for examples.
    """
    rng = random.Random(seed)  # noqa: S311 - nothing here is a secret
    for name, prefix, lexicon, places in itertools.islice(_named_companies(country, first), count):
        yield _furnish(name, prefix, lexicon, places, tags, rng)


def demo_people(count: int, seed: int) -> Iterator[DemoPerson]:
    """Make `count` people of one company, no two with the same login."""
    rng = random.Random(seed)  # noqa: S311 - nothing here is a secret
    lexicons = [lexicon for lexicon, _ in _TURNS["US"]]
    taken: set[str] = set()
    for number in range(count):
        person = _person(_pick(lexicons, rng), rng)
        if person.login in taken:
            person = person._replace(login=f"{person.login}{number}")
        taken.add(person.login)
        yield person


def _named_companies(country: str, first: int) -> Iterator[tuple[str, str, Lexicon, tuple[Place, ...]]]:
    fictitious = FICTITIOUS if country == "US" else ()
    for name in fictitious[first:]:
        yield name, _prefix(name), words.ENGLISH, AMERICA
    turn = _TURNS[country]
    languages = [lexicon.language for lexicon, _ in turn]
    # For each step of a turn: how often its language came before in the turn, and how often it comes at all.
    shares = [(languages[:step].count(each), languages.count(each)) for step, each in enumerate(languages)]
    for position in itertools.count(max(0, first - len(fictitious))):
        turns, step = divmod(position, len(turn))
        lexicon, places = turn[step]
        before, each_turn = shares[step]
        yield *_name(lexicon, turns * each_turn + before), lexicon, places


def _name(lexicon: Lexicon, position: int) -> tuple[str, str]:
    """Name the company at `position` among those of one language, and its domain prefix.

    Every pair of words comes once, in an order that looks like chance, before any comes again; then with
    another trade or legal form and a number behind the prefix, in the end with a number behind the name.
    """
    pairs = len(lexicon.firsts) * len(lexicon.seconds)
    again, nth = divmod(position, pairs)
    pair = nth * _stride(pairs) % pairs
    first = lexicon.firsts[pair // len(lexicon.seconds)]
    second = lexicon.seconds[pair % len(lexicon.seconds)]
    variants = len(lexicon.trades) * len(lexicon.forms)
    variant = ((pair * 2_654_435_761 >> 12) + again) % variants  # as if by chance
    name = lexicon.pattern.format(
        first=first.text,
        second=second.text,
        trade=lexicon.trades[variant % len(lexicon.trades)],
        form=lexicon.forms[variant // len(lexicon.trades)],
    )
    number = f" {again // variants + 1}" if again >= variants else ""
    return f"{name.strip()}{number}", f"{first.latin}{second.latin}{again or ''}"


@cache
def _stride(pairs: int) -> int:
    """A step that visits all of `pairs` before it comes back, and jumps far."""
    step = int(pairs * 0.618)
    while gcd(step, pairs) != 1:
        step += 1
    return step


def _prefix(name: str) -> str:
    return "".join(character for character in fold(name) if character.isalnum())


def _furnish(
    name: str, prefix: str, lexicon: Lexicon, places: tuple[Place, ...], tags: Sequence[str], rng: random.Random
) -> DemoCompany:
    place = _pick(places, rng)
    contact = _person(lexicon, rng)
    number = 1 + int(rng.random() * 998)
    return DemoCompany(
        name=name,
        prefix=prefix,
        country=place.country,
        line1=_pick(place.streets, rng).format(number=number),
        line2=place.second_line.format(number=number) if rng.random() < 0.2 else "",
        city=place.city,
        state=place.state,
        postal_code=place.postal_prefix + _digits(place.postal_digits, rng),
        first_name=contact.first_name,
        last_name=contact.last_name,
        email=f"{contact.login}@{prefix}.example",
        phone=place.phone_prefix + _digits(place.phone_digits, rng),
        culture=default_culture(place.country),
        tags=_some(tags, rng) if tags else (),
    )


def _person(lexicon: Lexicon, rng: random.Random) -> DemoPerson:
    given, family = _pick(lexicon.given, rng), _pick(lexicon.family, rng)
    return DemoPerson(given.text, family.text, f"{given.latin}.{family.latin}")


def _some(tags: Sequence[str], rng: random.Random) -> tuple[str, ...]:
    """Pick up to three tags; most companies have none or one."""
    return tuple({_pick(tags, rng): None for _ in range(_pick((0, 0, 0, 1, 1, 2, 3), rng))})


def _digits(count: int, rng: random.Random) -> str:
    return str(int(rng.random() * 10**count)).zfill(count)


def _pick(choices: Sequence[T], rng: random.Random) -> T:
    # Much faster than random.choice, and a million companies ask for it often.
    return choices[int(rng.random() * len(choices))]
