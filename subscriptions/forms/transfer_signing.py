"""What somebody types to sign a transfer, or to end it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from partnercenter.directory.models import User
from partnercenter.partners.models import Partner
from subscriptions.models import Transfer
from subscriptions.selectors.subscriptions import resellers_for
from subscriptions.selectors.transfers import is_name_of


class SignForm(forms.Form):
    """The own name, typed: the signature. `typed` is what somebody had typed before they had to sign in again."""

    typed_name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Type your own name to sign.")},
    )

    def __init__(self, data: Any = None, *, person: User, typed: QueryDict | None = None, **kwargs: Any) -> None:
        self.person = person
        kwargs["initial"] = kwargs.get("initial", {}) | (typed.dict() if typed else {})
        super().__init__(data, **kwargs)
        self.fields["typed_name"].help_text = _(
            "Type %(name)s to sign. Your name, the moment, your address and your browser are kept."
        ) % {"name": person.display_name}

    def clean_typed_name(self) -> str:
        name: str = self.cleaned_data["typed_name"]
        if not is_name_of(name, self.person):
            raise ValidationError(_("Type your own name to sign: %(name)s.") % {"name": self.person.display_name})
        return name


class SignForTargetForm(SignForm):
    """What the new partner signs: a provider says through which of its resellers it is going to sell."""

    reseller = forms.ModelChoiceField(
        Partner.objects.none(),
        label=gettext_lazy("Reseller"),
        required=False,
        empty_label=gettext_lazy("No reseller: you serve the customer directly"),
        error_messages={"invalid_choice": gettext_lazy("Choose one of your resellers.")},
    )

    field_order: Sequence[str] | None = ("reseller", "typed_name")

    def __init__(self, data: Any = None, *, target: Customer, **kwargs: Any) -> None:
        self.target = target
        super().__init__(data, **kwargs)
        resellers = resellers_for(target.partner)
        self.fields["reseller"].queryset = resellers  # type: ignore[attr-defined]
        if not resellers.exists():
            del self.fields["reseller"]


class EndForm(forms.Form):
    """Why a transfer is canceled or declined; the others read it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=Transfer._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The other parties read it."),
        error_messages={"required": gettext_lazy("Enter why. The other parties read it.")},
    )

    def __init__(self, data: Any = None, *, needs_reason: bool = True, typed: QueryDict | None = None) -> None:
        super().__init__(data, initial=typed.dict() if typed else None)
        self.fields["reason"].required = needs_reason
