"""What is said of the customer agreement when a customer is added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from customers.forms.agreement import DayField
from customers.forms.contact import ContactForm, text_field
from customers.services.agreements import ATTESTED

THEMSELVES: Final = "themselves"
ACCEPTED: Final = "accepted"

# What has to be stated where the customer has accepted, and the sentence where it is missing.
REQUIRED: Final[Mapping[str, Promise]] = {
    "agreement_first_name": gettext_lazy("Enter the first name of the person who accepted the agreement."),
    "agreement_last_name": gettext_lazy("Enter the last name of the person who accepted the agreement."),
    "agreement_email": gettext_lazy("Enter the email address of the person who accepted the agreement."),
    "accepted_on": gettext_lazy("Enter the day on which the customer accepted the agreement."),
}
# The fields by the names under which it is attested.
_FIELDS: Final = {name: name if name == "accepted_on" else f"agreement_{name}" for name in ATTESTED}


class AgreementRules(ContactForm):
    """Whether the customer has accepted the customer agreement, or will (the product rules, section 5).

    What stands in the other fields matters only where it has. `may_attest`: whether the person may say so.
    """

    agreement = forms.ChoiceField(
        label=gettext_lazy("The customer"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Say whether the customer has accepted the customer agreement."),
            "invalid_choice": gettext_lazy("Say whether the customer has accepted the customer agreement."),
        },
    )
    agreement_first_name = text_field(gettext_lazy("First name"), 50, "", required=False)
    agreement_last_name = text_field(gettext_lazy("Last name"), 50, "", required=False)
    agreement_email = text_field(gettext_lazy("Email"), 254, "", required=False, widget=forms.EmailInput)
    agreement_phone = text_field(gettext_lazy("Phone"), 40, "", required=False)
    accepted_on = DayField(
        label=gettext_lazy("Accepted on"),
        required=False,
        help_text=gettext_lazy("The day on which the customer accepted it."),
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
        return self._if_any("agreement_first_name", self.checked_person_name)

    def clean_agreement_last_name(self) -> str:
        return self._if_any("agreement_last_name", self.checked_person_name)

    def clean_agreement_email(self) -> str:
        return self._if_any("agreement_email", self.checked_email)

    def clean_agreement_phone(self) -> str:
        return self.checked_phone("agreement_phone")

    def _if_any(self, field: str, check: Any) -> str:
        checked: str = check(field) if self.cleaned_data[field] else ""
        return checked

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("agreement") == ACCEPTED:
            for name, sentence in REQUIRED.items():
                if name not in self.errors and not said.get(name):
                    self.add_error(name, str(sentence))
        else:
            for name in _FIELDS.values():
                self.errors.pop(name, None)
                said[name] = None if name == "accepted_on" else ""
        return said

    @property
    def attested(self) -> dict[str, Any]:
        """The checked values by the names of `ATTESTED`; nothing where the customer has not accepted yet."""
        if self.cleaned_data["agreement"] != ACCEPTED:
            return {}
        return {name: self.cleaned_data[field] for name, field in _FIELDS.items()}
