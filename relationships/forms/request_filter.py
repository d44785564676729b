"""Which requests a list shows."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from partnercenter.web.forms import SearchForm, search_field
from relationships.models import RelationshipRequest


class RequestFilter(SearchForm):
    """Which requests a list shows: `q` and `state` of the address."""

    q = search_field(gettext_lazy("Search requests"), gettext_lazy("Organization or email"))
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("All states")), *RelationshipRequest.Status.choices],
        required=False,
    )

    @property
    def state_wanted(self) -> str:
        return str(self.cleaned_data.get("state", ""))
