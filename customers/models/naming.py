"""When two names are the same."""

from __future__ import annotations

from django.db.models import Expression
from django.db.models.functions import Lower


def name_key(name: str | Expression) -> Lower:
    """What names that count as the same have in common: the letters as the database makes them small.

    `name` is a column or an expression. Constraints compare these keys, and nothing else does it in another way:
    Python has rules of its own for letters such as ß and İ. That é is one character is seen to before, by the
    field in which people type a name.
    """
    return Lower(name)
