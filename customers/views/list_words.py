"""What a customer list shows, in words: its search, filters, order and columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from django.forms import BoundField, DateField, MultipleChoiceField
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.forms.customer_list import ListForm
from customers.selectors.customers import resellers_of, tags_of
from customers.tables.customers import CustomerTable
from partnercenter.partners.models import Partner

# A name and what is said about it.
Words: TypeAlias = list[tuple[str, str]]


def words_of_lists(partner: Partner, queries: Sequence[str]) -> list[Words]:
    """What lists with these canonical queries show; the vocabulary of the partner is read once for all of them."""
    tags = list(tags_of(partner)) if _mentions(queries, ("tag=", "without=")) else []
    resellers = list(resellers_of(partner)) if _mentions(queries, ("reseller=",)) else []
    return [list(_words(ListForm(QueryDict(query), tags=tags, resellers=resellers))) for query in queries]


def _mentions(queries: Iterable[str], names: tuple[str, ...]) -> bool:
    return any(name in query for query in queries for name in names)


def _words(form: ListForm) -> Iterator[tuple[str, str]]:
    """In the order of the form; then order, columns and size, which are no fields of it."""
    for field in form:
        if text := _text(field):
            yield str(_("Search") if field.name == "q" else field.label), text
    columns = {name: str(column.header) for name, column in CustomerTable.base_columns.items() if column.header}
    if sort := form.data.get("sort"):
        label = columns[sort.removeprefix("-")]
        yield _("Order"), _("%(column)s, descending") % {"column": label} if sort.startswith("-") else label
    if names := form.data.get("columns"):
        yield _("Columns"), ", ".join(columns.get(name, name) for name in names.split(","))
    if size := form.data.get("size"):
        yield _("Rows on a page"), size


def _text(field: BoundField) -> str:
    """What a field of the list's form says; tags and resellers that are gone have no names any more."""
    names = {str(value): str(label) for value, label in getattr(field.field, "choices", ())}
    if isinstance(field.field, MultipleChoiceField):
        return ", ".join(names.get(value, _("deleted")) for value in field.data)
    text = str(field.data or "")
    if text and isinstance(field.field, DateField):
        return date_format(field.field.clean(text))
    return names.get(text, text)
