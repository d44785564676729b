"""Finding customers fast, whatever is searched and filtered, in any order and at any number of customers.

A page is first looked for nearby: among the next customers of the order, one after another. That finds what is
common. In the order of names it is then looked for where the alphabet has a first answer. The rest is found by an
inverted index: which one has fewer answers, a sample of the customers tells.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, ClassVar, Final
from uuid import UUID

from django.core.cache import caches
from django.db import connection
from django.db.models import QuerySet

from customers.models import Customer, SearchEntry, Tag
from customers.models.terms import PLACES
from customers.selectors.criteria import Criteria
from customers.selectors.customers import ORDERS
from customers.selectors.questions import ALL_PLACES, marks_question, words_question
from partnercenter.web.keyset import COUNT_LIMIT, Order, Position, Source

BY_NAME: Final = ORDERS["name"]
NAME: Final = BY_NAME.columns[0]
# Before every name that begins with the same letters.
FIRST_ID: Final = UUID(int=0)

# How long a long list stays a long list, in seconds.
REMEMBERED: Final = 60

Sql = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Index:
    """An inverted index: who answers the question of a place.

    To look at an answer costs `cost`, compared with others. Where more than the part `most` of all customers answers,
    it is better to walk on than to look at each of them.
    """

    answers: str
    cost: float
    most: float

    def among(self, rows: QuerySet[Any, Any], questions: list[str]) -> Sql:
        """What `rows` are among the answers in each place, as `found` for a FROM; and its parameters."""
        sql, params = only_among((f"{self.answers} OFFSET 0", ()), rows)
        asked = "unnest(%s::tsquery[]) WITH ORDINALITY AS asked (question, number)"
        return f"{asked} CROSS JOIN LATERAL ({sql}) AS found", (questions, *params)


def only_among(some: Sql, rows: QuerySet[Any, Any]) -> Sql:
    """What `rows` are among the rows that a query of the same table gives, and of no others.

    Such a query ends with LIMIT or OFFSET: that keeps the planner from going another way in. It knows nothing of
    questions, and would rather look at every customer than trust in an index.
    """
    sql, params = rows.query.sql_with_params()
    table = f'"{rows.model._meta.db_table}"'
    return sql.replace(f"FROM {table}", f"FROM ({some[0]}) AS {table}", 1), (*some[1], *params)


_HAS_WORDS: Final = "customer_words(entry.partner_id, entry.place, entry.search_text) @@ asked.question"
_ENTRIES: Final = Index(f"SELECT * FROM customers_searchentry AS entry WHERE {_HAS_WORDS}", cost=0.7, most=0.3)
_BY_WORDS: Final = Index(
    "SELECT customer.* FROM customers_searchentry AS entry "
    f"JOIN customers_customer AS customer ON customer.id = entry.customer_id WHERE {_HAS_WORDS}",
    cost=6,
    most=0.1,
)
_BY_MARKS: Final = Index(
    "SELECT * FROM customers_customer AS customer WHERE ended_at IS NULL AND "
    "customer_marks(partner_id, place, tag_ids, relationships::text[], reseller_id, begun_at) @@ asked.question",
    cost=1,
    most=0.2,
)


class CustomersFound(Source[Customer]):
    """The customers of one partner that meet some criteria; a source of pages for a table."""

    # A few milliseconds of walking along an index.
    NEAR: ClassVar = 5_000
    # The first step of walking on.
    FAR: ClassVar = 20_000
    # Customers who stand for all.
    SAMPLE: ClassVar = 2_000

    def __init__(self, customers: QuerySet[Customer], criteria: Criteria, *, partner_id: UUID) -> None:
        super().__init__(customers)
        self.criteria = criteria
        self.partner_id = partner_id
        self.entries = SearchEntry.objects.filter(partner=partner_id)
        self.words = self._questions(words_question, partner_id)
        self.marks = self._questions(marks_question, partner_id)

    def _questions(self, question: Callable[[Criteria, UUID, int], str], partner_id: UUID) -> list[str]:
        """A question for each place of the alphabet; none if there is nothing to ask."""
        places = ALL_PLACES if self.criteria else ()
        return [text for place in places if (text := question(self.criteria, partner_id, place))]

    def take(self, order: Order, after: Position | None, limit: int) -> list[Customer]:
        """The first `limit` customers in an order that come after a position."""
        if not self.criteria or self.rows.query.is_empty():
            return super().take(order, after, limit)
        ids = self._ids(order, after, limit)
        customers = self.rows.in_bulk(ids)
        return [customers[pk] for pk in ids if pk in customers]

    def first_ids(self, limit: int) -> list[int]:
        """The primary keys of the first `limit` customers by name."""
        if not self.criteria or self.rows.query.is_empty():
            return list(BY_NAME.sort(self.rows).values_list("pk", flat=True)[:limit])
        return self._ids(BY_NAME, None, limit)

    def _ids(self, order: Order, after: Position | None, limit: int) -> list[int]:
        found, edge = self._nearby(order, after, limit, self.NEAR)
        if edge is None:
            return found
        if order.columns[0] == NAME:
            more = self._further_by_name(order, edge, limit - len(found))
        else:
            more = self._further(order, edge, limit - len(found), among=len(found))
        # What is added in between may be met twice.
        return list(dict.fromkeys(found + more))

    def _nearby(
        self, order: Order, after: Position | None, limit: int, reach: int
    ) -> tuple[list[int], Position | None]:
        """Those among the next `reach` customers of an order, and the position where that ends.

        It is None if nothing is left to look for: the list is at its end, or `limit` are found.
        """
        rows = self.criteria.along(order.columns[0], self.rows.select_related(None), vocabulary=self._vocabulary)
        rows = order.sort(order.beyond(rows, after))
        matching = order.sort(self.criteria.apply(Customer.objects.all())).values("pk")[:limit]
        found = _column(*only_among(rows[:reach].query.sql_with_params(), matching))
        done = len(found) >= limit
        return found, None if done else rows.values_list(*order.columns)[reach - 1 : reach].first()

    def _further(self, order: Order, edge: Position, limit: int, *, among: int) -> list[int]:
        """The next ones in an order that is not the alphabet's, where there were so many `among` the nearest.

        They are met by walking on if that tells that it is not far, or if most customers are asked for; else by an
        index.
        """
        found: list[int] = []
        position: Position | None = edge
        reach = 2 * limit * self.NEAR // among if among else self.FAR + 1
        if reach <= self.FAR:
            found, position = self._nearby(order, edge, limit, reach)
        if position is None:
            return found
        rest = limit - len(found)
        if self._entries_lead(order):
            return found + self._among_entries(order, position, rest)
        index = self._index(order)
        if index and self._share(index) <= index.most:
            return found + self._anywhere(index, order, position, rest, [*ALL_PLACES])
        return found + self._walked(order, position, rest)

    def _walked(self, order: Order, edge: Position, limit: int) -> list[int]:
        """The next ones by walking on to the end, in steps that grow."""
        found: list[int] = []
        position: Position | None = edge
        reach = self.FAR
        while position is not None:
            more, position = self._nearby(order, position, limit - len(found), reach)
            found += more
            reach *= 4
        return found

    def _further_by_name(self, order: Order, edge: Position, limit: int) -> list[int]:
        """The next ones by name: around the first answer of the alphabet, then wherever they are."""
        here = place_of(edge)
        places = self._with_answers([*(ALL_PLACES[here::-1] if order.descending else ALL_PLACES[here:])])
        if not places:
            return []
        found: list[int] = []
        begin = begin_of(places[0], order)
        if begin and (begin < edge if order.descending else begin > edge):
            found, reached = self._nearby(order, begin, limit, self.NEAR)
            if reached is None:
                return found
            edge = reached
        return found + self._anywhere(self._index(order), order, edge, limit - len(found), places)

    def _with_answers(self, places: list[int]) -> list[int]:
        """The places from the first one on in which anybody answers all there is to ask."""
        for index, questions in ((_ENTRIES, self.words), (_BY_MARKS, self.marks)):
            if questions:
                rows = self.entries if index is _ENTRIES else Customer.objects.all()
                sql, params = index.among(rows.values("pk")[:1], [questions[place] for place in places])
                first = _column(f"SELECT asked.number FROM {sql} LIMIT 1", params)
                places = places[first[0] - 1 :] if first else []
        return places

    def _anywhere(self, index: Index | None, order: Order, edge: Position, limit: int, places: list[int]) -> list[int]:
        """The first of many beyond a position, by an inverted index, a place of the alphabet after the other.

        Where places are in the order of the list, the first ones fill the page; else the best of each are put
        together.
        """
        rows = order.sort(order.beyond(self._matching(index), edge))
        if index is None:
            return list(rows.values_list("pk", flat=True)[:limit])
        questions = self._questions_for(index)
        sql, params = index.among(rows.values("pk", *order.columns)[:limit], [questions[place] for place in places])
        # A nested loop gives its rows place by place, and stops when there are enough; to sort them, it would go on.
        sort = "" if order.columns[0] == NAME else f"ORDER BY {_sorted(order)}"
        return _column(f"SELECT found.pk FROM {sql} {sort} LIMIT %s", (*params, limit))

    def _among_entries(self, order: Order, edge: Position, limit: int) -> list[int]:
        """The first beyond a position who have the words; the filters are asked some at a time."""
        found: list[int] = []
        position: Position | None = edge
        reach = limit if self.criteria.entries_know else limit * 50
        while position is not None:
            entries = self._entries_beyond(order, position, reach)
            so = self._meeting_filters([pk for pk, *_ in entries])
            found += [pk for pk, *_ in entries if pk in so]
            position = entries[-1][1:] if len(entries) == reach and len(found) < limit else None
            reach *= 10
        return found[:limit]

    def _meeting_filters(self, pks: list[int]) -> set[int]:
        """Those of some customers who meet the filters, as far as these are not asked of their entries."""
        if self.criteria.entries_know:
            return {*pks}
        customers = self.rows.select_related(None).filter(pk__in=pks)
        return set(self.criteria.filters_alone.apply(customers).values_list("pk", flat=True))

    def _entries_beyond(self, order: Order, position: Position, limit: int) -> list[tuple[Any, ...]]:
        """The first entries beyond a position that are right: whose they are, and their own positions."""
        wanted = self.criteria if self.criteria.entries_know else self.criteria.words_alone
        entries = wanted.apply(order.beyond(self.entries, position))
        sql, params = _ENTRIES.among(entries.values("pk", *order.columns), self.words)
        columns = ", ".join(f"found.{name}" for name in ("pk", *order.columns))
        return _rows(f"SELECT {columns} FROM {sql} ORDER BY {_sorted(order)} LIMIT %s", (*params, limit))

    def count(self, limit: int | None = COUNT_LIMIT) -> int:
        """How many there are; counted to one more than `limit` at most, or to the end without one."""
        if self.rows.query.is_empty():
            return 0
        if limit is not None and not self.criteria:
            return self._count_all(limit)
        index = self._index(BY_NAME)
        matching = self._matching(index)
        if index is None:
            return matching.count() if limit is None else _count_along(matching, limit)
        sql, params = index.among(matching.order_by().values("pk"), self._questions_for(index))
        counted = f"SELECT 1 FROM {sql}" + ("" if limit is None else f" LIMIT {limit + 1:d}")
        return sum(_column(f"SELECT count(*) FROM ({counted}) AS counted", params))

    def _count_all(self, limit: int) -> int:
        """How many customers the partner has. Who has more than `limit` is not counted again for a minute."""
        key = f"more-than-{limit}-customers:{self.partner_id}"
        more = limit + 1
        if caches["process"].get(key):
            return more
        number = _count_along(self.rows, limit)
        if number == more:
            caches["process"].set(key, True, REMEMBERED)
        return number

    def _entries_lead(self, order: Order) -> bool:
        """Whether to go from what has the words to what meets the filters, in an order that search entries have."""
        lead = bool(self.words) and _entries_have(order) and not self._rather_marks_than(_ENTRIES)
        return lead and self._share_by_words <= _ENTRIES.most

    def _index(self, order: Order) -> Index | None:
        """The best index to ask, if there is anything to ask: the search entries where these know all that is asked."""
        if self.words and self.criteria.entries_know and _entries_have(order) and not self._rather_marks_than(_ENTRIES):
            return _ENTRIES
        if self.marks and (not self.words or self._rather_marks_than(_BY_WORDS)):
            return _BY_MARKS
        return _BY_WORDS if self.words else None

    def _questions_for(self, index: Index) -> list[str]:
        return self.marks if index is _BY_MARKS else self.words

    def _matching(self, index: Index | None) -> QuerySet[Any]:
        """Whoever meets the criteria, in the table whose rows an index gives."""
        rows = self.entries if index is _ENTRIES else self.rows.select_related(None)
        return self.criteria.apply(rows)

    @cached_property
    def _vocabulary(self) -> int:
        """How many tags there are, which a customer cannot have more of."""
        return Tag.objects.filter(partner=self.partner_id).count() if self.criteria.without else 0

    def _rather_marks_than(self, words: Index) -> bool:
        """Whether to look at all who answer by their marks costs less than at all who do by their words."""
        return bool(self.marks) and self._share_by_marks * _BY_MARKS.cost <= self._share_by_words * words.cost

    def _share(self, index: Index) -> float:
        """The part of all customers who answer an index, between 0 and 1."""
        return self._share_by_marks if index is _BY_MARKS else self._share_by_words

    @cached_property
    def _share_by_words(self) -> float:
        return self._share_of(self.criteria.words_alone)

    @cached_property
    def _share_by_marks(self) -> float:
        return self._share_of(self.criteria.filters_alone)

    def _share_of(self, criteria: Criteria) -> float:
        """The part that meets some criteria, in a sample. IDs are random: the first ones are like all others."""
        sample = self.rows.select_related(None).order_by("tenant_id")[: self.SAMPLE].query.sql_with_params()
        matching = criteria.apply(Customer.objects.all()).values("pk")
        return len(_column(*only_among(sample, matching))) / self.SAMPLE


@cache
def _entries_have(order: Order) -> bool:
    """Whether search entries can be put in an order without a look at the customers."""
    return {*order.columns} <= {field.attname for field in SearchEntry._meta.concrete_fields}


def _count_along(rows: QuerySet[Any], limit: int) -> int:
    """A count in the order of names: for the first of many the planner would go through the whole table."""
    return BY_NAME.sort(rows)[: limit + 1].count()


def place_of(position: Position) -> int:
    """In which place of the alphabet a position of a list by name is."""
    return bisect_right(PLACES, position[0])


def begin_of(place: int, order: Order) -> Position | None:
    """The position before the first name of a place, or after the last where names descend; None: the very first."""
    edge = place if order.descending else place - 1
    return (PLACES[edge], FIRST_ID) if 0 <= edge < len(PLACES) else None


def _sorted(order: Order) -> str:
    return ", ".join(f"found.{name} {'DESC' if order.descending else 'ASC'}" for name in order.columns)


def _column(sql: str, params: tuple[Any, ...]) -> list[Any]:
    return [value for (value,) in _rows(sql, params)]


def _rows(sql: str, params: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
