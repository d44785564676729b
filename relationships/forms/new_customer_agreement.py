"""What is said of the customer agreement when a customer is added."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from customers.forms.agreement import DayField
from customers.forms.contact import ContactForm, text_field
from customers.services.agreements import ATTESTED

THEMSELVES: Final = "themselves"
ACCEPTED: Final = "accepted"

# The fields by the names under which it is attested.
_FIELDS: Final = {name: name if name == "accepted_on" else f"agreement_{name}" for name in ATTESTED}


class AgreementRules(ContactForm):
    """Whether the customer has accepted the customer agreement, or will (the product rules, section 5).

    What stands in the other fields matters only where it has: they are there only then. `may_attest`: whether the
    person may say that it has.
    """

    agreement = forms.ChoiceField(
        label=gettext_lazy("The customer"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Say whether the customer has accepted the customer agreement."),
            "invalid_choice": gettext_lazy("Say whether the customer has accepted the customer agreement."),
        },
    )
    agreement_first_name = text_field(
        gettext_lazy("First name"), 50, gettext_lazy("Enter the first name of the person who accepted the agreement.")
    )
    agreement_last_name = text_field(
        gettext_lazy("Last name"), 50, gettext_lazy("Enter the last name of the person who accepted the agreement.")
    )
    agreement_email = text_field(
        gettext_lazy("Email"),
        254,
        gettext_lazy("Enter the email address of the person who accepted the agreement."),
        widget=forms.EmailInput,
    )
    agreement_phone = text_field(gettext_lazy("Phone"), 40, "", required=False)
    accepted_on = DayField(
        label=gettext_lazy("Accepted on"), help_text=gettext_lazy("The day on which the customer accepted it.")
    )

    def __init__(self, *args: Any, may_attest: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(THEMSELVES, gettext_lazy("will accept the agreement themselves"))]
        if may_attest:
            choices.append((ACCEPTED, gettext_lazy("has accepted the agreement")))
        self.fields["agreement"].choices = choices  # type: ignore[attr-defined]
        self.fields["agreement_phone"].help_text = self.fields["phone"].help_text
        self.fields["accepted_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean_agreement_first_name(self) -> str:
        return self.checked_person_name("agreement_first_name")

    def clean_agreement_last_name(self) -> str:
        return self.checked_person_name("agreement_last_name")

    def clean_agreement_email(self) -> str:
        return self.checked_email("agreement_email")

    def clean_agreement_phone(self) -> str:
        return self.checked_phone("agreement_phone")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("agreement") != ACCEPTED:
            self.forget_fields(_FIELDS.values(), said)
        return said

    def forget_fields(self, names: Iterable[str], said: dict[str, Any]) -> None:
        """Take no notice of fields that are not asked for, whatever stands in them."""
        for name in names:
            self.errors.pop(name, None)
            said.pop(name, None)

    @property
    def attested(self) -> dict[str, Any]:
        """The checked values by the names of `ATTESTED`; nothing where the customer has not accepted yet."""
        if self.cleaned_data["agreement"] != ACCEPTED:
            return {}
        return {name: self.cleaned_data[field] for name, field in _FIELDS.items()}
