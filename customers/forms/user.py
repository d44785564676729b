"""Who a user is: names, location and role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.selectors.user_imports import verified_domains
from customers.services.user_adding import why_not_free
from customers.services.users import EDITABLE, version_of
from customers.userfiles import MAX_EMAIL, MAX_NAME
from customers.userfiles.addresses import is_local_part
from customers.userfiles.limits import MAX_LOCAL_PART
from customers.userfiles.listing import listed
from partnercenter.directory.characters import code_point, invisible_in, shows_something
from partnercenter.directory.countries import country_choices
from partnercenter.directory.models import TenantRole, User


def _seen(text: str) -> None:
    """Raise ValidationError for a text with characters that nobody sees, or of which nothing can be seen."""
    if found := invisible_in(text):
        characters = listed([*map(code_point, dict.fromkeys(found))])
        sentence = _("There are invisible characters in it (%(characters)s). Type it anew.")
        raise ValidationError(sentence % {"characters": characters})
    if not shows_something(text):
        raise ValidationError(_("Nothing of this name can be seen. Enter one with at least one letter, digit or sign."))


class Name(forms.CharField):
    """A name as the directory keeps it: 50 characters that people see."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_NAME, validators=[_seen], **options)


class NamesForm(forms.Form):
    """What a user is called."""

    first_name = Name(label=gettext_lazy("First name"), required=False)
    last_name = Name(label=gettext_lazy("Last name"), required=False)
    display_name = Name(
        label=gettext_lazy("Display name"),
        error_messages={"required": gettext_lazy("Type the name under which others find this user.")},
    )


class RoleForm(forms.Form):
    """Where a user is, and what they may do in their organization."""

    location = forms.ChoiceField(
        label=gettext_lazy("Location"),
        help_text=gettext_lazy("Services differ from country to country; licenses follow the location."),
        error_messages={"required": gettext_lazy("Choose the country or region where this user is.")},
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=TenantRole.choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["location"].choices = [("", _("Choose a location")), *country_choices()]  # type: ignore[attr-defined]


class UserForm(NamesForm, RoleForm):
    """All that can be changed of a user; `seen` is how the user was when the form was made."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("first_name", "last_name", "display_name", "location", "role", "seen")

    def __init__(self, data: Any = None, *, user: User) -> None:
        values = {name: getattr(user, name) for name in EDITABLE}
        super().__init__(data, initial=values | {"seen": version_of(user)})

    @property
    def values(self) -> dict[str, str]:
        """The checked values, by name."""
        return {name: self.cleaned_data[name] for name in EDITABLE}


class WhoForm(NamesForm):
    """Who a new user is: names, and the user name in one of the customer's verified domains."""

    local_part = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=MAX_LOCAL_PART,
        help_text=gettext_lazy("What stands before the @: letters, digits and . _ % + ' -"),
        error_messages={"required": gettext_lazy("Type the name with which this user signs in.")},
    )
    domain = forms.ChoiceField(label=gettext_lazy("Domain"))

    def __init__(self, data: Any = None, *, customer: Customer, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.customer = customer
        names = sorted(verified_domains(customer), key=lambda name: (name != customer.domain, name))
        self.fields["domain"].choices = [(name, f"@{name}") for name in names]  # type: ignore[attr-defined]

    def clean_local_part(self) -> str:
        text = str(self.cleaned_data["local_part"]).lower()
        if not is_local_part(text):
            raise ValidationError(
                _("Only letters, digits and . _ % + ' - can stand in it, no dot at the ends and none after another.")
            )
        return text

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if "local_part" not in said or "domain" not in said:
            return said
        if len(name := principal_name_of(said)) > MAX_EMAIL:
            sentence = _("The user name and its domain have more than %(most)s characters together. Shorten it.")
            self.add_error("local_part", sentence % {"most": MAX_EMAIL})
        elif why := why_not_free(self.customer, name):
            self.add_error("local_part", why)
        return said


def principal_name_of(said: Mapping[str, str]) -> str:
    """The whole user name that the values of a `WhoForm` come to."""
    return f"{said['local_part']}@{said['domain']}"


class PasswordForm(forms.Form):
    """Which password the user had when the person asked for a new one; nothing else is asked."""

    seen = forms.CharField(required=False)
