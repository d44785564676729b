"""Users that somebody selected in the list, as its form `selection` sends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.selection import guids_of
from customers.forms.users import UserSearchForm
from customers.userfiles import MAX_ROWS
from partnercenter.directory.countries import country_choices
from partnercenter.directory.models import TenantRole
from partnercenter.errors import Refused
from partnercenter.web.templatetags.web import grouped

# As many as one file can bring.
MOST_SELECTED: Final = MAX_ROWS


@dataclass(frozen=True)
class UserSelection:
    """Some users of a customer, by their ids; `is_all` if they are all that a search and filters find."""

    ids: tuple[UUID, ...]
    is_all: bool

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def fields(self) -> dict[str, str]:
        """Hidden fields that select the same again, and say how many they were."""
        return {"all": "1", "count": str(self.count)} if self.is_all else {"ids": " ".join(map(str, self.ids))}


def users_selected(data: Any, form: UserSearchForm) -> UserSelection:
    """What was selected: `ids`, each with one or more ids, or with `all=1` what the list's form finds, newest first.

    Raises `Refused` where nothing is selected, for all that a senseless address finds, and for more users than can be
    changed in one go.
    """
    is_all = data.get("all") == "1"
    if is_all and form.senseless:
        raise Refused(_("The address of this list is not in order, so nothing was done. Search and select anew."))
    if is_all:
        # The first global admin of a customer comes last and is therefore the one who stays, where one has to.
        found = form.found.rows.order_by("-created_at", "-pk").values_list("pk", flat=True)
        ids = tuple(found[: MOST_SELECTED + 1])
    else:
        ids = tuple(sorted({*guids_of(data)}))
    if not ids:
        raise Refused(_("No user is selected. Tick the boxes of some, or select all that match."))
    if len(ids) > MOST_SELECTED:
        sentence = _(
            "At most %(limit)s users can be changed in one go. Search or filter the list, and change them part by part."
        )
        raise Refused(sentence % {"limit": grouped(MOST_SELECTED)})
    return UserSelection(ids, is_all)


class NewRoleForm(forms.Form):
    """Which role all of them get."""

    value = forms.ChoiceField(label=gettext_lazy("New role"), choices=TenantRole.choices)


class NewLocationForm(forms.Form):
    """Where all of them are."""

    value = forms.ChoiceField(
        label=gettext_lazy("New location"),
        help_text=gettext_lazy("Services differ from country to country; licenses follow the location."),
        error_messages={"required": gettext_lazy("Choose the country or region where these users are.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["value"].choices = [("", _("Choose a location")), *country_choices()]  # type: ignore[attr-defined]


# What else has to be said, by the name of the act.
VALUE_FORMS: Final[Mapping[str, type[forms.Form]]] = {"role": NewRoleForm, "location": NewLocationForm}
