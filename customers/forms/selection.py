"""Customers that somebody selected in the list, as its form `selection` sends them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.forms.customer_list import ListForm, found_by
from customers.models import Customer
from customers.selectors.criteria import Criteria
from customers.selectors.customers import customers_of
from customers.selectors.finding import CustomersFound
from customers.selectors.list_query import as_guid
from partnercenter.errors import Refused
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import COUNT_LIMIT
from partnercenter.web.templatetags.web import grouped


@dataclass(frozen=True)
class Selection:
    """Some customers of a partner: those with certain Microsoft IDs, or `all` that a search and filters find.

    `tenant_ids` are Microsoft IDs of customers that the partner serves now, at most 10,000; of more there are none.
    `all` is the source of those that match, or None. `count` is exact up to 10,000, and 10,001 for any larger number.
    """

    partner: Partner
    count: int
    tenant_ids: tuple[UUID, ...] = ()
    all: CustomersFound | None = None

    @property
    def is_counted(self) -> bool:
        """Whether all of them are known one by one."""
        return self.count <= COUNT_LIMIT

    @property
    def customers(self) -> QuerySet[Customer]:
        """Those that are known one by one."""
        return customers_of(self.partner).filter(tenant_id__in=self.tenant_ids)

    @property
    def chosen_by(self) -> tuple[UUID, ...] | Criteria:
        """What a job needs to find them: their Microsoft IDs, or what they have to be."""
        return self.all.criteria if self.all else self.tenant_ids

    def count_all(self) -> int:
        """How many there are, exactly."""
        return self.count if self.is_counted or not self.all else self.all.count(None)

    @property
    def fields(self) -> dict[str, str]:
        """Hidden fields that select the same again."""
        return {"all": "1"} if self.all else {"ids": " ".join(map(str, self.tenant_ids))}


def selection_from(data: Any, form: ListForm, partner: Partner) -> Selection:
    """What was selected: `ids`, each with one or more Microsoft IDs, or with `all=1` what the list's form finds.

    What is no Microsoft ID of a customer of this partner is not there. Raises `Refused` for more than 10,000 IDs,
    and where nothing is selected.
    """
    selection = _all(form, partner) if data.get("all") == "1" else _named(data, partner)
    if not selection.count:
        raise Refused(_("No customer is selected. Tick the boxes of some, or select all that match."))
    return selection


def _all(form: ListForm, partner: Partner) -> Selection:
    found = found_by(form, partner)
    first = found.first_ids(COUNT_LIMIT + 1)
    few = found.rows.filter(pk__in=first if len(first) <= COUNT_LIMIT else [])
    return Selection(partner, len(first), tuple(few.values_list("tenant_id", flat=True)), found)


def _named(data: Any, partner: Partner) -> Selection:
    named = {*guids_of(data)}
    if len(named) > COUNT_LIMIT:
        too_many = _(
            "At most %(limit)s customers can be selected one by one. Filter the list, and select all that match."
        )
        raise Refused(too_many % {"limit": grouped(COUNT_LIMIT)})
    ids = customers_of(partner).filter(tenant_id__in=named).values_list("tenant_id", flat=True)
    found = tuple(sorted(ids))
    return Selection(partner, len(found), found)


def guids_of(data: Any) -> Iterator[UUID]:
    """The GUIDs that were sent as `ids`, each with one or more of them."""
    for text in data.getlist("ids"):
        yield from (guid for word in text.split() if (guid := as_guid(word)))
