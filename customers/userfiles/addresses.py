"""Email addresses that a user can have, and domains that are mistaken for the customer's."""

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Final

from customers.userfiles.limits import MAX_LOCAL_PART
from customers.userfiles.listing import listed
from partnercenter.folding import fold

_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9_%+'-]+(?:\.[A-Za-z0-9_%+'-]+)*")
_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_LOOKALIKES: Final = str.maketrans("аеорсухіјѕһԁԛԝкмтοανρτυικε", "aeopcyxijshdqwkmtoavptuike")
_MAX_DOMAIN: Final = 253  # characters, by RFC 1035


def is_local_part(text: str) -> bool:
    """Whether a text can stand before the @: ASCII letters, digits and . _ % + ' -, no dot at the ends or twice."""
    return len(text) <= MAX_LOCAL_PART and _LOCAL_PART.fullmatch(text) is not None


def is_domain(text: str) -> bool:
    """Whether a text in lower case has the form of a domain, in ASCII."""
    return len(text) <= _MAX_DOMAIN and _DOMAIN.fullmatch(text) is not None


class VerifiedDomains:
    """The verified domains of a customer, case-insensitively, and the one that somebody may have meant."""

    def __init__(self, domains: Collection[str]) -> None:
        self._domains = frozenset(domain.lower() for domain in domains)
        self._nearest: dict[str, str] = {}

    def __contains__(self, domain: str) -> bool:
        return domain in self._domains

    @cached_property
    def listed(self) -> str:
        """The domains for a sentence: ten of them at most."""
        return listed(sorted(self._domains))

    def nearest(self, domain: str) -> str:
        """The verified domain that this one looks like or is one keystroke away from; empty if there is none."""
        if len(domain) > 2 * self._longest:  # an accent can stand behind each letter
            return ""
        if domain not in self._nearest:
            plain = fold(domain).translate(_LOOKALIKES)
            forms = _with_one_less(plain) if len(plain) <= self._longest else ()
            self._nearest[domain] = next((self._near[form] for form in forms if form in self._near), "")
        return self._nearest[domain]

    @cached_property
    def _longest(self) -> int:
        """How many characters the longest domain has, with one that was typed too much."""
        return max(map(len, self._domains), default=0) + 1

    @cached_property
    def _near(self) -> dict[str, str]:
        """The domains by themselves and without each of their letters.

        Two words that are one letter more, less or different from each other have one of these forms in common;
        so a domain is looked up among thousands at once.
        """
        near = {form: domain for domain in sorted(self._domains) for form in _with_one_less(domain)}
        return near | {domain: domain for domain in self._domains}


def _with_one_less(word: str) -> Iterator[str]:
    yield word
    for position in range(len(word)):
        yield word[:position] + word[position + 1 :]
