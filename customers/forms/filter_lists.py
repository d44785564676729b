"""The lists of boxes in the filter panel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise

from customers.forms.customer_list import ListForm
from customers.selectors.filter_choices import Counts, relationships_offered
from partnercenter.partners.models import Partner

# Longer lists have a box to find something in them.
SHORT: Final = 8


@dataclass(frozen=True)
class Choice:
    """A box: what it sends, its words, a tag's color, and how many customers there are (None: nobody counted)."""

    value: str
    label: str
    color: str
    count: int | None
    chosen: bool


@dataclass(frozen=True)
class ChoiceList:
    """The boxes of one filter; those that are ticked come first, so that nobody has to look for them."""

    name: str
    legend: str | Promise
    choices: list[Choice]

    @property
    def is_long(self) -> bool:
        return len(self.choices) > SHORT


class FilterLists:
    """What the customers of a partner can be filtered by, as lists of boxes."""

    def __init__(self, form: ListForm, partner: Partner, counts: Counts | None) -> None:
        self.form = form
        self.partner = partner
        self.counts = counts

    @property
    def tags(self) -> ChoiceList:
        return self._of_tags("tag")

    @property
    def without(self) -> ChoiceList:
        return self._of_tags("without")

    @property
    def resellers(self) -> ChoiceList:
        counts = self.counts.resellers if self.counts else None
        names = ((guid, reseller.pk, reseller.tenant.name, "") for guid, reseller in self.form.resellers.items())
        return self._list("reseller", names, counts)

    @property
    def relationships(self) -> ChoiceList:
        counts = self.counts.relationships if self.counts else None
        kinds = ((kind.value, kind.value, str(kind.label), "") for kind in relationships_offered(self.partner))
        return self._list("relationship", kinds, counts)

    def _of_tags(self, name: str) -> ChoiceList:
        counts = self.counts.tags if self.counts else None
        tags = ((guid, tag.pk, tag.name, tag.color) for guid, tag in self.form.vocabulary.items())
        return self._list(name, tags, counts)

    def _list(
        self, name: str, rows: Iterator[tuple[str, Any, str, str]], counts: Mapping[Any, int] | None
    ) -> ChoiceList:
        """`rows` are what a box sends, the key of its count, its words and its color."""
        chosen = {*self.form[name].data}
        choices = [
            Choice(value, label, color, None if counts is None else counts.get(key, 0), value in chosen)
            for value, key, label, color in rows
        ]
        return ChoiceList(name, self.form.fields[name].label or "", sorted(choices, key=lambda one: not one.chosen))
