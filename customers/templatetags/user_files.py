"""How large a file of users may be, for templates that tell it."""

from __future__ import annotations

from django.template import Library

from customers.userfiles import limits

register = Library()


@register.simple_tag
def most_rows_of_file() -> int:
    """How many rows one file may have."""
    return limits.MAX_ROWS
