"""Finding subscriptions among very many: every part of a list is read along an index in which it stands in order.

Lists are put together of cells: of a kind in a state, or of an offer in a state. What is called as its offer is, and
that is most, is searched in the catalog, which tells the cells. Only what has a name of its own is looked at one by
one, in an index that holds what is searched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, cached_property
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.core.cache import caches
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from partnercenter.folding import fold
from partnercenter.web.keyset import Order, Position, Source
from partnercenter.web.searching import Together
from subscriptions.catalog import CATALOG, Offer
from subscriptions.models import Subscription
from subscriptions.selectors.subscriptions import ORDERS

# So many digits of an ID make one of it that is searched; fewer are a word as any other.
DIGITS: Final = 4
_ALL_DIGITS: Final = 32
# So many names of offers are asked at once at first; then ever more.
NAMES: Final = 8
# So many answers of a search are looked at one by one, for what a filter asks of them.
FEW: Final = 2_000
# How long many stay many, in seconds.
REMEMBERED: Final = 60
BY_NAME: Final = ORDERS["name"]

Sql = tuple[str, tuple[Any, ...]]


def said_by(text: str) -> Q:
    """The condition for what is found by a text: all of its words are in the name or the offer, or it begins the ID."""
    words = words_of(text)
    return words | ids_like(text) if ids_like(text) else words


def words_of(text: str) -> Q:
    """The condition for what has all words of a text in its name or its offer's."""
    return Q(*(Q(search_text__contains=word) for word in fold(text).split()))


def ids_like(text: str) -> Q:
    """The condition for IDs that begin as a text does; false, and no condition, where no ID does."""
    digits = text.strip().lower().replace("-", "")
    if not DIGITS <= len(digits) <= _ALL_DIGITS or not {*digits} <= {*"0123456789abcdef"}:
        return Q()
    first, last = (UUID(digits.ljust(_ALL_DIGITS, end)) for end in "0f")
    return Q(pk__gte=first, pk__lte=last)


def offers_called(text: str) -> list[Offer]:
    """The offers in whose names all words of a text occur, in the order of the names."""
    words = fold(text).split()
    return [offer for key, offer in _offers_in_order() if all(word in key for word in words)]


@cache
def _offers_in_order() -> list[tuple[str, Offer]]:
    return sorted(((fold(offer.name), offer) for offer in CATALOG.values()), key=lambda pair: pair[0])


class Found(Source[Subscription]):
    """Rows whose ids are found first, by indexes alone."""

    def ids(self, order: Order, after: Position | None, limit: int) -> list[UUID]:
        """Those of the first ones that come after a position."""
        raise NotImplementedError

    def take(self, order: Order, after: Position | None, limit: int) -> list[Subscription]:
        ids = self.ids(order, after, limit)
        return list(order.sort(Subscription.objects.filter(pk__in=ids))) if ids else []


class Cells(Found):
    """Rows that stand in several cells of an index, each of them in the order of the list.

    `columns` are those that tell the cells apart, `cells` their values; with `text` only what is found by it is taken,
    each row looked at. The `rows` are all of them as one query, `of_any` the same without what the cells say.
    """

    def __init__(
        self,
        rows: QuerySet[Subscription],
        columns: Sequence[str],
        cells: Collection[tuple[str, ...]],
        *,
        of_any: QuerySet[Subscription],
        text: str = "",
    ) -> None:
        super().__init__(rows)
        self.columns, self.cells, self.text = columns, cells, text
        self.of_one = of_any.filter(**{name: RawSQL(f"cell.{name}", []) for name in columns})  # noqa: S611

    def ids(self, order: Order, after: Position | None, limit: int) -> list[UUID]:
        sql, params = self._found(order, after, limit)
        return _column(f"SELECT found.id FROM {sql} ORDER BY {_by(order)} LIMIT %s", (*params, limit))

    def count(self, limit: int | None) -> int:
        if limit is None:
            return super().count(None)
        sql, params = self._found(BY_NAME, None, limit + 1)
        return sum(_column(f"SELECT count(*) FROM (SELECT FROM {sql} LIMIT %s) AS counted", (*params, limit + 1)))

    def _found(self, order: Order, after: Position | None, limit: int) -> Sql:
        """So many of each cell, for a FROM: their `id` and the columns of the order."""
        rows = order.sort(order.beyond(self.of_one, after))
        one, params = _walk(rows, order, self.text, {}) if self.text else _sql(rows.values_list(*order.columns))
        arrays = ", ".join(["%s::text[]"] * len(self.columns))
        values = [[*column] for column in zip(*self.cells, strict=True)] or [[] for _ in self.columns]
        sql = f"unnest({arrays}) AS cell ({', '.join(self.columns)}) CROSS JOIN LATERAL ({one} LIMIT %s) AS found"
        return sql, (*values, *params, limit)


