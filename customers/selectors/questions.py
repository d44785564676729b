"""What is asked of the inverted indexes: the terms that a customer must have to meet some criteria.

A question is a `tsquery` for the customers of one partner in one place of the alphabet. It finds every customer that
meets the criteria there, and some that do not: whoever asks checks the criteria themselves as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from customers.models.terms import PLACES
from customers.selectors.criteria import Criteria, SearchBy

# The end of a domain that all customers have is not indexed: its parts find nothing out.
_EVERYWHERE: Final = ("onmicrosoft", "com", "us", "de")
_OF_A_GUID: Final = frozenset("0123456789abcdef-")
# A few terms of a long word find it as well as all of them.
_TERMS_OF_A_WORD: Final = 8
# Marks know no year before.
EARLIEST_YEAR: Final = 2000
# Search in these lines of the text, by the mark of their terms.
_LINES: Final = {SearchBy.EVERYTHING: "ndi", SearchBy.COMPANY: "n", SearchBy.DOMAIN: "d", SearchBy.MICROSOFT_ID: "i"}
_NOTHING: Final = "'nothing'"
ALL_PLACES: Final = range(len(PLACES) + 1)


def words_question(criteria: Criteria, partner_id: UUID, place: int) -> str:
    """The question for the words of a search; empty if no word narrows anything down."""
    prefix = _prefix(partner_id, place)
    # A single letter among words finds little out, and begins very many terms.
    words = [word for word in criteria.words if len(word) > 1 or not word.isascii()] or criteria.words
    return " & ".join(filter(None, (_word(word, criteria.by, prefix) for word in words)))


def marks_question(criteria: Criteria, partner_id: UUID, place: int) -> str:
    """The question for the filters; empty if there are none."""
    prefix = _prefix(partner_id, place)
    tags = [f"t{tag}" for tag in criteria.tags]
    parts = [
        *([_term(prefix, tag) for tag in tags] if criteria.all_tags else [_any(prefix, tags)]),
        *(f"!{_term(prefix, f't{tag}')}" for tag in criteria.without),
        _any(prefix, (f"r{str(reseller)[:8]}" for reseller in criteria.resellers)),
        _any(prefix, (f"k{kind}" for kind in criteria.relationships)),
        _any(prefix, _periods(criteria.added_from, criteria.added_before)),
    ]
    parts = [part for part in parts if part]
    if parts and all(part.startswith("!") for part in parts):
        parts.insert(0, _term(prefix, ""))  # which every customer has
    return " & ".join(parts)


def _prefix(partner_id: UUID, place: int) -> str:
    return f"{str(partner_id)[:8]}{chr(192 + place)}"


def _term(prefix: str, term: str, *, begins: bool = False) -> str:
    text = f"{prefix}{term}".replace("\\", "\\\\").replace("'", "''")
    return f"'{text}':*" if begins else f"'{text}'"


def _any(prefix: str, terms: Iterable[str]) -> str:
    choices = [_term(prefix, term) for term in terms]
    return f"({' | '.join(choices)})" if choices else ""


def _word(word: str, by: SearchBy, prefix: str) -> str:
    """One word, in any of the lines it may stand in; empty if it can stand anywhere."""
    lines = [_in_line(word, line, prefix) for line in _LINES[by] if _fits(word, line)]
    if not lines:
        return _NOTHING
    return f"({' | '.join(lines)})" if all(lines) else ""


def _fits(word: str, line: str) -> bool:
    """Whether a word can occur in a domain or in a Microsoft ID at all."""
    return line == "n" or (word.isascii() if line == "d" else set(word) <= _OF_A_GUID)


def _in_line(word: str, line: str, prefix: str) -> str:
    pieces = [word]
    if line == "d":
        pieces = [piece for piece in word.split(".") if not any(piece in end for end in _EVERYWHERE)]
    terms = [term for piece in pieces for term in _terms(piece, f"{prefix}{line}")]
    return f"({' & '.join(terms)})" if terms else ""


def _terms(piece: str, prefix: str) -> Iterator[str]:
    """Three letters at a time; fewer are how a term begins."""
    if len(piece) < 3:
        yield _term(prefix, piece, begins=True)
        return
    last = len(piece) - 3
    count = min(last + 1, _TERMS_OF_A_WORD)
    for start in sorted({round(number * last / max(1, count - 1)) for number in range(count)}):
        yield _term(prefix, piece[start : start + 3])


def _periods(begin: datetime | None, end: datetime | None) -> Iterator[str]:
    """Whole years and months that together hold all moments from `begin` up to `end`."""
    if not begin and not end:
        return
    first = _month(begin) if begin else EARLIEST_YEAR * 12
    now = datetime.now(UTC)
    last = _month(min(end or now, now))  # nobody begins in the future
    while first <= last:
        year, month = divmod(first, 12)
        if month == 0 and first + 11 <= last:
            yield f"y{year}"
            first += 12
        else:
            yield f"m{year}{month + 1:02}"
            first += 1


def _month(moment: datetime) -> int:
    """Months since the year 0, in UTC as the index has them."""
    moment = moment.astimezone(UTC)
    return max(moment.year, EARLIEST_YEAR) * 12 + (moment.month - 1 if moment.year >= EARLIEST_YEAR else 0)
