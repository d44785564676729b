"""Which requests a list shows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from relationships.models import RelationshipRequest


class RequestFilter(forms.Form):
    """Which requests a list shows: `q` and `state` of the address. What makes no sense there leaves nothing out."""

    q = forms.CharField(
        label=gettext_lazy("Search requests"),
        max_length=200,
        required=False,
        widget=forms.SearchInput(
            attrs={"autocomplete": "off", "placeholder": gettext_lazy("Organization or email"), "data-key": "/"}
        ),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("All states")), *RelationshipRequest.Status.choices],
        required=False,
        widget=forms.Select(attrs={"data-submits": True, "autocomplete": "off"}),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.is_valid()

    @property
    def text(self) -> str:
        return str(self.cleaned_data.get("q", ""))

    @property
    def state_wanted(self) -> str:
        return str(self.cleaned_data.get("state", ""))

    @property
    def filtering(self) -> bool:
        return bool(self.text or self.state_wanted)
