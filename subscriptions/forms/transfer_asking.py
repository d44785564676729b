"""Asking for a transfer: from which partner, with which note, and the signature."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from partnercenter.directory.models import User
from subscriptions.forms.transfer_signing import SignForTargetForm
from subscriptions.models import Transfer
from subscriptions.selectors.transfer_checks import CHECKS
from subscriptions.selectors.transfer_preconditions import account_with_azure


class TransferForm(SignForTargetForm):
    """What a new partner asks for, and its signature; `wish` tells one wish from the next.

    After `is_valid` `source` is the account that Azure is to leave. Who looks at the checks only has not signed yet:
    then `signs` is false. A partner that sells this customer nothing and one that does not exist are told apart in no
    way.
    """

    wish = forms.CharField(widget=forms.HiddenInput, max_length=50)
    partner = forms.UUIDField(
        label=gettext_lazy("Microsoft ID of the current partner"),
        help_text=gettext_lazy("The customer or its current partner can tell it to you. It is not its partner ID."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Enter the Microsoft ID of the partner it is with now."),
            "invalid": gettext_lazy("Enter a Microsoft ID: 32 digits and letters from a to f, in five groups."),
        },
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=Transfer._meta.get_field("note").max_length,
        help_text=gettext_lazy("The customer and the current partner read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    field_order = ("wish", "partner", "reseller", "note", "typed_name")

    def __init__(
        self,
        data: Any = None,
        *,
        target: Customer,
        person: User,
        signs: bool = False,
        typed: QueryDict | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.source: Customer | None = None
        super().__init__(data, target=target, person=person, typed=typed, initial=initial or {})
        self.signs = signs

    def clean(self) -> dict[str, Any]:
        """Who only looks at the checks need not have typed the own name yet."""
        if not self.signs:
            self.errors.pop("typed_name", None)
        return self.cleaned_data

    def clean_partner(self) -> Any:
        partner_id = self.cleaned_data["partner"]
        if partner_id == self.target.partner_id:
            raise ValidationError(f"{CHECKS['900148'].sentence} {CHECKS['900148'].remedy} (900148)")
        self.source = account_with_azure(partner_id, self.target)
        if self.source is None:
            raise ValidationError(
                _("No partner with this Microsoft ID has Azure of %(customer)s. Look at it once more.")
                % {"customer": self.target}
            )
        return partner_id
