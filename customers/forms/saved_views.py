"""Saving and changing a view."""

from __future__ import annotations

from typing import Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.names import NameField
from customers.selectors.list_query import list_query

# Addresses that are much longer are cut off on their way.
LONGEST_QUERY: Final = 4_000


class ViewForm(forms.Form):
    """How a view is called, and for whom it is."""

    name = NameField(
        label=gettext_lazy("Name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Enter a name for the view."),
            "max_length": gettext_lazy("A name has at most %(limit_value)d characters; this one has %(show_value)d."),
        },
    )
    shared = forms.BooleanField(
        label=gettext_lazy("For all colleagues"),
        required=False,
        help_text=gettext_lazy("Everybody at your organization can open it; you and admins can change it."),
    )
    default = forms.BooleanField(
        label=gettext_lazy("My default"),
        required=False,
        help_text=gettext_lazy("Your customer list opens with this view."),
    )


class UpdateForm(forms.Form):
    """The list that a view shows: what stands behind the `?` of its address."""

    query = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_query(self) -> str:
        """The list in its canonical form."""
        query = self.cleaned_data["query"]
        written = list_query(QueryDict(query)) if len(query) <= 10 * LONGEST_QUERY else query
        if len(written) > LONGEST_QUERY:
            raise ValidationError(_("This list has more filters than a view can keep. Take some of them out first."))
        return written


class SaveForm(ViewForm, UpdateForm):
    """A new view of a list."""
