"""How the details of a line are told: in the reader's language, old and new apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from partnercenter.activity.models import Activity
from partnercenter.directory.countries import country_name
from partnercenter.partners.roles import Action
from partnercenter.web.templatetags.web import grouped

# A line keeps English words and codes, so that everybody reads it in their own language.
TRIED: Final = gettext_noop("Action")
ADDRESS: Final = gettext_noop("Address")
ROLE: Final = gettext_noop("Role")
LOCATION: Final = gettext_noop("Location")
SCOPE: Final = gettext_noop("Scope")
QUALIFICATION: Final = gettext_noop("Special qualification")
SEGMENT: Final = gettext_noop("Segment")
BILLING: Final = gettext_noop("Billing")


@dataclass(frozen=True)
class Detail:
    """One thing a line tells: its name, its value now and, of a change, the value before."""

    label: str
    new: str
    old: str = ""
    is_change: bool = False

    def __str__(self) -> str:
        words = {"label": self.label, "old": self.old or "–", "new": self.new or "–"}
        return (_("%(label)s: %(old)s → %(new)s") if self.is_change else _("%(label)s: %(new)s")) % words


def details_of(line: Activity) -> list[Detail]:
    """What a line tells, ready to be read."""
    return [_detail(name, value) for name, value in line.details.items()]


def told(details: Iterable[Detail]) -> str:
    """Details as one text, as the cell of an export has it."""
    return "; ".join(map(str, details))


def _detail(name: str, value: Any) -> Detail:
    if isinstance(value, list) and len(value) == 2:
        old, new = (_text(name, one) for one in value)
        return Detail(_(name), new, old, is_change=True)
    return Detail(_(name), _text(name, value))


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return grouped(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return _READERS.get(name, str)(str(value))


def _action(value: str) -> str:
    return str(Action(value).label) if value in Action.values else value


def _cycle(code: str) -> str:
    # A code is the English word in small letters; the portal translates that word for the catalog.
    return _(code.capitalize())


# What is kept in English or as a code, by the name of the thing.
_READERS: Final[Mapping[str, Callable[[str], str]]] = {
    TRIED: _action,
    ROLE: _,
    LOCATION: country_name,
    SCOPE: _,
    QUALIFICATION: _,
    SEGMENT: _,
    BILLING: _cycle,
}
