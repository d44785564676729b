"""Finding customers fast, whatever is searched and filtered, in any order and at any number of customers.

A page is first looked for nearby: among the next `NEAR` customers of the order, one after another. That finds what is
common. In the order of names it is then looked for where the alphabet has a first answer; and what is rare is found
by an inverted index. None of it depends on how many customers there are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from customers.models import Customer, SearchEntry
from customers.models.terms import PLACES
from customers.selectors.criteria import Criteria
from customers.selectors.questions import ALL_PLACES, marks_question, words_question
from partnercenter.web.keyset import COUNT_LIMIT, Order, Source, count_up_to

# A few milliseconds of walking along an index.
NEAR: Final = 5_000
# When words and filters both find more than this, neither of them is the better way in.
FEW: Final = 5_000
NAME: Final = "name_key"
# Before every name that begins with the same letters.
FIRST_ID: Final = UUID(int=0)

Position = tuple[Any, ...]


@dataclass(frozen=True)
class Index:
    """An inverted index: who answers the question of a place.

    OFFSET 0 keeps the planner from going another way in: it knows nothing of questions, and would rather look at
    every customer than trust in an index.
    """

    answers: str

    def among(self, rows: QuerySet[Any, Any], questions: list[str]) -> tuple[str, list[Any]]:
        """What `rows` are among the answers in each place, as `found` for a FROM; and its parameters."""
        sql, params = rows.query.sql_with_params()
        table = f'"{rows.model._meta.db_table}"'
        sql = sql.replace(f"FROM {table}", f"FROM ({self.answers} OFFSET 0) AS {table}", 1)
        asked = "unnest(%s::tsquery[]) WITH ORDINALITY AS asked (question, number)"
        return f"{asked} CROSS JOIN LATERAL ({sql}) AS found", [questions, *params]


_HAS_WORDS: Final = "customer_words(entry.partner_id, entry.place, entry.search_text) @@ asked.question"
_ENTRIES: Final = Index(f"SELECT * FROM customers_searchentry AS entry WHERE {_HAS_WORDS}")
_BY_WORDS: Final = Index(
    "SELECT customer.* FROM customers_searchentry AS entry "
    f"JOIN customers_customer AS customer ON customer.id = entry.customer_id WHERE {_HAS_WORDS}"
)
_BY_MARKS: Final = Index(
    "SELECT * FROM customers_customer AS customer WHERE ended_at IS NULL AND "
    "customer_marks(partner_id, place, tag_ids, relationships::text[], reseller_id, begun_at) @@ asked.question"
)


class CustomersFound(Source[Customer]):
    """The customers of one partner that meet some criteria; a source of pages for a table."""

    def __init__(self, customers: QuerySet[Customer], criteria: Criteria, *, partner_id: UUID) -> None:
        super().__init__(customers)
        self.criteria = criteria
        self.entries = SearchEntry.objects.filter(partner=partner_id)
        self.words = self._questions(words_question, partner_id)
        self.marks = self._questions(marks_question, partner_id)

    def _questions(self, question: Callable[[Criteria, UUID, int], str], partner_id: UUID) -> list[str]:
        """A question for each place of the alphabet; none if there is nothing to ask."""
        return [text for place in ALL_PLACES if (text := question(self.criteria, partner_id, place))]

    def take(self, rows: QuerySet[Customer], order: Order, limit: int) -> list[Customer]:
        """The first `limit` of `rows` in an order; `rows` are those of this source that come after a position."""
        if not self.criteria or rows.query.is_empty():
            return list(order.sort(rows)[:limit])
        rows = self.criteria.along(order.columns[0], rows)
        found, edge = self._nearby(rows, order, limit)
        if edge is None or len(found) >= limit:
            return found
        if order.columns[0] == NAME:
            return found + self._further(rows, order, limit - len(found), edge)
        return found + self._far(rows, order, limit - len(found), edge, [*ALL_PLACES])

    def _nearby(self, rows: QuerySet[Customer], order: Order, limit: int) -> tuple[list[Customer], Position | None]:
        """What the next customers of an order hold, and the position up to which it was looked; None: to the end."""
        edge = order.sort(rows).values_list(*order.columns)[NEAR - 1 : NEAR].first()
        near = rows if edge is None else order.until(rows, edge)
        return list(order.sort(self.criteria.apply(near))[:limit]), edge

    def _further(self, rows: QuerySet[Customer], order: Order, limit: int, edge: Position) -> list[Customer]:
        """The next ones by name: around the first answer of the alphabet, then wherever they are."""
        places = [*ALL_PLACES[place_of(edge) :]] if not order.descending else [*ALL_PLACES[place_of(edge) :: -1]]
        places = self._with_answers(places)
        if not places:
            return []
        found: list[Customer] = []
        begin = begin_of(places[0], order)
        if begin and is_beyond(begin, edge, order):
            found, reached = self._nearby(order.beyond(rows, begin), order, limit)
            if reached is None or len(found) >= limit:
                return found
            edge = reached
        return found + self._far(rows, order, limit - len(found), edge, places)

    def _with_answers(self, places: list[int]) -> list[int]:
        """The places from the first one on in which anybody answers all there is to ask."""
        for index, questions in ((_ENTRIES, self.words), (_BY_MARKS, self.marks)):
            if questions:
                rows = self.entries if index is _ENTRIES else Customer.objects.all()
                sql, params = index.among(rows.values("pk")[:1], [questions[place] for place in places])
                first = _first(f"SELECT asked.number FROM {sql} LIMIT 1", params)
                places = places[first - 1 :] if first else []
        return places

    def _far(
        self, rows: QuerySet[Customer], order: Order, limit: int, edge: Position, places: list[int]
    ) -> list[Customer]:
        """The first ones beyond a position, by an inverted index, a place of the alphabet after the other.

        Where the places are in the order of the list, the first ones fill the page; else the best of each place are
        put together.
        """
        index, questions, source = self._asked(alphabetical=order.columns[0] == NAME)
        if index is None:
            return list(order.sort(order.beyond(self.criteria.apply(rows), edge))[:limit])
        matching = order.sort(order.beyond(self.criteria.apply(source or rows), edge)).values("pk", *order.columns)
        sql, params = index.among(matching[:limit], [questions[place] for place in places])
        sort = "" if order.columns[0] == NAME else f"ORDER BY {_sorted(order)}"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT found.pk FROM {sql} {sort} LIMIT %s", [*params, limit])
            ids = [pk for (pk,) in cursor.fetchall()]
        customers = self.rows.in_bulk(ids)
        return [customers[pk] for pk in ids if pk in customers]

    def count(self, limit: int | None = COUNT_LIMIT) -> int:
        """How many there are; counted to one more than `limit` at most, or to the end without one."""
        matching = self.criteria.apply(self.rows)
        index, questions, source = self._asked(alphabetical=True)
        if index is None or self.rows.query.is_empty():
            return matching.count() if limit is None else count_up_to(matching, limit)
        found = self.criteria.apply(source) if source is not None else matching
        sql, params = index.among(found.order_by().values("pk"), questions)
        counted = f"SELECT 1 FROM {sql}" + ("" if limit is None else f" LIMIT {limit + 1:d}")
        return int(_first(f"SELECT count(*) FROM ({counted}) AS counted", params))

    def _asked(self, *, alphabetical: bool) -> tuple[Index | None, list[str], QuerySet[SearchEntry] | None]:
        """The best index to ask and its questions; and the search entries where these know all there is to know."""
        if self.words and not self.criteria.filters and alphabetical:
            return _ENTRIES, self.words, self.entries
        if self.marks and (not self.words or self._many_have_words()):
            return _BY_MARKS, self.marks, None
        return (_BY_WORDS, self.words, None) if self.words else (None, [], None)

    def _many_have_words(self) -> bool:
        sql, params = _ENTRIES.among(self.entries.values("pk"), self.words)
        return bool(_first(f"SELECT count(*) > %s FROM (SELECT 1 FROM {sql} LIMIT %s) AS few", [FEW, *params, FEW + 1]))


def place_of(position: Position) -> int:
    """In which place of the alphabet a position of a list by name is."""
    return bisect_right(PLACES, position[0])


def begin_of(place: int, order: Order) -> Position | None:
    """The position before the first name of a place, or after the last one where names descend; None: the very first."""
    edge = place if order.descending else place - 1
    return (PLACES[edge], FIRST_ID) if 0 <= edge < len(PLACES) else None


def is_beyond(one: Position, other: Position, order: Order) -> bool:
    return one < other if order.descending else one > other


def _sorted(order: Order) -> str:
    return ", ".join(f"found.{name} {'DESC' if order.descending else 'ASC'}" for name in order.columns)


def _first(sql: str, params: list[Any]) -> Any:
    """The only value of an answer; None if there is no row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
    return row[0] if row else None
