"""What the current partner chooses of a transfer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subscriptions.selectors.transfer_tree import Choice


class IdsField(forms.Field):
    """GUIDs: one in each value, or several with spaces between them."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> frozenset[UUID]:
        """The GUIDs; raises ValidationError for anything else."""
        try:
            return frozenset(UUID(word) for text in value or () for word in text.split())
        except ValueError as error:
            raise ValidationError(_("Something was chosen that the portal does not know. Choose anew.")) from error


class ChoiceForm(forms.Form):
    """What is ticked in the tree. `everything` with the ids of what stays, or the ids of what moves.

    `shown` are the things that the page had boxes for, `thing` those whose box was ticked, `q` what was searched for.
    """

    q = forms.CharField(
        label=gettext_lazy("Search by name or subscription ID"),
        max_length=200,
        required=False,
        widget=forms.SearchInput(attrs={"autocomplete": "off"}),
    )
    everything = forms.BooleanField(required=False, widget=forms.HiddenInput)
    ids = IdsField(required=False)
    shown = IdsField(required=False)
    thing = IdsField(required=False)
    step = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def read(self) -> dict[str, Any]:
        return getattr(self, "cleaned_data", {})

    @property
    def step_name(self) -> str:
        """What was pressed: look, all, none, check or accept; to look where it is none of them."""
        return str(self.read.get("step") or "look") if not self.errors else "look"

    @property
    def choice(self) -> Choice:
        """What is chosen once this was sent."""
        if self.errors or self.step_name == "none":
            return Choice()
        if self.step_name == "all":
            return Choice(everything=True)
        before = Choice(self.read.get("everything", False), self.read.get("ids", frozenset()))
        return before.after(self.read.get("shown", ()), self.read.get("thing", frozenset()))
