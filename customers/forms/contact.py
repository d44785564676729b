"""Somebody at a customer who can be reached: names, mail address and phone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from partnercenter.directory.names import check_contact_email, check_person_name
from partnercenter.directory.phones import example_phone, format_phone, parse_phone
from partnercenter.errors import Refused


def text_field(label: Any, max_length: int, missing: Any, **options: Any) -> forms.CharField:
    """A field for a text, with the sentence that asks for it where it is missing."""
    return forms.CharField(label=label, max_length=max_length, error_messages={"required": missing}, **options)


class ContactForm(forms.Form):
    """A person of a customer, with the rules of the product, section 5, for the country to which its bills go."""

    first_name = text_field(gettext_lazy("First name"), 50, gettext_lazy("Enter the first name of the contact."))
    last_name = text_field(gettext_lazy("Last name"), 50, gettext_lazy("Enter the last name of the contact."))
    email = text_field(
        gettext_lazy("Email"), 254, gettext_lazy("Enter the email address of the contact."), widget=forms.EmailInput
    )
    phone = text_field(
        gettext_lazy("Phone"), 40, gettext_lazy("Enter the phone number: companies of this country need one.")
    )

    def __init__(self, data: Any = None, *, customer: Customer, initial: Any = None) -> None:
        self.country = customer.bill_to.country
        self.own_domains = [domain.name for domain in customer.partner.tenant.domains.filter(verified_at__isnull=False)]
        super().__init__(data, initial=initial)
        self.fields["phone"].help_text = _("For example %(number)s") % {"number": example_phone(self.country)}

    def phone_as_read(self, phone: str) -> str:
        """A stored number as people of the country write it."""
        return format_phone(phone, self.country) if phone else ""

    def clean_first_name(self) -> str:
        return self._checked_person_name("first_name")

    def clean_last_name(self) -> str:
        return self._checked_person_name("last_name")

    def _checked_person_name(self, field: str) -> str:
        name: str = self.cleaned_data[field]
        if problem := check_person_name(name):
            raise forms.ValidationError(problem.sentence, code=problem.code)
        return name

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if problem := check_contact_email(email, self.own_domains):
            raise forms.ValidationError(problem.sentence, code=problem.code)
        return email

    def clean_phone(self) -> str:
        text: str = self.cleaned_data["phone"]
        try:
            return parse_phone(text, self.country) if text else ""
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
