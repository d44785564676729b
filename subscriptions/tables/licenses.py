"""Seats of a customer's products, and what came of a change of licenses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import django_tables2
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnercenter.partners.access import StaffRequest
from partnercenter.web.tables import Table
from subscriptions.models import LicenseChange, LicenseResult
from subscriptions.selectors.licenses import RESULT_ORDER
from subscriptions.selectors.subscriptions import ORDERS

_CHUNK: Final = 2_000

Product = tuple[UUID, str]

# The kind of badge for each outcome.
_BADGES: Final = {
    LicenseResult.Outcome.ASSIGNED: "good",
    LicenseResult.Outcome.REVOKED: "good",
    LicenseResult.Outcome.HAD: "plain",
    LicenseResult.Outcome.HAD_NOT: "plain",
}

RESULT_HEADER: Final[tuple[Promise, ...]] = (_("Display name"), _("User name"), _("Product"), _("Result"))


class ProductTable(Table):
    """What a customer has seats of, and how many are left."""

    row_template = "subscriptions/_product_row.html"
    orders = ORDERS
    default_order = "name"
    caption = _("Products with licenses")
    css_class = "as-cards"

    name = django_tables2.Column(verbose_name=_("Product"))
    total_seats = django_tables2.Column(verbose_name=_("Total"))
    assigned = django_tables2.Column(verbose_name=_("Assigned"))
    available = django_tables2.Column(verbose_name=_("Available"))
    state = django_tables2.Column(verbose_name=_("State"))


class LicenseResultTable(Table):
    """What came of each license, in the order in which the users were selected."""

    row_template = "subscriptions/_license_result_row.html"
    orders = {"place": RESULT_ORDER}
    default_order = "place"
    caption = _("Results")
    css_class = "as-cards"

    name = django_tables2.Column(verbose_name=_("Display name"))
    address = django_tables2.Column(verbose_name=_("User name"))
    product = django_tables2.Column(verbose_name=_("Product"))
    outcome = django_tables2.Column(verbose_name=_("Result"))

    def __init__(self, results: QuerySet[LicenseResult], request: StaffRequest) -> None:
        super().__init__(results, request)
        for result in self.records:
            result.badge = _BADGES.get(LicenseResult.Outcome(result.outcome), "warn")


def changed_products(change: LicenseChange, names: Mapping[UUID, str]) -> tuple[list[Product], list[Product]]:
    """What a change assigns and what it revokes, each with its name out of `names`, in their order."""
    products = [*names.items()]
    return [one for one in products if one[0] in change.assign], [one for one in products if one[0] in change.revoke]


def export_result_rows(results: QuerySet[Any]) -> Iterator[tuple[object, ...]]:
    """A line for each result, in the language that is active, read with a server-side cursor."""
    outcomes = {value: str(label) for value, label in LicenseResult.Outcome.choices}
    rows = results.order_by("pk").values_list(
        "display_name", "principal_name", "subscription__name", "outcome", "user_id"
    )
    for display_name, principal_name, product, outcome, user_id in rows.iterator(chunk_size=_CHUNK):
        yield display_name or "", principal_name or user_id, product, outcomes[outcome]
