"""Rows of a table, written by a template.

A template that is rendered anew for each row looks up every value, translates every word and draws every icon again.
Where only values differ from row to row it is rendered once, with blanks, and each row fills these in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.template import Context
from django.template.base import Template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# Characters that mean nothing to anybody, so that no text of a template has them, and escaping leaves them alone.
_OPEN, _CLOSE = "\ue000", "\ue001"
_BLANK: Final = re.compile(f"{_OPEN}(\\w+){_CLOSE}")
_MEANS_SOMETHING: Final = re.compile("[&<>\"']").search


def rows_alike(template: Template, context: Context, names: Iterable[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Each of `rows` as `template` writes it, where `record` has a text for each of `names`.

    The template may ask nothing about those texts: while it is rendered there are blanks in their place. A text is
    escaped as it is everywhere, unless it is marked as safe.
    """
    blanks = {name: f"{_OPEN}{name}{_CLOSE}" for name in names}
    with context.push(record=blanks):
        pattern = _BLANK.sub(r"%(\1)s", template.render(context).replace("%", "%%"))
    return mark_safe("".join([pattern % _escaped(row) for row in rows]))  # noqa: S308


def _escaped(row: Mapping[str, str]) -> dict[str, str]:
    return {
        name: escape(text) if _MEANS_SOMETHING(text) and not isinstance(text, SafeString) else text
        for name, text in row.items()
    }


def rows_of_any_kind(template: Template, context: Context, records: Iterable[Any]) -> str:
    """Each of `records` as `template` writes it."""
    return mark_safe("".join(_each(template, context, records)))  # noqa: S308


def _each(template: Template, context: Context, records: Iterable[Any]) -> Iterator[str]:
    for record in records:
        with context.push(record=record):
            yield template.render(context)
