"""The customer list as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Tag
from partnercenter.csvfiles import csv_row
from partnercenter.web.exports import Guarded

EXPORT_HEADER = (_("Microsoft ID"), _("Company name"), _("Primary domain name"), _("Relationship"), _("Tags"))


class _Listed(Func):
    """The elements of an array in one text."""

    function = "array_to_string"
    output_field = TextField()


def export_columns(customers: QuerySet[Customer]) -> QuerySet[Customer, Any]:
    """The columns of the export as the database writes them; the last one has the codes of relationships and tags."""
    kinds, tags = (_Listed(F(name), Value(" ")) for name in ("relationships", "tag_ids"))
    codes = Concat(kinds, Value("|"), tags, output_field=TextField())
    return customers.values_list("tenant_id", Guarded("name"), Guarded("domain"), codes)


def export_line(tags: Iterable[Tag]) -> Callable[[bytes], bytes]:
    """What makes a line of the file (the product rules, section 4) of a line of `export_columns`.

    A customer's tags stand in the order of `tags`.

    Few customers have tags of their own: how a line ends is made once for many of them.
    """
    vocabulary = {str(tag.pk): tag.name for tag in tags}
    relationships = {value: str(label) for value, label in Customer.Relationship.choices}

    @lru_cache(maxsize=10_000)
    def ending(codes: bytes) -> bytes:
        kinds, tag_ids = (part.split() for part in codes.decode().split("|"))
        names = [name for pk, name in vocabulary.items() if pk in tag_ids]
        return b"," + csv_row(["; ".join(relationships[kind] for kind in kinds), "; ".join(names)])

    def line(written: bytes) -> bytes:
        customer, _, codes = written.rpartition(b",")
        return customer + ending(codes)

    return line
