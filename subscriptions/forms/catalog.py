"""What somebody looks for in the catalog, as it stands in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnercenter.directory.clouds import Cloud
from partnercenter.folding import fold
from subscriptions.catalog import CATALOG, Category, Offer, offers_in

# An add-on is license-based as well, and so is a trial.
KINDS: Final[Mapping[str, tuple[Promise, Callable[[Offer], bool]]]] = {
    "license": (_("License-based"), attrgetter("is_license_based")),
    "usage": (_("Usage-based"), attrgetter("is_usage_based")),
    "add_on": (_("Add-ons"), attrgetter("is_add_on")),
    "trial": (_("Trials"), attrgetter("is_trial")),
}


# So many characters make the beginning of an ID; fewer are a word as any other.
DIGITS: Final = 4


class CatalogForm(forms.Form):
    """What to look for: `q category kind extends may` of the address, among what is sold in a cloud.

    What makes no sense in it looks for nothing in particular.
    """

    q = forms.CharField(
        label=_("Search the catalog"),
        max_length=200,
        required=False,
        widget=forms.SearchInput(
            attrs={"autocomplete": "off", "placeholder": _("Product or offer ID"), "data-key": "/", "form": "find"}
        ),
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All kinds")), *((name, label) for name, (label, _is) in KINDS.items())],
    )
    extends = forms.CharField(required=False, max_length=40)
    may = forms.BooleanField(label=_("Only what this customer can buy"), required=False)

    def __init__(self, data: Any, *, cloud: Cloud) -> None:
        super().__init__(data, auto_id="search_%s")
        self.offers = offers_in(cloud)
        there = {offer.category for offer in self.offers}
        choices = [(value, label) for value, label in Category.choices if value in there]
        self.fields["category"].choices = [("", _("All categories")), *choices]  # type: ignore[attr-defined]
        for name in ("category", "kind", "may"):
            self.fields[name].widget.attrs |= {"form": "find", "autocomplete": "off"}
        self.is_valid()
        self.extended: Final = CATALOG.get(self.cleaned_data.get("extends", ""))
        self.words: Final = fold(self.cleaned_data.get("q", "")).split()
        self.chosen: Final = self.cleaned_data.get("category", "")
        self.chosen_kind: Final = self.cleaned_data.get("kind", "")

    @property
    def found(self) -> list[Offer]:
        """The offers in whose names every word occurs, or whose ID begins so, in the order of their names."""
        return [offer for offer in self.offers if self._fits(offer)]

    def _is_called(self, offer: Offer) -> bool:
        name, offer_id = offer.search_text.split("\n")
        begins = len(self.words) == 1 and len(self.words[0]) >= DIGITS and offer_id.startswith(self.words[0])
        return begins or all(word in name for word in self.words)

    def _fits(self, offer: Offer) -> bool:
        in_category = not self.chosen or offer.category == self.chosen
        of_kind = not self.chosen_kind or KINDS[self.chosen_kind][1](offer)
        extends = self.extended is None or self.extended.id in offer.requires
        return in_category and of_kind and extends and self._is_called(offer)


class AddForm(forms.Form):
    """An offer that is put into an order, and how many of it."""

    offer = forms.CharField(max_length=40)
    quantity = forms.IntegerField(min_value=1, max_value=10_000_000, required=False)
