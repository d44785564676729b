"""Lists of subscriptions as files (the product rules, section 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnercenter.csvfiles import csv_row
from partnercenter.web.exports import Guarded
from subscriptions.models import Subscription

HEADER: Final[tuple[Promise, ...]] = (
    _("Subscription ID"),
    _("Subscription"),
    _("Quantity"),
    _("Status"),
    _("Reseller"),
)
HEADER_ACROSS: Final[tuple[Promise, ...]] = (_("Microsoft ID"), _("Company name"), *HEADER)


def export_columns(subscriptions: QuerySet[Subscription], *, across: bool) -> QuerySet[Subscription, Any]:
    """The columns of the export as the database writes them; the last one has the codes of state and reseller.

    `across` customers each line begins with whose it is.
    """
    reseller = Coalesce(Cast("reseller_id", TextField()), Value(""), output_field=TextField())
    codes = Concat(F("status"), Value("|"), reseller, output_field=TextField())
    customer: list[Combinable] = [F("customer__tenant_id"), Guarded("customer__name")] if across else []
    return subscriptions.values_list(*customer, "pk", Guarded("name"), "quantity", codes)


def export_line(resellers: Mapping[UUID | None, str]) -> Callable[[bytes], bytes]:
    """What makes a line of the file of a line of `export_columns`; `resellers` are the names of all there are."""
    states = {value: str(label) for value, label in Subscription.Status.choices}
    names = {str(pk): name for pk, name in resellers.items()}

    @lru_cache(maxsize=10_000)
    def ending(codes: bytes) -> bytes:
        status, _bar, reseller = codes.decode().strip().partition("|")
        return b"," + csv_row([states[status], names.get(reseller, "")])

    def line(written: bytes) -> bytes:
        rest, _comma, codes = written.rpartition(b",")
        return rest + ending(codes)

    return line
