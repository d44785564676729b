"""The left column of the portal: where a staff member can go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnercenter.directory.clouds import Feature, offers
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Action
from partnercenter.partners.selectors import staff_of


@dataclass(frozen=True)
class Entry:
    """A place to go: the name of its URL, words, icon, what one must be allowed to do, what the cloud must have.

    `kinds` are the kinds of partners that have such a place.
    """

    url_name: str
    label: str | Promise
    icon: str
    action: Action | None = None
    feature: Feature | None = None
    kinds: frozenset[str] = frozenset(Partner.Kind)

    def is_for(self, staff: Staff) -> bool:
        """Whether this person may go there, and whether there is such a place for their partner and in its cloud."""
        exists = self.feature is None or offers(staff.partner.cloud, self.feature)
        exists = exists and staff.partner.kind in self.kinds
        return exists and (self.action is None or staff.may(self.action))


@dataclass(frozen=True)
class Link:
    """An entry as the page shows it."""

    url: str
    label: str | Promise
    icon: str
    current: bool


# Apps above are named by their URLs only; imports never go up.
PORTAL: Final = (
    Entry("home", _("Home"), "home"),
    Entry("customers:list", _("Customers"), "customers", Action.SEE_CUSTOMERS),
    Entry("subscriptions:list", _("Subscriptions"), "cloud", Action.SEE_CUSTOMERS),
    Entry("subscriptions:catalog", _("Catalog"), "cart", Action.SEE_CUSTOMERS),
    Entry("transfers:list", _("Transfers"), "transfer", Action.SEE_CUSTOMERS, Feature.TRANSFER),
    Entry("requests:list", _("Relationships"), "relationship", Action.SEE_CUSTOMERS),
    Entry(
        "partnerships:list",
        _("Partnerships"),
        "partnership",
        Action.SEE_CUSTOMERS,
        Feature.INDIRECT_MODEL,
        frozenset({Partner.Kind.PROVIDER, Partner.Kind.RESELLER}),
    ),
    Entry("activity:list", _("Activity"), "activity", Action.SEE_ACTIVITY),
    Entry("jobs:list", _("Jobs"), "jobs"),
)

# Pages of a namespace without a list of its own in the column.
_BELOW: Final = {"new_customers": "customers:list", "former": "customers:list"}


def links(entries: Iterable[Entry], staff: Staff, current: str, **kwargs: Any) -> Iterator[Link]:
    """The entries for this person. `current` is the URL name of the page, `kwargs` what the addresses need."""
    for entry in entries:
        if entry.is_for(staff):
            url = reverse(entry.url_name, kwargs=kwargs)
            yield Link(url, entry.label, entry.icon, entry.url_name == current)


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context of the frame: `staff`, `partner` and `navigation`; empty for people of customers."""
    staff = staff_of(request) if hasattr(request, "user") else None
    if staff is None:
        return {"staff": None, "partner": None, "navigation": []}
    match = request.resolver_match
    current = match.view_name if match else ""
    if match and match.namespace and current not in {entry.url_name for entry in PORTAL}:
        # A page below a list belongs to the entry of its list.
        current = _BELOW.get(match.namespace, f"{match.namespace}:list")
    return {"staff": staff, "partner": staff.partner, "navigation": list(links(PORTAL, staff, current))}
