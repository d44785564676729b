"""Saving what has a name of its own."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from psycopg2.errors import UniqueViolation

from customers.models import SavedView, Tag
from partnercenter.errors import Refused


class NameTaken(Refused):
    """Another tag of the partner, or another view of the person, is called so already."""


def save_named(row: Tag | SavedView, taken: str = "", *, fields: Sequence[str] | None = None) -> None:
    """Save a tag or a view, or only some of its fields. Raises `NameTaken` with the sentence `taken`.

    Whether a name is free is not asked before: the constraint of the database has the last word anyway, also on
    names that are given at the same moment.
    """
    try:
        with transaction.atomic():
            row.save(update_fields=fields)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise NameTaken(taken) from error
