"""A new Azure subscription, and a role in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.names import NameField
from customers.models import Customer
from customers.selectors.users import users_of
from partnercenter.directory.models import User
from partnercenter.partners.models import Partner
from subscriptions.models import RoleAssignment
from subscriptions.selectors.azure import why_no_users

LONGEST_NAME: Final = 100
LONGEST_WISH: Final = 64
CHOOSE_PRINCIPAL: Final = gettext_lazy("Choose who gets the role.")
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

    `wish` is another one on every page: a form that is sent twice is one wish. `typed` is what somebody had typed
    before they had to sign in again.
    """

    name = NameField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("What runs in it, or for whom: “Web shop”, “Research”."),
        error_messages={"required": gettext_lazy("Type a name by which people know what runs in it.")},
    )
    wish = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, typed: QueryDict | None = None) -> None:
        super().__init__(data, initial={"wish": get_random_string(22)} | (typed.dict() if typed else {}))

    def clean_wish(self) -> str:
        """The wish. Where there is none, a new one for the next time: without it two clicks would be two wishes."""
        wish: str = self.cleaned_data["wish"]
        if not wish or len(wish) > LONGEST_WISH:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["wish"] = get_random_string(22)  # type: ignore[index]
            raise ValidationError(_("The page was not sent as a whole. Nothing was added yet: send it once more."))
        return wish


class RoleForm(forms.Form):
    """Who gets which role: one of the `partners` as a foreign principal, or one of the `users` that a search found.

    `typed` is what somebody had chosen before they had to sign in again.
    """

    principal = forms.CharField(
        label=gettext_lazy("Principal"), widget=forms.RadioSelect, error_messages={"required": CHOOSE_PRINCIPAL}
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        help_text=gettext_lazy(
            "An Owner may do everything and gives roles to others, a Contributor everything else, a Reader only looks."
        ),
        error_messages={"required": CHOOSE_ROLE, "invalid_choice": CHOOSE_ROLE},
    )

    def __init__(
        self,
        data: Any,
        *,
        customer: Customer,
        partners: Sequence[Partner],
        users: Sequence[User],
        typed: QueryDict | None = None,
    ) -> None:
        super().__init__(data, initial=typed)
        self.customer = customer
        self.partners = {f"partner-{partner.pk}": partner for partner in partners}
        self.fields["principal"].widget.choices = [
            *((key, f"{partner} · {_('Foreign principal')}") for key, partner in self.partners.items()),
            *((f"user-{user.pk}", f"{user.display_name} · {user.principal_name}") for user in users),
        ]
        self.fields["role"].choices = [("", _("Choose a role")), *RoleAssignment.Role.choices]  # type: ignore[attr-defined]

    def clean_principal(self) -> User | Partner:
        """One of the partners, or a user of the customer, whether or not a search found them now."""
        chosen: str = self.cleaned_data["principal"]
        if chosen in self.partners:
            return self.partners[chosen]
        if why_not := why_no_users(self.customer):
            raise ValidationError(why_not)
        pk = forms.UUIDField(error_messages={"invalid": CHOOSE_PRINCIPAL}).clean(chosen.removeprefix("user-"))
        found = users_of(self.customer).filter(pk=pk).first()
        if found is None:
            raise ValidationError(_("This user is not there any more. Choose another one."))
        return found
