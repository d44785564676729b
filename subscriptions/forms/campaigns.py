"""Campaigns: the file, the signature for all its rows, and which of the rows are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnercenter.directory.models import User
from partnercenter.web.templatetags.web import grouped
from subscriptions.forms.transfer_signing import SignForm
from subscriptions.models import TransferCampaign, TransferCampaignRow
from subscriptions.selectors.campaign_checks import OF_ROWS
from subscriptions.selectors.campaigns import StateCount, codes_in, in_state
from subscriptions.services.campaign_files import MAX_BYTES, MAX_ROWS, MEGABYTE


class CampaignForm(forms.Form):
    """A file with a row for each customer. What is in it is read and checked by the service.

    `wish` tells one campaign from the next.
    """

    wish = forms.CharField(widget=forms.HiddenInput, max_length=50)
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        error_messages={"required": gettext_lazy("Choose the file with the customers.")},
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, initial: dict[str, Any] | None = None, too_large: bool = False
    ) -> None:
        super().__init__(data, files, initial=initial)
        limits = {"size": MAX_BYTES // MEGABYTE, "rows": grouped(MAX_ROWS)}
        self.fields["file"].help_text = _("At most %(size)s MB and %(rows)s rows.") % limits
        if too_large:
            self.fields["file"].error_messages["required"] = self.too_large

    @property
    def too_large(self) -> str:
        """What is said of a file that is larger than one may be."""
        sentence = _("The file is larger than %(size)s MB. Divide it into several files and upload them one by one.")
        return sentence % {"size": MAX_BYTES // MEGABYTE}


class SendCampaignForm(SignForm):
    """The signature for a campaign as it was seen: its rows as they were checked at the moment `seen`."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=50)

    def __init__(
        self, data: Any = None, *, campaign: TransferCampaign, person: User, typed: QueryDict | None = None
    ) -> None:
        super().__init__(data, person=person, typed=typed)
        self.initial["seen"] = campaign.checked_at.isoformat()

    def clean_seen(self) -> datetime:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError as error:
            raise forms.ValidationError(_("Look at the rows once more, then sign.")) from error


class CampaignFilter(forms.Form):
    """Which rows of a campaign are shown: `state problem` of the address; what makes no sense leaves nothing out."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    problem = forms.ChoiceField(label=gettext_lazy("Problem"), required=False)

    def __init__(self, data: Any, campaign: TransferCampaign, numbers: list[StateCount]) -> None:
        super().__init__(data, auto_id="search_%s")
        states = [(one.state, f"{one.label} ({grouped(one.count)})") for one in numbers]
        problems = [
            (code, f"{OF_ROWS[code].sentence} ({grouped(count)})") for code, count in codes_in(campaign).items()
        ]
        self.fields["state"].choices = [("", _("All")), *states]  # type: ignore[attr-defined]
        self.fields["problem"].choices = [("", _("Any or none")), *problems]  # type: ignore[attr-defined]
        self.has_problems = bool(problems)
        self.is_valid()

    @property
    def filtering(self) -> bool:
        """Whether anything was asked for."""
        return any(self.cleaned_data.values())

    def narrow(self, rows: QuerySet[TransferCampaignRow], now: datetime) -> QuerySet[TransferCampaignRow]:
        """Those of the rows that were asked for, as they are at a moment."""
        if state := self.cleaned_data.get("state"):
            rows = in_state(rows, state, now)
        if code := self.cleaned_data.get("problem"):
            rows = rows.filter(code=code)
        return rows
