"""What the current partner chooses of a transfer, and the answers to one: a signature, or a reason."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnercenter.directory.models import User
from partnercenter.folding import fold
from subscriptions.models import Transfer, TransferSignature
from subscriptions.selectors.transfer_tree import Choice

NO_REASON: Final = gettext_lazy("Enter why you decline. The customer and the new partner read it.")


class IdsField(forms.Field):
    """GUIDs: one in each value, or several with spaces between them."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> frozenset[UUID]:
        """The GUIDs; raises ValidationError for anything else."""
        try:
            return frozenset(UUID(word) for text in value or () for word in text.split())
        except ValueError as error:
            raise ValidationError(_("Something was chosen that the portal does not know. Choose anew.")) from error


class ChoiceForm(forms.Form):
    """What is ticked in the tree. `everything` with the ids of what stays, or the ids of what moves.

    `shown` are the things that the page had boxes for, `thing` those whose box was ticked, `q` what was searched for.
    """

    q = forms.CharField(
        label=gettext_lazy("Search by name or subscription ID"),
        max_length=200,
        required=False,
        widget=forms.SearchInput(attrs={"autocomplete": "off"}),
    )
    everything = forms.BooleanField(required=False, widget=forms.HiddenInput)
    ids = IdsField(required=False)
    shown = IdsField(required=False)
    thing = IdsField(required=False)
    step = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def read(self) -> dict[str, Any]:
        return getattr(self, "cleaned_data", {})

    @property
    def step_name(self) -> str:
        """What was pressed: look, all, none, check or accept; to look where it is none of them."""
        return str(self.read.get("step") or "look") if not self.errors else "look"

    @property
    def choice(self) -> Choice:
        """What is chosen once this was sent."""
        if self.errors or self.step_name == "none":
            return Choice()
        if self.step_name == "all":
            return Choice(everything=True)
        before = Choice(self.read.get("everything", False), self.read.get("ids", frozenset()))
        return before.after(self.read.get("shown", ()), self.read.get("thing", frozenset()))


class SignForm(forms.Form):
    """The own name, typed: that is the signature. `typed` is what somebody typed before they had to sign in again."""

    typed_name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=TransferSignature._meta.get_field("typed_name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Type your name to sign.")},
    )

    def __init__(self, data: Any = None, *, person: User, typed: QueryDict | None = None) -> None:
        self.person = person
        super().__init__(data, initial=typed.dict() if typed else None)
        self.fields["typed_name"].help_text = _(
            "Type %(name)s. Your name, the moment, your address and your browser are kept as your signature."
        ) % {"name": person.display_name}

    def clean_typed_name(self) -> str:
        """The name as it was typed; capital letters and spaces make no difference."""
        name: str = self.cleaned_data["typed_name"]
        if not same_name(name, self.person.display_name):
            raise ValidationError(_("Type your own name to sign: %(name)s.") % {"name": self.person.display_name})
        return name


def same_name(typed: str, name: str) -> bool:
    """Whether somebody typed a name, as the service compares them."""
    return " ".join(typed.split()).casefold() == name.casefold()


class DeclineForm(forms.Form):
    """Why a party declines. A partner has to say so, a customer may."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=Transfer._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": NO_REASON},
    )

    def __init__(self, data: Any = None, *, must: bool = True) -> None:
        super().__init__(data)
        self.fields["reason"].required = self.must = must
        self.fields["reason"].help_text = (
            _("The customer and the new partner read it.") if must else _("The partners read it.")
        )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if self.must and not fold(reason):
            raise ValidationError(NO_REASON)
        return reason
