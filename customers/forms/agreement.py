"""Who accepted the customer agreement, and when."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.contact import ContactForm
from customers.models import Agreement, BillTo, Customer
from customers.services.agreements import ATTESTED, attested


class AgreementForm(ContactForm):
    """What is attested of an agreement; the contact for bills is proposed where nobody has attested anything yet.

    `seen` is what was attested when the form was made.
    """

    accepted_on = forms.DateField(
        label=gettext_lazy("Accepted on"),
        help_text=gettext_lazy("The day on which the customer accepted it."),
        error_messages={
            "required": gettext_lazy("Enter the day on which the customer accepted the agreement."),
            "invalid": gettext_lazy("This is no date. Enter a day such as 2026-01-31."),
        },
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def __init__(self, data: Any = None, *, customer: Customer, agreement: Agreement | None) -> None:
        self.before = attested(agreement)
        super().__init__(data, customer=customer)
        proposed = self.before or _contact_of(customer.bill_to)
        phone = self.phone_as_read(proposed["phone"])
        self.initial = proposed | {"phone": phone, "seen": _written(self.before)}
        self.fields["phone"].required = False
        self.fields["accepted_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean_accepted_on(self) -> date:
        day: date = self.cleaned_data["accepted_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet. Enter the day on which the customer accepted it."))
        return day

    @property
    def values(self) -> dict[str, Any]:
        """The checked values by the names of `ATTESTED`."""
        return {name: self.cleaned_data[name] for name in ATTESTED}

    @property
    def seen_before(self) -> dict[str, Any]:
        """What the person who sends the form had seen; what is attested now only if it is still the same."""
        return self.before if self.cleaned_data["seen"] == _written(self.before) else {"seen": "something else"}


def _contact_of(bill_to: BillTo) -> dict[str, Any]:
    return {name: getattr(bill_to, name) for name in ("first_name", "last_name", "email", "phone")}


def _written(values: dict[str, Any]) -> str:
    return json.dumps(values, cls=DjangoJSONEncoder) if values else ""
