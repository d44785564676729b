"""Declining what a partner asks for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class DeclineForm(forms.Form):
    """Why an organization declines, if it says so."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("The partner reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
