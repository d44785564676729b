"""A new Azure subscription, and a role in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.names import NameField
from customers.models import Customer
from customers.selectors.users import users_of
from partnercenter.directory.models import User
from subscriptions.models import RoleAssignment

LONGEST_NAME: Final = 100
CHOOSE_USER: Final = gettext_lazy("Choose the user who gets the role.")
CHOOSE_ROLE: Final = gettext_lazy("Choose a role.")


class SearchForm(forms.Form):
    """What to look for among many: `q` of the address. What makes no sense looks for nothing in particular."""

    q = forms.CharField(max_length=200, required=False, widget=forms.SearchInput(attrs={"autocomplete": "off"}))

    def __init__(self, data: Any, *, label: str) -> None:
        super().__init__(data)
        self.fields["q"].label = label
        self.is_valid()
        self.text: str = self.cleaned_data.get("q", "")


class AzureForm(forms.Form):
    """What a new Azure subscription is called.

    `wish` is another one on every page: a form that is sent twice is one wish.
    """

    name = NameField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("What runs in it, or for whom: “Web shop”, “Research”."),
        error_messages={"required": gettext_lazy("Type a name by which people know what runs in it.")},
    )
    wish = forms.CharField(
        max_length=64, required=False, widget=forms.HiddenInput, initial=lambda: get_random_string(22)
    )


class RoleForm(forms.Form):
    """Who gets which role; `found` are the users to choose from."""

    user = forms.UUIDField(
        label=gettext_lazy("User"),
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE_USER, "invalid": CHOOSE_USER},
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        help_text=gettext_lazy(
            "An Owner may do everything and gives roles to others, a Contributor everything else, a Reader only looks."
        ),
        error_messages={"required": CHOOSE_ROLE, "invalid_choice": CHOOSE_ROLE},
    )

    def __init__(self, data: Any, *, customer: Customer, found: Sequence[User]) -> None:
        super().__init__(data)
        self.customer = customer
        self.has_choice = bool(found)
        choices = [(str(user.pk), f"{user.display_name} · {user.principal_name}") for user in found]
        self.fields["user"].widget.choices = choices
        self.fields["role"].choices = [("", _("Choose a role")), *RoleAssignment.Role.choices]  # type: ignore[attr-defined]

    def clean_user(self) -> User:
        """The user; nobody else's, and none who is deleted."""
        user_id: UUID = self.cleaned_data["user"]
        found = users_of(self.customer).filter(pk=user_id).first()
        if found is None:
            raise ValidationError(_("This user is not there any more. Choose another one."))
        return found
