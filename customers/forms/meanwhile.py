"""Two people at one form: who saves second reads what the first one saved, and decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from customers.services.meanwhile import Overtaken


class SeenForm(forms.Form):
    """A form of something that others change as well; `seen` is how that was when the form was made."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def tell(self, overtaken: Overtaken, *, seen: str, theirs: Mapping[str, Any]) -> None:
        """Say what was saved meanwhile; what was typed stays, and replaces that the next time.

        `seen` is how it is now, `theirs` what of it differs from what was typed: names of fields, and what people read.
        """
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = seen  # type: ignore[index]
        told = "; ".join(f"{self.fields[name].label}: {value or '–'}" for name, value in theirs.items())
        replace = _("Now it says: %(theirs)s. Save again to replace it with yours.") % {"theirs": told}
        self.add_error(None, f"{overtaken} {replace}")
