"""The special qualification of a customer, and what it rests on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from customers.forms.meanwhile import SeenForm
from customers.models import Customer, QualificationDetails
from customers.services.meanwhile import Overtaken
from customers.services.qualifications import STATED
from partnercenter.directory.characters import invisible_in

Qualification = Customer.Qualification

# What has to be stated for a qualification, and the sentence where it is missing.
REQUIRED: Final[Mapping[str, Mapping[str, Promise]]] = {
    Qualification.EDUCATION: {
        "segment": gettext_lazy("Choose the segment: schools and universities have different offers."),
        "website": gettext_lazy("Enter the website of the school or university."),
    },
    Qualification.GOVERNMENT: {
        "validation_code": gettext_lazy("Enter the code with which the government community was validated."),
    },
}


class QualificationRules(forms.Form):
    """One qualification or none, with the rules of the product, section 5.

    What belongs to another qualification than the chosen one is not kept.
    """

    qualification = forms.ChoiceField(
        label=gettext_lazy("Special qualification"), required=False, widget=forms.RadioSelect
    )
    segment = forms.ChoiceField(
        label=gettext_lazy("Segment"),
        required=False,
        choices=[("", "–"), *QualificationDetails.Segment.choices],
    )
    website = forms.URLField(
        label=gettext_lazy("Website"),
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text=gettext_lazy("For example https://school.example"),
        error_messages={
            "invalid": gettext_lazy("This is no address of a website. Enter one such as https://school.example.")
        },
    )
    validation_code = forms.CharField(label=gettext_lazy("Validation code"), required=False, max_length=50)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["qualification"].choices = [("", gettext_lazy("None")), *Qualification.choices]  # type: ignore[attr-defined]

    def clean_validation_code(self) -> str:
        code: str = self.cleaned_data["validation_code"]
        if invisible_in(code):
            raise forms.ValidationError(gettext_lazy("There are invisible characters in it. Type it anew."))
        return code

    def clean(self) -> dict[str, Any]:
        super().clean()
        said = self.cleaned_data
        for name, sentence in REQUIRED.get(said.get("qualification", ""), {}).items():
            if name not in self.errors and not said.get(name):
                self.add_error(name, str(sentence))
        return said

    @property
    def qualified(self) -> dict[str, str]:
        """The checked values by the names of `STATED`."""
        chosen: str = self.cleaned_data["qualification"]
        kept = {"qualification", *REQUIRED.get(chosen, {})}
        return {name: self.cleaned_data[name] if name in kept else "" for name in STATED}


class QualificationForm(QualificationRules, SeenForm):
    """The qualification of a customer; `before` is what was stated when the person opened the form.

    `typed` is what somebody had typed before they had to sign in again.
    """

    def __init__(self, data: Any = None, *, before: Mapping[str, str], typed: QueryDict | None = None) -> None:
        self.before = dict(before)
        super().__init__(
            data, initial=self.before | {"seen": json.dumps(self.before)} | (typed.dict() if typed else {})
        )

    @property
    def values(self) -> dict[str, str]:
        """The checked values by the names of `STATED`."""
        return self.qualified

    @property
    def seen_before(self) -> dict[str, str]:
        """How it was when the person began; how it is now only if that is still the same."""
        return self.before if self.cleaned_data["seen"] == json.dumps(self.before) else {}

    def see_anew(self, overtaken: Overtaken, now: Mapping[str, str]) -> None:
        """Say what a colleague stated meanwhile, see `SeenForm.tell`."""
        theirs = {name: self._read(name, now[name]) for name, mine in self.values.items() if now[name] != mine}
        self.tell(overtaken, seen=json.dumps(dict(now)), theirs=theirs)

    def _read(self, name: str, value: str) -> str:
        """A value as people read it."""
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, value))
