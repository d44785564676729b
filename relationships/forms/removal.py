"""What somebody types before a relationship is removed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from partnercenter.folding import fold
from relationships.models import PastRelationship

NO_REASON = gettext_lazy("Enter why the relationship ends. Colleagues read it in the history.")


class RemovalForm(forms.Form):
    """Why the relationship ends, and the name of the customer so that nobody ends another one by mistake.

    `typed` is what somebody had typed before they had to sign in again.
    """

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Kept in the history for you and your colleagues. The customer does not see it."),
        max_length=PastRelationship._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": NO_REASON},
    )
    name = forms.CharField(
        label=gettext_lazy("Company name"),
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Type the company name to confirm.")},
    )

    def __init__(self, data: Any = None, *, customer: Customer, typed: QueryDict | None = None) -> None:
        self.customer = customer
        super().__init__(data, initial=typed.dict() if typed else None)
        self.fields["name"].help_text = _("Type %(name)s to confirm.") % {"name": customer.name}

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if not fold(reason):
            raise ValidationError(NO_REASON)
        return reason

    def clean_name(self) -> str:
        """What counts is what people see: capital letters, accents, and spaces make no difference."""
        name: str = self.cleaned_data["name"]
        if fold(name) != fold(self.customer.name):
            raise ValidationError(_("This is not the name. Type %(name)s to confirm.") % {"name": self.customer.name})
        return name