class Walked(Found):
    """Rows along an index that holds what is asked of each: the words of a text, and `facts`.

    `walked` is what is walked, in the order of the index; the `rows` are those of it that are wanted, as one query.
    """

    def __init__(
        self,
        rows: QuerySet[Subscription],
        walked: QuerySet[Subscription],
        text: str,
        facts: Mapping[str, Collection[Any]],
        *,
        order: Order,
    ) -> None:
        super().__init__(rows)
        self.walked, self.text, self.facts, self.order = walked, text, facts, order
        self.total: int | None = None

    def ids(self, order: Order, after: Position | None, limit: int) -> list[UUID]:
        # A few more cost little where there are many, and where there are few it is known how many.
        reach = max(limit, FEW) if after is None else limit
        sql, params = self._found(order, after)
        ids = _column(f"SELECT id FROM ({sql}) AS found ORDER BY {_by(order)} LIMIT %s", (*params, reach))
        if after is None and len(ids) < reach:
            self.total = len(ids)
        return ids[:limit]

    def count(self, limit: int | None) -> int:
        if limit is None:
            return super().count(None)
        if self.total is not None:
            return min(self.total, limit + 1)
        sql, params = self._found(self.order, None)
        return sum(_column(f"SELECT count(*) FROM ({sql} LIMIT %s) AS found", (*params, limit + 1)))

    def _found(self, order: Order, after: Position | None) -> Sql:
        rows = order.sort(order.beyond(self.walked, after))
        return _walk(rows, order, self.text, self.facts)


class FewOrWalked(Walked):
    """The same where a text may find only a few, which `by_text` tell: then these are looked at alone."""

    def __init__(self, by_text: Sequence[Found], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by_text = by_text

    @cached_property
    def few(self) -> Source[Subscription] | None:
        """Those that are wanted of a few that the text finds; None where there are more of these."""
        found: list[UUID] = []
        for part in self.by_text:
            found += part.ids(BY_NAME, None, FEW + 1 - len(found))
            if len(found) > FEW:
                return None
        return Source(self.rows.filter(pk__in=found))

    def take(self, order: Order, after: Position | None, limit: int) -> list[Subscription]:
        return self.few.take(order, after, limit) if self.few else super().take(order, after, limit)

    def count(self, limit: int | None) -> int:
        return self.few.count(limit) if self.few else super().count(limit)


class Many(Together[Subscription]):
    """What is not counted again for a minute, once it was more than a list tells; `key` says of whom and what."""

    def __init__(self, rows: QuerySet[Subscription], parts: Sequence[Source[Subscription]], *, key: str) -> None:
        super().__init__(rows, parts)
        self.key = key

    def count(self, limit: int | None) -> int:
        if limit is None:
            return super().count(None)
        key = f"more-than-{limit}-subscriptions:{self.key}"
        if caches["process"].get(key):
            return limit + 1
        number = super().count(limit)
        if number > limit:
            caches["process"].set(key, True, REMEMBERED)
        return number


class CalledAsOffered(Found):
    """What a partner sold that is called as its offer is, by offers, which are in the order of names, and states."""

    def __init__(
        self,
        rows: QuerySet[Subscription],
        offers: Sequence[Offer],
        statuses: Sequence[str],
        *,
        of_any: QuerySet[Subscription],
    ) -> None:
        super().__init__(rows)
        self.of_any, self.statuses = of_any, statuses
        self.names = [(key, [*found]) for key, found in groupby(offers, key=lambda offer: fold(offer.name))]

    def ids(self, order: Order, after: Position | None, limit: int) -> list[UUID]:
        """Names come one after the other, so that the first of them fill a page."""
        names = self.names[::-1] if order.descending else self.names
        if after is not None:
            names = [one for one in names if (one[0] <= after[0] if order.descending else one[0] >= after[0])]
        found: list[UUID] = []
        begin, size = 0, NAMES
        while begin < len(names) and len(found) < limit:
            found += self._cells(names[begin : begin + size]).ids(order, after, limit - len(found))
            begin, size = begin + size, size * 4
        return found

    def count(self, limit: int | None) -> int:
        return super().count(None) if limit is None else self._cells(self.names).count(limit)

    def _cells(self, names: Iterable[tuple[str, list[Offer]]]) -> Cells:
        cells = [(offer.id, status, key) for key, offers in names for offer in offers for status in self.statuses]
        return Cells(self.rows, ("offer_id", "status", "name_key"), cells, of_any=self.of_any)


def _walk(rows: QuerySet[Subscription], order: Order, text: str, facts: Mapping[str, Collection[Any]]) -> Sql:
    """The rows of a walk along an index that have all words of a text and the facts, of accounts that live.

    OFFSET 0 keeps the words outside: the database takes them for rarer than they are, and would read whole rows. The
    accounts are no join: the database would read all of them first.
    """
    asked = {name: [*values] for name, values in facts.items() if values}
    walk, params = _sql(rows.values_list(*order.columns, "search_text", "customer_id", *asked))
    words = [f"%{connection.ops.prep_for_like_query(word)}%" for word in fold(text).split()]
    so = [*(f"{name} = ANY (%s)" for name in asked), *["search_text LIKE %s"] * len(words)]
    so.append("(SELECT ended_at IS NULL FROM customers_customer WHERE id = walked.customer_id)")
    sql = f"SELECT {', '.join(order.columns)} FROM ({walk} OFFSET 0) AS walked WHERE {' AND '.join(so)}"
    return sql, (*params, *asked.values(), *words)


def _by(order: Order) -> str:
    return ", ".join(f"found.{name}{' DESC' if order.descending else ''}" for name in order.columns)


def _sql(rows: QuerySet[Any, Any]) -> Sql:
    return rows.query.sql_with_params()


def _column(sql: str, params: tuple[Any, ...]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [value for (value,) in cursor.fetchall()]
