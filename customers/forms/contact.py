"""Somebody at a customer who can be reached: names, mail address and phone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnercenter.directory.names import check_contact_email, check_person_name
from partnercenter.directory.phones import example_phone, format_phone, parse_phone
from partnercenter.errors import Refused
from partnercenter.partners.models import Partner


def text_field(label: Any, max_length: int, missing: Any, **options: Any) -> forms.CharField:
    """A field for a text, with the sentence that asks for it where it is missing."""
    return forms.CharField(label=label, max_length=max_length, error_messages={"required": missing}, **options)


class ContactForm(forms.Form):
    """A person of a customer of a partner, with the rules of the product, section 5.

    `rules_of` is the country to which bills go: phones are dialed and addresses written as they are there.
    """

    first_name = text_field(gettext_lazy("First name"), 50, gettext_lazy("Enter the first name of the contact."))
    last_name = text_field(gettext_lazy("Last name"), 50, gettext_lazy("Enter the last name of the contact."))
    email = text_field(
        gettext_lazy("Email"), 254, gettext_lazy("Enter the email address of the contact."), widget=forms.EmailInput
    )
    phone = text_field(
        gettext_lazy("Phone"), 40, gettext_lazy("Enter the phone number: companies of this country need one.")
    )

    def __init__(self, data: Any = None, *, partner: Partner, country: str, initial: Any = None) -> None:
        self.rules_of = country
        self.own_domains = [domain.name for domain in partner.tenant.domains.filter(verified_at__isnull=False)]
        super().__init__(data, initial=initial)
        self.fields["phone"].help_text = _("For example %(number)s") % {"number": example_phone(country)}

    def phone_as_read(self, phone: str) -> str:
        """A stored number as people of the country write it."""
        return format_phone(phone, self.rules_of) if phone else ""

    def clean_first_name(self) -> str:
        return self.checked_person_name("first_name")

    def clean_last_name(self) -> str:
        return self.checked_person_name("last_name")

    def clean_email(self) -> str:
        return self.checked_email("email")

    def clean_phone(self) -> str:
        return self.checked_phone("phone")

    def checked_person_name(self, field: str) -> str:
        name: str = self.cleaned_data[field]
        if problem := check_person_name(name):
            raise forms.ValidationError(problem.sentence, code=problem.code)
        return name

    def checked_email(self, field: str) -> str:
        email: str = self.cleaned_data[field]
        if problem := check_contact_email(email, self.own_domains):
            raise forms.ValidationError(problem.sentence, code=problem.code)
        return email

    def checked_phone(self, field: str) -> str:
        """The number in this field as E.164 writes it; empty where there is none."""
        text: str = self.cleaned_data[field]
        try:
            return parse_phone(text, self.rules_of) if text else ""
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
