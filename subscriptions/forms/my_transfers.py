"""What the people of an organization type about its transfers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from partnercenter.directory.models import User
from subscriptions.forms.transfer_signing import SignForm
from subscriptions.models import Transfer
from subscriptions.selectors.transfer_checks import CHECKS, codes_of_accounts

LONGEST_WISH: Final = 64


class NewTransferForm(SignForm):
    """From which partner to which one the Azure of an organization is to go, and the signature of who asks.

    `accounts` are those of the partners that sell to it. `wish` is another one on every page: a form that is sent twice
    is one wish. `given` are the choices that a link brings along. `is_open` says after `is_valid` whether there is an
    open transfer between the two.
    """

    field_order = ("source", "target", "note", "typed_name", "wish")

    source = forms.ChoiceField(
        label=gettext_lazy("Current partner"),
        help_text=gettext_lazy("From here your Azure subscriptions and reservations go away."),
        error_messages={"required": gettext_lazy("Choose the partner from which your Azure goes away.")},
    )
    target = forms.ChoiceField(
        label=gettext_lazy("New partner"),
        help_text=gettext_lazy("It needs an active Azure plan for you."),
        error_messages={"required": gettext_lazy("Choose the partner to which your Azure goes.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=Transfer._meta.get_field("note").max_length,
        help_text=gettext_lazy("Both partners read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    wish = forms.CharField(max_length=LONGEST_WISH, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        accounts: Sequence[Customer],
        person: User,
        given: dict[str, str],
        typed: QueryDict | None = None,
    ) -> None:
        super().__init__(data, person=person, typed=typed, initial={"wish": get_random_string(22), **given})
        self.is_open = False
        self.accounts = {str(account.partner_id): account for account in accounts}
        choices = [("", _("Choose a partner")), *((key, str(one.partner)) for key, one in self.accounts.items())]
        for name in ("source", "target"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Everything that stands in the way between these two, each with what helps.

        An open transfer is no reason here: it may be what this very form asked for when it was sent before.
        """
        read = super().clean() or {}
        if {"source", "target"} <= read.keys():
            for code in codes_of_accounts(self.account("source"), self.account("target")):
                if code == "open":
                    self.is_open = True
                    continue
                check = CHECKS[code]
                sentence = _("%(sentence)s %(remedy)s (Code %(code)s)") if code.isdigit() else "%(sentence)s %(remedy)s"
                self.add_error(None, sentence % {"sentence": check.sentence, "remedy": check.remedy, "code": code})
        return read

    def account(self, name: str) -> Customer:
        """The account that was chosen as `source` or `target`."""
        return self.accounts[self.cleaned_data[name]]
