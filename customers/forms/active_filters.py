"""The filters that narrow a list of customers now, each with the address of the list without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from customers.forms.customer_list import ListForm
from customers.selectors.list_address import list_address, unfiltered


@dataclass(frozen=True)
class Active:
    """One thing that customers have to be: its words, where the list is without it, and a tag's color."""

    label: str
    url: str
    color: str = ""


@dataclass(frozen=True)
class Group:
    """What is asked of customers in one respect."""

    label: str | Promise
    filters: list[Active]


@dataclass(frozen=True)
class Problem:
    """Why the list finds nothing, and where it is without that."""

    sentence: str
    url: str


class ActiveFilters:
    """All filters of an address, for the row of chips above the list."""

    def __init__(self, form: ListForm, query: QueryDict) -> None:
        form.is_valid()  # reads the address
        self.form = form
        self.query = query
        self.groups = [group for group in self._all() if group.filters]

    @property
    def count(self) -> int:
        return sum(len(group.filters) for group in self.groups)

    @property
    def problems(self) -> list[Problem]:
        """Sentences, each once, with the way out."""
        found = self.form.problems
        gone = {sentence: [name for name in found if found[name] == sentence] for sentence in found.values()}
        return [Problem(sentence, self._without_what_is_wrong(names)) for sentence, names in gone.items()]

    @property
    def none_url(self) -> str:
        """Where the list is without any filter."""
        return unfiltered(self.query)

    def _all(self) -> Iterator[Group]:
        all_of_them = self.query.get("tags") == "all"
        several = _("With all of the tags") if all_of_them else _("With any of the tags")
        yield Group(several if len(self._values("tag")) > 1 else _("With the tag"), self._chosen("tag"))
        yield Group(_("Without"), self._chosen("without"))
        yield Group(_("Indirect reseller"), self._chosen("reseller"))
        yield Group(_("Relationship"), self._chosen("relationship"))
        yield Group(_("Added from"), self._day("added_from"))
        yield Group(_("Added to"), self._day("added_to"))

    def _values(self, name: str) -> list[str]:
        """What of a parameter is a choice, in the order of the choices; nothing of one that is no choice."""
        asked = {*self.query.getlist(name)}
        return [value for value in self._choices(name) if value in asked]

    def _choices(self, name: str) -> dict[str, str]:
        return {str(value): str(label) for value, label in getattr(self.form.fields[name], "choices", ())}

    def _chosen(self, name: str) -> list[Active]:
        labels, values, vocabulary = self._choices(name), self._values(name), self.form.vocabulary
        colors = {guid: tag.color for guid, tag in vocabulary.items()} if name in ("tag", "without") else {}
        return [Active(labels[value], self._less(name, value), colors.get(value, "")) for value in values]

    def _day(self, name: str) -> list[Active]:
        day: date | None = self.form.cleaned_data.get(name)
        return [Active(date_format(day, "SHORT_DATE_FORMAT"), list_address(self.query, {name: []}))] if day else []

    def _less(self, name: str, value: str) -> str:
        """The list without one value of a parameter."""
        rest = [other for other in self.query.getlist(name) if other != value]
        any_or_all: dict[str, list[str]] = {} if name != "tag" or len(rest) > 1 else {"tags": []}
        return list_address(self.query, {name: rest} | any_or_all)

    def _without_what_is_wrong(self, names: list[str]) -> str:
        """The list without what these parameters ask for in vain."""
        return list_address(self.query, {name: self._values(name) for name in names})
