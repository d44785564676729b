"""Lists that a text is searched in: rows whose `search_text`, folded when they are written, has all of its words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from partnercenter.folding import fold
from partnercenter.web.keyset import Order, Position, Row, Source

# So many answers of a search are looked at one by one, for what a filter asks of them.
FEW: Final = 2_000


def matching_text(rows: QuerySet[Row], text: str) -> QuerySet[Row]:
    """The rows in whose `search_text` every word of `text` occurs, as `fold` compares texts."""
    for word in fold(text).split():
        rows = rows.filter(search_text__contains=word)
    return rows


class Searched(Source[Row]):
    """Rows with all words of a text that meet the conditions of a filter as well; their key is `id`.

    `walked` is what the text is searched in, along an index of `order` that holds the searched text; `narrowed` the
    same rows with further conditions. What the text finds is read from the index alone; rows are read of those on the
    page only, or of those whom a text with few answers finds. With many answers the rows that meet the conditions are
    read and searched.
    """

    def __init__(
        self, walked: QuerySet[Row], text: str, *, order: Order, narrowed: QuerySet[Row] | None = None
    ) -> None:
        self.walked, self.order, self.narrowed = walked, order, narrowed
        self.words = fold(text).split()
        super().__init__(matching_text(walked if narrowed is None else narrowed, text))

    def take(self, order: Order, after: Position | None, limit: int) -> list[Row]:
        if not self.words:
            return super().take(order, after, limit)
        if self.narrowed is not None:
            return Source(self._few_or_all).take(order, after, limit)
        ids = self._walk("id", order, order.beyond(self.walked, after), limit)
        found = self.walked.model._default_manager.filter(pk__in=[pk for (pk,) in ids])
        return list(order.sort(found))

    def count(self, limit: int | None) -> int:
        if limit is None or not self.words:
            return super().count(limit)
        if self.narrowed is not None:
            return Source(self._few_or_all).count(limit)
        [(number,)] = self._walk("count(*)", self.order, self.walked, limit + 1)
        return int(number)

    @cached_property
    def _few_or_all(self) -> QuerySet[Row]:
        """Those of the narrowed rows that the text finds, in the way that costs less."""
        found = [pk for (pk,) in self._walk("id", self.order, self.walked, FEW + 1)]
        if self.narrowed is None or len(found) > FEW:
            return self.rows
        return self.narrowed.filter(pk__in=found)

    def _walk(self, what: str, order: Order, rows: QuerySet[Row], limit: int) -> list[tuple[Any, ...]]:
        """Of the first ones in an order, found by walking along its index: `id` of each, or `count(*)` of all.

        OFFSET 0 keeps the words outside: the database takes them for rarer than they are, and would read whole rows.
        """
        walk, params = order.sort(rows).values_list(*order.columns, "search_text").query.sql_with_params()
        words = " AND ".join(["search_text LIKE %s"] * len(self.words))
        direction = " DESC" if order.descending else ""
        by = ", ".join(f"{name}{direction}" for name in order.columns)
        patterns = [f"%{connection.ops.prep_for_like_query(word)}%" for word in self.words]
        found = f"SELECT id FROM ({walk} OFFSET 0) AS walked WHERE {words} ORDER BY {by} LIMIT %s"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {what} FROM ({found}) AS found", [*params, *patterns, limit])  # noqa: S608
            return [*cursor.fetchall()]


class Together(Source[Row]):
    """Rows of several sources in one order: each is read along an index of its own, no row is in two of them.

    `rows` are all of them as one query.
    """

    def __init__(self, rows: QuerySet[Row], parts: Sequence[Source[Row]]) -> None:
        super().__init__(rows)
        self.parts = parts

    def take(self, order: Order, after: Position | None, limit: int) -> list[Row]:
        found = [row for part in self.parts for row in part.take(order, after, limit)]

        def place(row: Row) -> Position:
            return tuple(getattr(row, name) for name in order.columns)

        return sorted(found, key=place, reverse=order.descending)[:limit]

    def count(self, limit: int | None) -> int:
        if limit is None:
            return super().count(None)
        number = 0
        for part in self.parts:
            number += part.count(limit - number)
            if number > limit:
                break
        return number
