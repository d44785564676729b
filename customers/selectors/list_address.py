"""Addresses of the customer list: what forms and links of the list keep and change of them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from django.http import QueryDict
from django.urls import reverse

from customers.selectors.list_query import as_guid, list_query

SEARCH: Final = ("q", "by")
FILTERS: Final = ("tag", "tags", "without", "reseller", "relationship", "added_from", "added_to")
LOOKS: Final = ("sort", "size", "columns")
# The columns that people choose from; the name always stands there.
COLUMNS: Final = ("microsoft_id", "domain", "relationship", "reseller", "provider", "tags", "added")
# Shows all customers, even to somebody whose list begins with a view.
ALL: Final = "view=all"


def list_address(query: QueryDict, changes: Mapping[str, list[str]] = MappingProxyType({})) -> str:
    """The address of the list that `query` asks for, from its first page on; nothing in it is empty or usual.

    `changes` are new values of some parameters, all that each of them has then.
    """
    changed = query.copy()
    for name, values in changes.items():
        changed.setlist(name, values)
    view = as_guid(changed.get("view", ""))
    said = [f"view={view}" if view else "", list_query(changed)]
    return reverse("customers:list") + "?" + ("&".join(filter(None, said)) or ALL)


def unfiltered(query: QueryDict) -> str:
    """The address of the same list without any filter."""
    return list_address(query, {name: [] for name in FILTERS})


def matching(query: QueryDict) -> str:
    """The parameters that say which customers a list has, and nothing of how it shows them."""
    searched = query.copy()
    for name in LOOKS:
        searched.pop(name, None)
    return list_query(searched)


def kept(query: QueryDict, *, but: Container[str]) -> list[tuple[str, str]]:
    """What a form of the list that sets `but` has to keep of the address: names and values for hidden fields."""
    names = [name for name in (*SEARCH, *FILTERS, *LOOKS, "view") if name not in but]
    return [(name, value) for name in names for value in query.getlist(name) if value]


def columns_of(query: QueryDict, known: Iterable[str] = COLUMNS) -> list[str]:
    """The columns that an address asks for beside the name, of those `known`; all of them if it names none at all."""
    asked = {name for value in query.getlist("columns") for name in value.split(",")} - {""}
    return [name for name in known if not asked or name in asked]


def chosen_columns(query: QueryDict, known: Iterable[str]) -> str:
    """What boxes of columns come to in an address: nothing for all `known`, at least the name for none."""
    known, chosen = [*known], columns_of(query, known)
    return "" if chosen == known else ",".join(["name", *chosen])
