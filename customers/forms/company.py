"""A company to which bills go: its name, its address in the way of its country, and who can be reached there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.contact import ContactForm, text_field
from partnercenter.directory.addresses import (
    AddressField,
    address_rules,
    check_address,
    normalize_address,
    state_choices,
)
from partnercenter.directory.countries import culture_choices, requires_registration_id
from partnercenter.directory.names import check_company_name, company_name_warning
from partnercenter.partners.models import Partner

ADDRESS: Final = ("line1", "line2", "city", "state", "postal_code")


class CompanyForm(ContactForm):
    """Bill-to information with the rules of the product, section 5, for one country.

    `second_look` is the name about which the person was asked whether it is right; `known_name` the one it had before.
    """

    second_look = forms.CharField(widget=forms.HiddenInput, required=False)
    company_name = text_field(gettext_lazy("Company name"), 255, gettext_lazy("Enter the name of the company."))
    registration_id = text_field(
        gettext_lazy("Organization registration ID"),
        50,
        gettext_lazy("Enter the registration ID: companies of this country need one."),
    )
    culture = forms.ChoiceField(label=gettext_lazy("Language"))
    known_name = ""

    def __init__(self, data: Any = None, *, partner: Partner, country: str, initial: Any = None) -> None:
        super().__init__(data, partner=partner, country=country, initial=initial)
        self.fields |= {field.name: _address_field(field, country) for field in address_rules(country).fields}
        required = requires_registration_id(country)
        if "postal_code" in self.fields and (example := address_rules(country).postal_example):
            self.fields["postal_code"].help_text = _("For example %(number)s") % {"number": example}
        self.fields["registration_id"].required = self.fields["phone"].required = required
        self.fields["culture"].choices = culture_choices(country)  # type: ignore[attr-defined]

    def address_fields(self) -> Iterator[forms.BoundField]:
        """The parts of the address, in the order in which people of its country write them."""
        return (self[name] for name in self.fields if name in ADDRESS)

    def clean_company_name(self) -> str:
        name: str = self.cleaned_data["company_name"]
        if problem := check_company_name(name):
            raise forms.ValidationError(problem.sentence, code=problem.code)
        unchanged = name in (self.known_name, self.data.get("second_look"))
        if (warning := company_name_warning(name)) and not unchanged:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["second_look"] = name  # type: ignore[index]
            raise forms.ValidationError(warning.sentence, code=warning.code)
        return name

    def clean(self) -> dict[str, Any]:
        """Check the address as a whole: its parts depend on one another."""
        super().clean()
        typed = {name: str(self.cleaned_data.get(name, "")) for name in ADDRESS}
        for name, sentence in check_address(self.rules_of, typed).items():
            if name not in self.errors:
                self.add_error(name, sentence)
        return {**self.cleaned_data, **normalize_address(self.rules_of, typed)}


def _address_field(rules: AddressField, country: str) -> forms.Field:
    """The form field of one part of an address, in the words of its country."""
    attributes = {"autocomplete": rules.autocomplete}
    missing = {"required": check_address(country, {}).get(rules.name, "")}
    choices = state_choices(country) if rules.name == "state" else []
    if choices:
        return forms.ChoiceField(
            label=str(rules.label),
            required=rules.required,
            error_messages=missing,
            choices=[("", "–"), *choices],
            widget=forms.Select(attrs=attributes),
        )
    return forms.CharField(
        label=str(rules.label),
        required=rules.required,
        error_messages=missing,
        max_length=rules.max_length,
        widget=forms.TextInput(attrs=attributes),
    )
