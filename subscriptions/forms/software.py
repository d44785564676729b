"""Which software purchases a list shows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from subscriptions.models import SoftwarePurchase


class SoftwareFilter(forms.Form):
    """Which purchases to show: `state` of the address. What makes no sense there leaves nothing out."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("All states")), *SoftwarePurchase.Status.choices],
        required=False,
        widget=forms.Select(attrs={"data-submits": True, "autocomplete": "off"}),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.is_valid()

    @property
    def filtering(self) -> bool:
        return any(self.cleaned_data.values())

    def narrow(self, purchases: QuerySet[SoftwarePurchase]) -> QuerySet[SoftwarePurchase]:
        """Those of the purchases that were asked for."""
        state = self.cleaned_data.get("state")
        return purchases.filter(status=state) if state else purchases
