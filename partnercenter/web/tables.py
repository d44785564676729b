"""Tables: columns and order are django-tables2's; one template writes a row, which is what makes them cheap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import django_tables2
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template import Context, Engine

from partnercenter.web.keyset import COUNT_LIMIT, Order, Page, Source, keyset_page, page_size
from partnercenter.web.rows import rows_alike, rows_of_any_kind


@dataclass(frozen=True)
class Header:
    """A column's head: its words, what `sort=` becomes on a click (empty: no order), how it is sorted now."""

    name: str
    label: str
    sort: str = ""
    direction: str = ""


class Table(django_tables2.Table):
    """A list that is sorted and paged by position.

    A subclass declares its columns, `row_template` (writes the `<tr>` of `record`) and `orders`: for each
    column that can be sorted by, the order of its ascending direction. One with many rows names in `row_texts` what
    its template shows of a row, and prepares that in `texts_of`: see `partnercenter.web.rows`.
    """

    row_template: ClassVar[str]
    row_texts: ClassVar[tuple[str, ...]] = ()
    orders: ClassVar[Mapping[str, Order]]
    default_order: ClassVar[str]

    class Meta:
        template_name = "components/table.html"

    page: Page[Any]
    total: int

    def __init__(self, rows: QuerySet[Any] | Source[Any], request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        source: Source[Any] = Source(rows) if isinstance(rows, QuerySet) else rows
        self.sort = self.sort_from(request.GET)
        self.size = page_size(request.GET)
        self.page = keyset_page(source, self.order_from(request.GET), at=request.GET.get("at", ""), size=self.size)
        self.total = source.count(COUNT_LIMIT) if self.page.next else self.page.last_number
        super().__init__(self.page.rows, *args, orderable=False, **kwargs)

    @classmethod
    def sort_from(cls, params: Mapping[str, Any]) -> str:
        """The word of `sort=` in an address, or the usual one if it is none of this list's."""
        word = str(params.get("sort", ""))
        return word if word.removeprefix("-") in cls.orders else cls.default_order

    @classmethod
    def order_from(cls, params: Mapping[str, Any]) -> Order:
        """The order that an address asks for."""
        word = cls.sort_from(params)
        order = cls.orders[word.removeprefix("-")]
        return order.reversed() if word.startswith("-") else order

    @cached_property
    def headers(self) -> list[Header]:
        """The columns as the head of the table shows them."""
        return [self._header(column.name, str(column.header)) for column in self.columns]

    def _header(self, name: str, label: str) -> Header:
        if name not in self.orders:
            return Header(name, label)
        if name != self.sort.removeprefix("-"):
            return Header(name, label, sort=name)
        descending = self.sort.startswith("-")
        return Header(
            name, label, sort=name if descending else f"-{name}", direction=("ascending", "descending")[descending]
        )

    @property
    def records(self) -> list[Any]:
        return self.page.rows

    def texts_of(self, record: Any) -> Mapping[str, str]:
        """What the row of a record shows: a text for each of `row_texts`."""
        raise NotImplementedError

    def body(self, context: Context) -> str:
        """All rows, as `row_template` writes them."""
        template = Engine.get_default().get_template(self.row_template)
        if not self.row_texts:
            return rows_of_any_kind(template, context, self.records)
        return rows_alike(template, context, self.row_texts, map(self.texts_of, self.records))

    @property
    def total_is_exact(self) -> bool:
        """Whether all rows were counted. On the last page nothing is left to count."""
        return self.page.next is None or self.total <= COUNT_LIMIT

    @property
    def total_limit(self) -> int:
        return COUNT_LIMIT
