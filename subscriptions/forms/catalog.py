"""What somebody looks for in the catalog, as it stands in the address."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from partnercenter.directory.clouds import Cloud
from partnercenter.folding import fold
from subscriptions.catalog import Category, Offer, offers_in


class CatalogForm(forms.Form):
    """What to look for: `q category may` of the address, among what is sold in a cloud.

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

    may = forms.BooleanField(label=_("Only what this customer can buy"), required=False)

    def __init__(self, data: Any, *, cloud: Cloud) -> None:
        super().__init__(data, auto_id="search_%s")
        self.offers = offers_in(cloud)
        there = {offer.category for offer in self.offers}
        choices = [(value, label) for value, label in Category.choices if value in there]
        self.fields["category"].choices = [("", _("All categories")), *choices]  # type: ignore[attr-defined]
        for name in ("category", "may"):
            self.fields[name].widget.attrs |= {"form": "find", "autocomplete": "off"}
        self.is_valid()
        self.words: Final = fold(self.cleaned_data.get("q", "")).split()
        self.chosen: Final = self.cleaned_data.get("category", "")

    @property
    def found(self) -> list[Offer]:
        """The offers in which every word occurs, in the order of their names."""
        return [offer for offer in self.offers if self._fits(offer)]

    def _fits(self, offer: Offer) -> bool:
        in_category = not self.chosen or offer.category == self.chosen
        return in_category and all(word in offer.search_text for word in self.words)


class AddForm(forms.Form):
    """An offer that is put into an order, and how many of it."""

    offer = forms.CharField(max_length=40)
    quantity = forms.IntegerField(min_value=1, max_value=10_000_000, required=False)
