"""The address of a customer list, written in one way: two lists are the same if this is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.forms import DateField
from django.http import QueryDict
from django.utils.http import urlencode

from customers.models import Customer
from customers.selectors.criteria import SearchBy
from customers.selectors.customers import ORDERS
from partnercenter.web.keyset import DEFAULT_SIZE, SIZES, UNSTORABLE

LONGEST_SEARCH: Final = 200
_COLUMN: Final = re.compile(r"[a-z_]{1,30}")
_MOST_COLUMNS: Final = 20
_ORDER_WORDS: Final = frozenset(ORDERS) | {f"-{name}" for name in ORDERS}
# As a date field of a browser writes a day, whatever the language: an address means the same to everybody.
DAY_FORMATS: Final = ("%Y-%m-%d",)
_DAY: Final = DateField(input_formats=DAY_FORMATS)


def list_query(params: QueryDict) -> str:
    """What stands behind the `?` of a list's address, in one way only: no position, nothing unknown or usual.

    Parameters are those of the product rules, section 13, and `without`, `tags`, `added_from`, `added_to` and
    `columns`; values that no list can mean are left out, several of one name are sorted.
    """
    return urlencode(list(_pairs(params)))


def _pairs(params: QueryDict) -> Iterator[tuple[str, str]]:
    """Names and values, in the order of their names."""
    tags = _guids(params.getlist("tag"))
    for name in ("added_from", "added_to"):
        yield from _if(name, _day(params.get(name, "")))
    text = params.get("q", "").strip()
    by = _one_of(SearchBy, params.get("by", ""), usual=SearchBy.EVERYTHING)
    yield from _if("by", by if text else "")
    yield from _if("columns", _columns(",".join(params.getlist("columns"))))
    yield from _if("q", text if len(text) <= LONGEST_SEARCH and not set(text) & UNSTORABLE else "")
    kinds = params.getlist("relationship")
    yield from _each("relationship", (kind for kind in Customer.Relationship.values if kind in kinds))
    yield from _each("reseller", _guids(params.getlist("reseller")))
    yield from _if("size", _one_of(map(str, SIZES), params.get("size", ""), usual=str(DEFAULT_SIZE)))
    yield from _if("sort", _one_of(_ORDER_WORDS, params.get("sort", ""), usual="name"))
    yield from _each("tag", tags)
    yield from _if("tags", "all" if tags and params.get("tags") == "all" else "")
    yield from _each("without", _guids(params.getlist("without")))


def _if(name: str, value: str) -> Iterator[tuple[str, str]]:
    if value:
        yield name, value


def _each(name: str, values: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((name, value) for value in sorted(values))


def _one_of(words: Iterable[str], word: str, *, usual: str) -> str:
    """A word that is one of these; empty for the usual one, which need not be said."""
    return word if word in {*words} - {usual} else ""


def _guids(texts: Iterable[str]) -> set[str]:
    return {str(guid) for guid in map(as_guid, texts) if guid}


def as_guid(text: str) -> UUID | None:
    """A GUID of an address; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> str:
    """A day as an address has it; empty for what is none."""
    try:
        day = _DAY.clean(text)
    except ValidationError:
        return ""
    return day.isoformat() if day else ""


def _columns(text: str) -> str:
    names = {name for name in text.split(",") if _COLUMN.fullmatch(name)}
    return ",".join(sorted(names)) if len(names) <= _MOST_COLUMNS else ""
