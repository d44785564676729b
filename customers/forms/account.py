"""The bill-to information of a customer, as a form in the way of its country."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from customers.forms.contact import ContactForm, text_field
from customers.models import BillTo, Customer
from customers.services.accounts import EDITABLE, bill_to_values
from partnercenter.directory.addresses import (
    AddressField,
    address_rules,
    check_address,
    normalize_address,
    state_choices,
)
from partnercenter.directory.countries import culture_choices, requires_registration_id
from partnercenter.directory.names import check_company_name, company_name_warning


@dataclass(frozen=True)
class Difference:
    """A field in which two people's versions of an account differ; `mine_first` if only this person touched it."""

    name: str
    label: str | Promise
    mine: str
    theirs: str
    mine_first: bool


class AccountForm(ContactForm):
    """Bill-to information with the rules of the product, section 5, for the country of the customer.

    `version` is the version of the account that the person looks at. Each field carries the value it was opened
    with, so that two people's changes can be told apart.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    second_look = forms.CharField(widget=forms.HiddenInput, required=False)
    company_name = text_field(gettext_lazy("Company name"), 255, gettext_lazy("Enter the name of the company."))
    registration_id = text_field(
        gettext_lazy("Organization registration ID"),
        50,
        gettext_lazy("Enter the registration ID: companies of this country need one."),
    )
    culture = forms.ChoiceField(label=gettext_lazy("Language"))

    def __init__(self, data: Any = None, *, customer: Customer) -> None:
        self.bill_to: BillTo = customer.bill_to
        super().__init__(data, customer=customer)
        self.initial = self._as_read(bill_to_values(self.bill_to)) | {"version": customer.version}
        self.fields |= {field.name: _address_field(field, self.country) for field in address_rules(self.country).fields}
        self.order_fields(["version", "second_look", "company_name", *_ADDRESS])
        required = requires_registration_id(self.country)
        self.fields["registration_id"].required = self.fields["phone"].required = required
        self.fields["culture"].choices = self._cultures()  # type: ignore[attr-defined]
        for name in EDITABLE:
            if name in self.fields:
                self.fields[name].show_hidden_initial = True

    def _as_read(self, values: Mapping[str, str]) -> dict[str, str]:
        return {**values, "phone": self.phone_as_read(values["phone"])}

    def _cultures(self) -> list[tuple[str, str]]:
        choices = culture_choices(self.country)
        kept = self.bill_to.culture
        return choices if kept in dict(choices) else [(kept, kept), *choices]

    def address_fields(self) -> Iterator[forms.BoundField]:
        """The parts of the address, in the order in which people of its country write them."""
        return (self[name] for name in self.fields if name in _ADDRESS)

    def clean_company_name(self) -> str:
        name: str = self.cleaned_data["company_name"]
        if problem := check_company_name(name):
            raise forms.ValidationError(problem.sentence, code=problem.code)
        unchanged = name in (self.bill_to.company_name, self.data.get("second_look"))
        if (warning := company_name_warning(name)) and not unchanged:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["second_look"] = name  # type: ignore[index]
            raise forms.ValidationError(warning.sentence, code=warning.code)
        return name

    def clean(self) -> dict[str, Any]:
        """Check the address as a whole: its parts depend on one another."""
        typed = {name: str(self.cleaned_data.get(name, "")) for name in _ADDRESS}
        for name, sentence in check_address(self.country, typed).items():
            if name not in self.errors:
                self.add_error(name, sentence)
        return {**self.cleaned_data, **normalize_address(self.country, typed)}

    def values(self) -> dict[str, str]:
        """The checked values by the names of `EDITABLE`."""
        return {name: self.cleaned_data[name] for name in EDITABLE}

    def differences(self, customer: Customer) -> Iterator[Difference]:
        """Where this person's version differs from what is saved by now."""
        mine, theirs = self._as_read(self.values()), self._as_read(bill_to_values(customer.bill_to))
        for name in (name for name in self.fields if name in mine and mine[name] != theirs[name]):
            label = self.fields[name].label or name
            yield Difference(name, label, mine[name], theirs[name], mine_first=name in self.changed_data)


_ADDRESS = ("line1", "line2", "city", "state", "postal_code")


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


def with_picks(data: Any, customer: Customer) -> Any:
    """Posted data in which the fields that were picked as “theirs” have the values saved by now."""
    if data is None or not any(key.startswith("pick_") for key in data):
        return data
    merged = data.copy()
    bill_to = customer.bill_to
    for name, value in bill_to_values(bill_to).items():
        if data.get(f"pick_{name}") == "theirs":
            merged[name] = value
    return merged
