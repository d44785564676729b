"""The customer list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final

import django_tables2
from django.utils import dateformat
from django.utils.formats import get_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Tag
from customers.selectors.customers import ORDERS
from customers.selectors.filter_choices import names_of, tags_with
from customers.selectors.finding import CustomersFound
from customers.selectors.list_address import COLUMNS, columns_of
from partnercenter.partners.access import StaffRequest
from partnercenter.partners.models import Partner
from partnercenter.partners.roles import Action
from partnercenter.web.tables import Table


def columns_for(partner: Partner) -> list[str]:
    """The columns that people choose from: a provider's customers have resellers, a reseller's have providers."""
    missing = {Partner.Kind.PROVIDER: {"provider"}, Partner.Kind.RESELLER: {"reseller"}}
    without = missing.get(Partner.Kind(partner.kind), {"provider", "reseller"})
    return [name for name in COLUMNS if name not in without]


class CustomerTable(Table):
    """Customers of one partner, with the columns of the address, as one person looks at them.

    Only a provider's list has a column for the reseller, only a reseller's one for the provider, and only who may
    change tags selects customers. With `count=exact` in the address all of them are counted.
    """

    row_template = "customers/_row.html"
    row_texts = (
        "id",
        "short_id",
        "name",
        "domain",
        "relationship",
        "reseller",
        "provider",
        "tags",
        "added",
        "added_exactly",
    )
    css_class = "customers as-cards"
    caption = _("Customers")
    orders = ORDERS
    default_order = "name"

    select = django_tables2.Column(verbose_name=_("Select"))
    name = django_tables2.Column(verbose_name=_("Name"))
    microsoft_id = django_tables2.Column(verbose_name=_("Microsoft ID"))
    domain = django_tables2.Column(verbose_name=_("Primary domain"))
    relationship = django_tables2.Column(verbose_name=_("Relationship"))
    reseller = django_tables2.Column(verbose_name=_("Reseller"))
    provider = django_tables2.Column(verbose_name=_("Provider"))
    tags = django_tables2.Column(verbose_name=_("Tags"))
    added = django_tables2.Column(verbose_name=_("Added"))

    def __init__(self, customers: CustomersFound, request: StaffRequest) -> None:
        partner = request.partner
        self.choices = columns_for(partner)
        self.shown = {*columns_of(request.GET, self.choices)}
        self.may_select = request.staff.may(Action.EDIT_TAGS)
        self.counted = request.GET.get("count") == "exact"
        super().__init__(customers, request, exclude=self._hidden())
        if self.counted and not super().total_is_exact:
            self.total = customers.count(None)
        self._tag_cells = TagCells(tags_with(partner, (pk for customer in self.records for pk in customer.tag_ids)))
        between = [name for name in ("reseller", "provider") if name in self.shown]
        partners = {getattr(customer, f"{name}_id") for name in between for customer in self.records}
        self._names = names_of(partners) if between else {}
        self._labels = {value: str(label) for value, label in Customer.Relationship.choices}
        self._day_format = get_format("SHORT_DATE_FORMAT")

    def _hidden(self) -> list[str]:
        """The columns that this person does not see."""
        hidden = [name for name in COLUMNS if name not in self.shown]
        return hidden if self.may_select else [*hidden, "select"]

    @property
    def columns_to_choose(self) -> list[tuple[str, str, bool]]:
        """The columns of the menu: name, words, and whether it is shown."""
        return [(name, str(self.base_columns[name].verbose_name), name in self.shown) for name in self.choices]

    @property
    def total_is_exact(self) -> bool:
        return self.counted or super().total_is_exact

    def texts_of(self, customer: Customer) -> dict[str, str]:
        """What the row of a customer shows; moments in UTC where they are exact."""
        microsoft_id, added = str(customer.tenant_id), customer.begun_at
        return {
            "id": microsoft_id,
            "short_id": f"{microsoft_id[:8]}…{microsoft_id[-4:]}",
            "name": customer.name,
            "domain": customer.domain,
            "relationship": "; ".join(map(self._labels.__getitem__, customer.relationships)),
            "reseller": self._names.get(customer.reseller_id, "–"),
            "provider": self._names.get(customer.provider_id, "–"),
            "tags": self._tag_cells[tuple(customer.tag_ids)],
            "added": _day(localtime(added).date(), self._day_format),
            "added_exactly": f"{_day(added.date(), self._day_format)} {added:%H:%M} UTC",
        }


@lru_cache(maxsize=10_000)
def _day(day: date, day_format: str) -> str:
    """A day in digits."""
    return dateformat.format(day, day_format)


class TagCells(dict[tuple[int, ...], SafeString]):
    """Tags of a customer as chips, each combination made once: the first ones by name, and how many more there are."""

    SHOWN: Final = 2

    def __init__(self, tags: Iterable[Tag]) -> None:
        super().__init__()
        self.tags = {tag.pk: tag for tag in tags}

    def __missing__(self, pks: tuple[int, ...]) -> SafeString:
        there = {*pks}
        tags = [tag for pk, tag in self.tags.items() if pk in there]
        first, more = tags[: self.SHOWN], tags[self.SHOWN :]
        words = ((tag.color, tag.name) for tag in first)
        chips = format_html_join("", '<span class="chip" data-color="{}">{}</span>', words)
        if more:
            names = ", ".join(tag.name for tag in more)
            chips += format_html('<span class="chip more" title="{}">+{}</span>', names, len(more))
        self[pks] = chips
        return chips
