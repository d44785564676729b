"""Sending a campaign: the file, and the signature for all its rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.web.templatetags.web import grouped
from subscriptions.forms.transfer_signing import SignForm
from subscriptions.services.transfer_campaign import MAX_ROWS, Line, read_campaign


class CampaignForm(SignForm):
    """A file with a row for each customer. After `is_valid` `lines` are its rows.

    `wish` tells one campaign from the next. Who only looks at the checks need not have typed the own name yet.
    """

    wish = forms.CharField(widget=forms.HiddenInput, max_length=50)
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        error_messages={"required": gettext_lazy("Choose the file with the customers.")},
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, person: User, signs: bool = False, too_large: bool = False
    ) -> None:
        self.signs, self.lines = signs, list[Line]()
        super().__init__(data, files=files, person=person)
        self.fields["file"].help_text = _("At most 1 MB and %(rows)s rows.") % {"rows": grouped(MAX_ROWS)}
        if too_large:
            self.fields["file"].error_messages["required"] = self.too_large

    @property
    def too_large(self) -> str:
        """What is said of a file that is larger than one may be."""
        return _("The file is larger than 1 MB. Divide it into several files and upload them one by one.")

    def clean_file(self) -> Any:
        try:
            self.lines = read_campaign(self.cleaned_data["file"].read())
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return self.cleaned_data["file"]

    def clean(self) -> dict[str, Any]:
        if not self.signs:
            self.errors.pop("typed_name", None)
        return self.cleaned_data
