"""Search and filters of a customer's users, as they stand in the address of the list."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from customers.forms.user_filters import user_filters
from customers.models import Customer, UserImport
from customers.selectors.user_imports import user_imports_of
from customers.selectors.users import (
    SignIn,
    UsersFound,
    created_by,
    deleted_users_of,
    signs_in_as,
    users_of,
)
from partnercenter.directory.models import TenantRole, User
from partnercenter.web.forms import search_field
from partnercenter.web.searching import matching_text

STATES: Final = [
    ("", _("All states")),
    *((value, label) for value, label in SignIn.choices if value != SignIn.DELETED),
]
ROLES: Final = [("", _("All roles")), *TenantRole.choices]


class UserSearchForm(forms.Form):
    """What to look for: `q state role upload deleted` of the address, and what else `user_filters` are called.

    What makes no sense in it looks for nothing in particular; but it is `senseless`, and nothing is done with whom it
    finds. States and further filters are of those who are not `deleted`.
    """

    q = search_field(_("Search users"), _("Name or user name"))
    state = forms.ChoiceField(label=_("Sign-in"), choices=STATES, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, required=False)
    upload = forms.UUIDField(required=False)

    def __init__(self, data: Any, *, customer: Customer) -> None:
        super().__init__(data, auto_id="search_%s")
        further = {name: made(customer) for name, made in user_filters().items()}
        self.fields |= further
        for name in ("state", "role", *further):
            self.fields[name].widget.attrs |= {"form": "find", "autocomplete": "off"}
        self.customer = customer
        self.deleted = data.get("deleted") == "1"
        self.is_valid()
        self.text: str = self.cleaned_data.get("q", "")
        self.chosen_role: str = self.cleaned_data.get("role", "")
        self.chosen_state: str = "" if self.deleted else self.cleaned_data.get("state", "")
        chosen = {} if self.deleted else {name: self.cleaned_data.get(name) for name in further}
        self.further = [(further[name], value) for name, value in chosen.items() if value]
        wanted = self.cleaned_data.get("upload")
        self.user_import: UserImport | None = user_imports_of(customer).filter(pk=wanted).first() if wanted else None

    @property
    def senseless(self) -> bool:
        """Whether the address asks for something that there is not: it may have meant only a few."""
        return bool(self.errors) or bool(self.cleaned_data.get("upload") and self.user_import is None)

    @property
    def searching(self) -> bool:
        """Whether the list leaves anybody out."""
        return bool(self.text or self.user_import or self.filtering)

    @property
    def filtering(self) -> bool:
        """Whether it leaves out users for their state or role, or for what else is asked of them."""
        return bool(self.chosen_state or self.chosen_role or self.further)

    @property
    def filters(self) -> list[forms.BoundField]:
        """The fields beside the search that the list shows."""
        names = ("role",) if self.deleted else ("state", "role", *user_filters())
        return [self[name] for name in names]

    @property
    def matching(self) -> str:
        """What of the address says which users the list has, and nothing of how it shows them."""
        names = sorted(("deleted", "q", "role", "state", "upload", *user_filters()))
        return urlencode([(name, self.data[name]) for name in names if self.data.get(name)])

    @property
    def found(self) -> UsersFound:
        """The users that were asked for."""
        if self.deleted:
            return UsersFound(matching_text(self._narrowed(deleted_users_of(self.customer)), self.text))
        users = users_of(self.customer)
        narrowed = self._narrowed(users) if self.user_import or self.filtering else None
        return UsersFound(users, self.text, narrowed=narrowed)

    def _narrowed(self, users: QuerySet[User]) -> QuerySet[User]:
        """Those of the users who meet the filters."""
        if self.user_import:
            users = created_by(users, self.user_import)
        if self.chosen_role:
            users = users.filter(role=self.chosen_role)
        if self.chosen_state:
            users = users.filter(signs_in_as(SignIn(self.chosen_state)))
        for asked, value in self.further:
            users = asked.narrow(users, value)
        return users
