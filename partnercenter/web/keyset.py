"""Pages of a long list by position: the thousandth page costs what the first one costs."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils import timezone

Row = TypeVar("Row", bound=Model)
# The values of an order's columns in one row.
Position = tuple[Any, ...]

SIZES: Final = (25, 50, 100)
DEFAULT_SIZE: Final = 50
# Totals are exact up to here; above it a page says “10,000+” (the product rules, section 4).
COUNT_LIMIT: Final = 10_000
# What `at=` says of the last page.
LAST: Final = "last"
# Cursors come from addresses, where anybody can write anything.
LONGEST_CURSOR: Final = 2_000
BEYOND_ANY_LIST: Final = 10**12
# What no text in PostgreSQL holds: NUL, and halves of characters.
UNSTORABLE: Final = frozenset(map(chr, (0, *range(0xD800, 0xE000))))


@dataclass(frozen=True)
class Order:
    """An order of rows: columns of one index, the last of them unique, all in one direction."""

    columns: tuple[str, ...]
    descending: bool = False

    def reversed(self) -> Order:
        return Order(self.columns, not self.descending)

    def sort(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        return rows.order_by(*(F(name).desc() if self.descending else F(name).asc() for name in self.columns))

    def beyond(self, rows: QuerySet[Row], position: Position | None) -> QuerySet[Row]:
        """The rows that come after a position, as one comparison of rows that an index answers; all for None."""
        if position is None:
            return rows
        comparison = TupleLessThan if self.descending else TupleGreaterThan
        return rows.filter(comparison(Tuple(*(F(name) for name in self.columns)), position))


class Source(Generic[Row]):
    """Where a list gets its pages from: a queryset whose orders are indexes, or what a subclass makes of it."""

    def __init__(self, rows: QuerySet[Row]) -> None:
        self.rows = rows

    def take(self, order: Order, after: Position | None, limit: int) -> list[Row]:
        """The first `limit` rows in an order that come after a position; from the beginning if that is None."""
        return list(order.sort(order.beyond(self.rows, after))[:limit])

    def count(self, limit: int | None) -> int:
        """How many rows there are, counted to one more than `limit` at most; to the last one without a limit."""
        return self.rows.order_by().count() if limit is None else count_up_to(self.rows, limit)


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: beyond the row with these column values, whose number in the list is `number`."""

    number: int
    position: Position
    backwards: bool = False

    def __str__(self) -> str:
        words = json.dumps([self.number, self.backwards, *self.position], default=str, separators=(",", ":"))
        return base64.urlsafe_b64encode(words.encode()).rstrip(b"=").decode()

    @classmethod
    def parse(cls, text: str, rows: QuerySet[Any], order: Order) -> Cursor | None:
        """Read a cursor from an address; None when it is not one of this list and order."""
        if len(text) > LONGEST_CURSOR:
            return None
        try:
            number, backwards, *position = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            fields = [rows.model._meta.get_field(name) for name in order.columns]
            values = tuple(_read(field, value) for field, value in zip(fields, position, strict=True))
        except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
            return None
        fits = isinstance(number, int) and abs(number) < BEYOND_ANY_LIST and all(map(_can_be_compared, values))
        return cls(number, values, bool(backwards)) if fits else None


def _read(field: Any, value: Any) -> Any:
    """A value of a cursor; of a generated field its output field knows what it can be."""
    return getattr(field, "output_field", field).to_python(value)


def _can_be_compared(value: Any) -> bool:
    """Whether a row can stand after a value: a moment with its zone, a text without NUL and halves of characters."""
    if isinstance(value, datetime):
        return timezone.is_aware(value)
    return value is not None and not (isinstance(value, str) and set(value) & UNSTORABLE)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page, the number of the first one, and the cursors to the pages around it (None: no such page)."""

    rows: list[Row]
    number: int
    previous: Cursor | None
    next: Cursor | None

    @property
    def last_number(self) -> int:
        return self.number + len(self.rows) - 1


def keyset_page(
    source: QuerySet[Row] | Source[Row], order: Order, *, at: str = "", size: int = DEFAULT_SIZE
) -> Page[Row]:
    """The page of a list in `order` that begins at the cursor `at`; the first page for a cursor that is none.

    `size` is the number of rows on a page. Of a queryset it is one query, of at most `size` + 1 rows; for the last
    page (`LAST`) all rows are counted as well, to know their numbers.
    """
    if isinstance(source, QuerySet):
        source = Source(source)
    if at == LAST:
        return _last_page(source, order, size)
    cursor = Cursor.parse(at, source.rows, order) if at else None
    backwards = cursor is not None and cursor.backwards
    direction = order.reversed() if backwards else order
    found = source.take(direction, cursor.position if cursor else None, size + 1)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    number = _first_number(cursor, len(found))
    has_previous, has_next = (more, True) if backwards else (cursor is not None, more)
    return Page(
        rows=found,
        number=number,
        previous=_cursor(order, found[0], number, backwards=True) if found and has_previous else None,
        next=_cursor(order, found[-1], number + len(found) - 1) if found and has_next else None,
    )


def _last_page(source: Source[Row], order: Order, size: int) -> Page[Row]:
    found = source.take(order.reversed(), None, size + 1)
    more, rows = len(found) > size, found[:size][::-1]
    number = max(1, source.count(None) - len(rows) + 1) if more else 1
    previous = _cursor(order, rows[0], number, backwards=True) if more else None
    return Page(rows=rows, number=number, previous=previous, next=None)


def _first_number(cursor: Cursor | None, found: int) -> int:
    if cursor is None:
        return 1
    return max(1, cursor.number - found) if cursor.backwards else cursor.number + 1


def _cursor(order: Order, row: Model, number: int, *, backwards: bool = False) -> Cursor:
    return Cursor(number, tuple(getattr(row, name) for name in order.columns), backwards)


def count_up_to(rows: QuerySet[Any], limit: int = COUNT_LIMIT) -> int:
    """How many rows there are, counted to one more than `limit` at most."""
    return rows.order_by()[: limit + 1].count()


def page_size(params: Mapping[str, Any]) -> int:
    """The number of rows on a page that an address asks for; the usual one if it asks for anything else."""
    size = str(params.get("size", ""))
    return int(size) if size in {str(choice) for choice in SIZES} else DEFAULT_SIZE
