"""Names that people give to tags and to views."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from partnercenter.directory.characters import shows_something
from partnercenter.directory.names import has_invisible_characters


class NameField(forms.CharField):
    """A name that people see, in its one spelling: composed characters and single blanks.

    What looks alike is the same text then. Refused are names with characters that nobody sees, and those of which
    nothing can be seen: variation selectors, or accents that stand over nothing.
    """

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if self.max_length and len(text) > 4 * self.max_length:
            return text  # too long in every spelling, and to compose very many accents takes its time
        return " ".join(unicodedata.normalize("NFC", text).split())

    def validate(self, value: str) -> None:
        super().validate(value)
        if has_invisible_characters(value):
            raise ValidationError(
                _("This name contains characters that cannot be seen. Type it again instead of pasting it.")
            )
        if not shows_something(value):
            raise ValidationError(
                _("Nothing of this name can be seen. Enter one with at least one letter, digit or sign.")
            )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A browser counts what is typed before it is composed, and an emoji as two."""
        attrs = super().widget_attrs(widget)
        return attrs | {"maxlength": str(2 * self.max_length)} if self.max_length else attrs
