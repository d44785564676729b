"""Finding customers fast, whatever is searched and filtered, in any order and at any number of customers.

A page is looked for twice. First among the next `NEAR` customers of the order, one after another: that finds what
is common. What is rare is then found by an inverted index. Neither depends on how many customers there are.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Expression, F, Func, QuerySet
from django.db.models.expressions import RawSQL

from customers.models import Customer
from customers.models.terms import Marks, Words
from customers.selectors.criteria import Criteria
from customers.selectors.questions import ALL_PLACES, marks_question, words_question
from partnercenter.web.keyset import COUNT_LIMIT, Order, Source, count_up_to

# A few milliseconds of walking along an index.
NEAR: Final = 20_000
# When words and filters both find more than this, neither of them is the better way in.
FEW: Final = 5_000

_PLACES: Final = "unnest(%s::tsquery[]) AS place (question) CROSS JOIN LATERAL"


class Answers(Func):
    """Whether terms answer the question of the place that is being asked."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()

    def __init__(self, terms: Expression) -> None:
        super().__init__(terms, RawSQL("place.question", []))


WORDS: Final = Words(F("search_entry__partner"), F("search_entry__place"), F("search_entry__search_text"))
MARKS: Final = Marks("partner", "place", "tag_ids", "relationships", "reseller", "begun_at")


class CustomersFound(Source[Customer]):
    """The customers of one partner that meet some criteria; a source of pages for a table."""

    def __init__(self, customers: QuerySet[Customer], criteria: Criteria, *, partner_id: UUID) -> None:
        super().__init__(customers)
        self.criteria = criteria
        self.partner_id = partner_id

    def take(self, rows: QuerySet[Customer], order: Order, limit: int) -> list[Customer]:
        """The first `limit` of `rows` in an order; `rows` are those of this source that come after a position."""
        matching = self.criteria.apply(rows)
        if not self.criteria:
            return list(order.sort(rows)[:limit])
        edge = order.sort(rows).values_list(*order.columns)[NEAR - 1 : NEAR].first()
        if edge is None:
            return list(order.sort(matching)[:limit])
        found = list(order.sort(order.until(matching, edge))[:limit])
        if len(found) < limit:
            found += self._far(order.beyond(matching, edge), order, limit - len(found))
        return found

    def count(self, limit: int | None = COUNT_LIMIT) -> int:
        """How many there are; counted to one more than `limit` at most, or to the end without one."""
        matching = self.criteria.apply(self.rows)
        asked = self._asked(matching) if self.criteria else None
        if asked is None:
            return matching.count() if limit is None else count_up_to(matching, limit)
        answers, questions = asked
        sql, params = answers.order_by().values("pk").query.sql_with_params()
        counted = f"SELECT 1 FROM {_PLACES} ({sql}) AS found" + ("" if limit is None else f" LIMIT {limit + 1:d}")
        return int(_first(f"SELECT count(*) FROM ({counted}) AS counted", [questions, *params]))

    def _far(self, matching: QuerySet[Customer], order: Order, limit: int) -> list[Customer]:
        """The first of many, by an inverted index, a place of the alphabet after the other."""
        asked = self._asked(matching)
        if asked is None:
            return list(order.sort(matching)[:limit])
        answers, questions = asked
        by_name = order.columns[0] == "name_key"
        if by_name and order.descending:
            questions.reverse()
        sql, params = order.sort(answers).values("pk", *order.columns)[:limit].query.sql_with_params()
        # Places are asked in the order of names: it is the first ones that fill the page. In another order the best
        # of each place are put together.
        sort = "" if by_name else f"ORDER BY {_sorted(order)}"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT found.id FROM {_PLACES} ({sql}) AS found {sort} LIMIT %s", [questions, *params, limit]
            )
            ids = [pk for (pk,) in cursor.fetchall()]
        customers = self.rows.in_bulk(ids)
        return [customers[pk] for pk in ids if pk in customers]

    def _asked(self, matching: QuerySet[Customer]) -> tuple[QuerySet[Customer], list[str]] | None:
        """`matching` where it answers a question of its place, and the questions; None if nothing can be asked."""
        words = self._questions(words_question)
        marks = self._questions(marks_question)
        if marks and (not words or self._many_have(words)):
            return matching.filter(Answers(MARKS)), marks
        return (matching.filter(Answers(WORDS)), words) if words else None

    def _questions(self, question: Any) -> list[str]:
        return [text for place in ALL_PLACES if (text := question(self.criteria, self.partner_id, place))]

    def _many_have(self, words: list[str]) -> bool:
        terms = "customer_words(partner_id, place, search_text)"
        found = f"SELECT customer_id FROM customers_searchentry WHERE {terms} @@ question"
        few = f"SELECT 1 FROM {_PLACES} ({found}) AS found LIMIT {FEW + 1}"
        return bool(_first(f"SELECT count(*) > {FEW} FROM ({few}) AS few", [words]))


def _sorted(order: Order) -> str:
    return ", ".join(f"found.{name} {'DESC' if order.descending else 'ASC'}" for name in order.columns)


def _first(sql: str, params: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]
