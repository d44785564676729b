"""The bill-to information of a customer, as a form in the way of its country."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise

from customers.forms.company import ADDRESS, CompanyForm
from customers.models import BillTo, Customer
from customers.services.accounts import EDITABLE, bill_to_values


@dataclass(frozen=True)
class Difference:
    """A field in which two people's versions of an account differ; `mine_first` if only this person touched it."""

    name: str
    label: str | Promise
    mine: str
    theirs: str
    mine_first: bool


class AccountForm(CompanyForm):
    """The bill-to information of a customer, whose country stays.

    `version` is the version of the account that the person looks at. Each field carries the value it was opened
    with, so that two people's changes can be told apart.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, customer: Customer) -> None:
        self.bill_to: BillTo = customer.bill_to
        self.known_name = self.bill_to.company_name
        super().__init__(data, partner=customer.partner, country=self.bill_to.country)
        self.initial = self._as_read(bill_to_values(self.bill_to)) | {"version": customer.version}
        self.order_fields(["version", "second_look", "company_name", *ADDRESS])
        self._keep_culture()
        for name in EDITABLE:
            if name in self.fields:
                self.fields[name].show_hidden_initial = True

    def _as_read(self, values: Mapping[str, str]) -> dict[str, str]:
        return {**values, "phone": self.phone_as_read(values["phone"])}

    def _keep_culture(self) -> None:
        """Let an account have the language it has, whichever its country offers."""
        kept, field = self.bill_to.culture, self.fields["culture"]
        if kept not in dict(field.choices):  # type: ignore[attr-defined]
            field.choices = [(kept, kept), *field.choices]  # type: ignore[attr-defined]

    def values(self) -> dict[str, str]:
        """The checked values by the names of `EDITABLE`."""
        return {name: self.cleaned_data[name] for name in EDITABLE}

    def differences(self, customer: Customer) -> Iterator[Difference]:
        """Where this person's version differs from what is saved by now."""
        mine, theirs = self._as_read(self.values()), self._as_read(bill_to_values(customer.bill_to))
        for name in (name for name in self.fields if name in mine and mine[name] != theirs[name]):
            label = self.fields[name].label or name
            yield Difference(name, label, mine[name], theirs[name], mine_first=name in self.changed_data)


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
