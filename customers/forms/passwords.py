"""In which form passwords are handed out."""

from __future__ import annotations

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Format(TextChoices):
    """What somebody gets temporary passwords as."""

    CSV = "csv", _("CSV file")
    SLIPS = "slips", _("Slips to print")


class PasswordsForm(forms.Form):
    """What the answer is made of, and when the person saw that these passwords had been handed out."""

    seen = forms.DateTimeField(required=False)
    format = forms.ChoiceField(choices=Format.choices, required=False)

    @property
    def wants_slips(self) -> bool:
        return bool(self.cleaned_data.get("format") == Format.SLIPS)
