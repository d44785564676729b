"""How the database finds customers: each is a set of terms in an inverted index.

A term begins with the partner and the place of the customer's name in the alphabet. Asked place by place, the index
gives what matches in the order of names, and may stop when a page is full. Two functions of the database make the
terms (the migration that brings them tells how); `customers.selectors.finding` writes the questions.
"""

from __future__ import annotations

from typing import Final

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, IntegerField
from django.db.models.expressions import Combinable

# Where a place of the alphabet ends and the next begins, by code point, as names are ordered. Customers of most
# partners spread over them in parts of a few percent; a change of this list needs a migration.
PLACES: Final = (
    "3", "6", "a", "al", "b", "bl", "c", "ci", "co", "d", "e", "f", "g", "h", "i", "k", "l", "m", "mi",
    "n", "o", "p", "q", "r", "s", "se", "so", "st", "t", "u", "v", "w", "x", "{", "а", "в", "з", "к",
    "м", "о", "п", "с", "֐", "ا", "ش", "ع", "م", "ऀ", "ぁ", "ア", "一", "中", "北", "合", "大", "新", "有", "株",
    "海", "福", "金", "가", "유", "주",
)  # fmt: skip


def place_of(name_key: Combinable) -> Func:
    """The place of a name: how many of `PLACES` do not come after it."""
    places = ",".join(f'"{place}"' for place in PLACES)
    return Func(
        name_key, template=f"width_bucket(%(expressions)s, '{{{places}}}'::text[])", output_field=IntegerField()
    )


class Words(Func):
    """The terms of partner, place and searchable text: three letters each, of name, domains and Microsoft ID."""

    function = "customer_words"
    output_field = SearchVectorField()


class Marks(Func):
    """The terms of what a list is filtered by: tags, relationships, reseller, year and month of the beginning."""

    function = "customer_marks"
    output_field = SearchVectorField()
