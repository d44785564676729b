"""Search and filters of the customer list, as they stand in its address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.selectors.customers import SearchBy, matching

SEARCH_BY = [
    (SearchBy.EVERYTHING, _("Everything")),
    (SearchBy.COMPANY, _("Company name")),
    (SearchBy.DOMAIN, _("Domain name")),
    (SearchBy.MICROSOFT_ID, _("Microsoft ID")),
]


class SearchForm(forms.Form):
    """What to look for and where; an address that makes no sense looks for nothing in particular."""

    q = forms.CharField(
        label=_("Search customers"),
        max_length=200,
        required=False,
        widget=forms.SearchInput(
            attrs={"data-key": "/", "autocomplete": "off", "placeholder": _("Name, domain or Microsoft ID")}
        ),
    )
    by = forms.ChoiceField(label=_("Search by"), choices=SEARCH_BY, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="search_%s")

    def apply(self, customers: QuerySet[Customer]) -> QuerySet[Customer]:
        """The customers that were asked for; none for a text that no name can hold."""
        if not self.is_valid() and "q" in self.errors:
            return customers.none()
        text = self.cleaned_data.get("q", "")
        by = SearchBy(self.cleaned_data.get("by") or SearchBy.EVERYTHING)
        return matching(customers, text, by) if text else customers
