"""What the list of former customers is searched for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class FormerSearchForm(forms.Form):
    """The search above the list: `q` of the address. What makes no sense looks for nothing in particular."""

    q = forms.CharField(
        label=_("Search former customers"),
        required=False,
        max_length=200,
        widget=forms.SearchInput(
            attrs={"autocomplete": "off", "data-key": "/", "placeholder": _("Name, domain or Microsoft ID")}
        ),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="search_%s")
        self.is_valid()
        self.text: str = self.cleaned_data.get("q", "")
