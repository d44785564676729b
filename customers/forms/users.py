"""Search and filter of a customer's users, as they stand in the address of the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, UserImport
from customers.selectors.user_imports import user_imports_of
from customers.selectors.users import created_by, matching_users
from partnercenter.directory.models import User


class UserSearchForm(forms.Form):
    """What to look for, and the upload to look in; an address that makes no sense looks for nothing in particular."""

    q = forms.CharField(
        label=_("Search users"),
        max_length=200,
        required=False,
        widget=forms.SearchInput(attrs={"autocomplete": "off", "placeholder": _("Name or user name")}),
    )
    upload = forms.UUIDField(required=False)

    def __init__(self, data: Any, *, customer: Customer) -> None:
        super().__init__(data, auto_id="search_%s")
        self.is_valid()
        self.text: str = self.cleaned_data.get("q", "")
        wanted = self.cleaned_data.get("upload")
        self.user_import: UserImport | None = user_imports_of(customer).filter(pk=wanted).first() if wanted else None

    @property
    def searching(self) -> bool:
        """Whether the list leaves anybody out."""
        return bool(self.text or self.user_import)

    def apply(self, users: QuerySet[User]) -> QuerySet[User]:
        """The users that were asked for."""
        if self.user_import:
            users = created_by(users, self.user_import)
        return matching_users(users, self.text)
