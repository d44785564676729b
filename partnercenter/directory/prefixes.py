"""The domain that an organization gets when it is made: a prefix that somebody chooses, and the suffix of the cloud."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from partnercenter.directory.clouds import CLOUDS
from partnercenter.directory.names import Problem, core_words
from partnercenter.folding import fold

LONGEST_PREFIX: Final = 27
_PREFIX: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
# Behind it stand the letters of other scripts as the domain name system writes them: they look like something else.
_ENCODED: Final = "xn--"
# Where nothing is known to make a name of.
_ANYBODY: Final = "company"


def given_domain(prefix: str, cloud: str) -> str:
    """The first domain of an organization in a cloud."""
    return f"{prefix}{CLOUDS[cloud].domain_suffix}"


def normalize_prefix(text: str, cloud: str) -> str:
    """A prefix as it is stored; somebody may have typed the whole domain."""
    return text.strip().lower().removesuffix(CLOUDS[cloud].domain_suffix)


def check_prefix(prefix: str) -> Problem | None:
    """Return why no domain can begin with this prefix (the product rules, section 5); not whether it is free."""
    if len(prefix) > LONGEST_PREFIX:
        sentence = _("A prefix has at most %(limit)s characters; this one has %(length)s. Shorten it.")
        return Problem("too_long", sentence % {"limit": LONGEST_PREFIX, "length": len(prefix)})
    if _PREFIX.fullmatch(prefix) and not prefix.startswith(_ENCODED):
        return None
    if re.fullmatch("[a-z0-9-]+", prefix):
        return Problem("hyphen", _("A hyphen can stand inside the prefix only, and “xn--” not at its beginning."))
    return Problem("characters", _("Use letters from a to z, digits, and hyphens between them."))


def prefix_ideas(company_name: str, prefix: str, country: str) -> list[str]:
    """Prefixes that a company might choose, the best ones first, each once; some of them may be taken.

    They are made of its name without the legal form and of the prefix that was typed, whatever that looks like.
    """
    bases = list(dict.fromkeys(filter(None, map(_cut, _bases(company_name, prefix)))))
    ideas = [*bases, *(_with(base, f"-{country.lower()}") for base in bases if country)]
    ideas += [_with(base, str(number)) for number in range(2, 10) for base in bases]
    # A number that hardly anybody else gets.
    numbers = [zlib.crc32(f"{company_name} {number}".encode()) % 100_000 for number in range(3)]
    ideas += [_with(base, f"-{number}") for number in numbers for base in bases or [_ANYBODY]]
    return [idea for idea in dict.fromkeys(ideas) if check_prefix(idea) is None and len(idea) > 1]


def _bases(company_name: str, prefix: str) -> Iterator[str]:
    typed = re.findall("[a-z0-9]+", fold(prefix))
    words = [word for word in core_words(company_name) if word.isascii()]
    yield "-".join(typed)
    yield "".join(words)
    yield "-".join(words)
    yield "".join(words[:2])
    if words and len(words[0]) > 2:
        yield words[0]
    if len(words) > 2:
        yield "".join(word[0] for word in words)


def _cut(base: str, room: int = LONGEST_PREFIX) -> str:
    return base[:room].strip("-")


def _with(base: str, end: str) -> str:
    return _cut(base, LONGEST_PREFIX - len(end)) + end
