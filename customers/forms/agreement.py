"""Who accepted the customer agreement, and when."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.http import QueryDict
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.contact import ContactForm
from customers.forms.meanwhile import SeenForm
from customers.models import Agreement, BillTo, Customer
from customers.services.agreements import ATTESTED, attested
from customers.services.meanwhile import Overtaken


class DayField(forms.DateField):
    """The day on which a customer accepted the agreement: today, or a day before."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    input_formats = ("%Y-%m-%d",)
    default_error_messages = {
        "required": gettext_lazy("Enter the day on which the customer accepted the agreement."),
        "invalid": gettext_lazy("This is no date. Enter a day such as 2026-01-31."),
    }

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and value > timezone.localdate():
            raise ValidationError(_("This day has not come yet. Enter the day on which the customer accepted it."))


class AgreementForm(ContactForm, SeenForm):
    """What is attested of an agreement; the contact for bills is proposed where nobody has attested anything yet.

    `typed` is what somebody had typed before they had to sign in again.
    """

    accepted_on = DayField(
        label=gettext_lazy("Accepted on"), help_text=gettext_lazy("The day on which the customer accepted it.")
    )

    def __init__(
        self,
        data: Any = None,
        *,
        customer: Customer,
        agreement: Agreement | None,
        typed: QueryDict | None = None,
    ) -> None:
        self.before = attested(agreement)
        super().__init__(data, partner=customer.partner, country=customer.bill_to.country)
        proposed = self.before or _contact_of(customer.bill_to)
        phone = self.phone_as_read(proposed["phone"])
        self.initial = proposed | {"phone": phone, "seen": _written(self.before)} | (typed.dict() if typed else {})
        self.fields["phone"].required = False
        self.fields["accepted_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    @property
    def values(self) -> dict[str, Any]:
        """The checked values by the names of `ATTESTED`."""
        return {name: self.cleaned_data[name] for name in ATTESTED}

    @property
    def seen_before(self) -> dict[str, Any]:
        """What the person who sends the form had seen; what is attested now only if it is still the same."""
        return self.before if self.cleaned_data["seen"] == _written(self.before) else {"seen": "something else"}

    def see_anew(self, overtaken: Overtaken, agreement: Agreement | None) -> None:
        """Say what a colleague attested meanwhile, see `SeenForm.tell`."""
        now = attested(agreement)
        differing = [name for name, mine in self.values.items() if now.get(name) != mine]
        self.tell(overtaken, seen=_written(now), theirs={name: self._read(name, now.get(name)) for name in differing})

    def _read(self, name: str, value: Any) -> str:
        """A value as people read it."""
        if name == "accepted_on":
            return formats.date_format(value, "DATE_FORMAT") if value else ""
        return self.phone_as_read(value or "") if name == "phone" else str(value or "")


def _contact_of(bill_to: BillTo) -> dict[str, Any]:
    return {name: getattr(bill_to, name) for name in ("first_name", "last_name", "email", "phone")}


def _written(values: dict[str, Any]) -> str:
    return json.dumps(values, cls=DjangoJSONEncoder) if values else ""
