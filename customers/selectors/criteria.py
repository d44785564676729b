"""What a list of customers is narrowed down to, by search and filters."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Right

from customers.models import Customer, SearchEntry
from partnercenter.folding import fold

Row = TypeVar("Row", Customer, SearchEntry)

GUID_LENGTH: Final = 36
_BARE_GUID: Final = re.compile(r"[0-9a-f]{32}")
# What LIKE gives a meaning of its own.
_MEANING: Final = str.maketrans({sign: f"\\{sign}" for sign in r"\%_"})


class SearchBy(StrEnum):
    """Where a search looks; the words of `by=` in the address."""

    EVERYTHING = "all"
    COMPANY = "company"
    DOMAIN = "domain"
    MICROSOFT_ID = "microsoft_id"


class _Like(Func):
    """Whether a text is like a pattern."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "
    output_field = BooleanField()


@dataclass(frozen=True)
class Criteria:
    """What a customer has to be to stand in a list (the product rules, section 4). All of it has to be true.

    Every word of `text` occurs where `by` says, without regard to case and accents. The customer has any of `tags`
    (all of them with `all_tags`) and none of `without`, one of `resellers`, one of `relationships`, and was added at
    or after `added_from` and before `added_before`. Tags and resellers are primary keys of `Tag` and `Partner`.
    """

    text: str = ""
    by: SearchBy = SearchBy.EVERYTHING
    tags: tuple[int, ...] = ()
    all_tags: bool = False
    without: tuple[int, ...] = ()
    resellers: tuple[UUID, ...] = ()
    relationships: tuple[str, ...] = ()
    added_from: datetime | None = None
    added_before: datetime | None = None

    @property
    def words(self) -> list[str]:
        """The words of the search as they stand in the searchable text.

        A Microsoft ID may come without its hyphens, and of a mail address the domain is looked for.
        """
        words = fold(self.text).strip("{}").split()
        return [str(UUID(word)) if _BARE_GUID.fullmatch(word) else word.rpartition("@")[2] or word for word in words]

    @property
    def filters(self) -> bool:
        """Whether anything but the search narrows the list."""
        return any((self.tags, self.without, self.resellers, self.relationships, self.added_from, self.added_before))

    def __bool__(self) -> bool:
        return bool(self.words) or self.filters

    def apply(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """The customers that are so, or where nothing but a search narrows the list the search entries of those.

        This is what the criteria mean; `finding` knows how to get there fast.
        """
        if self.by == SearchBy.MICROSOFT_ID:
            rows = rows.alias(microsoft_id=Right("search_text", GUID_LENGTH))
        wanted = Q()
        for word in self.words:
            wanted &= self._occurs(word)
        return rows.filter(wanted & self._is_so())

    @property
    def entries_know(self) -> bool:
        """Whether search entries alone tell who is so."""
        return not any((self.tags, self.without, self.resellers, self.relationships))

    @property
    def words_alone(self) -> Criteria:
        """The search without the filters."""
        return Criteria(text=self.text, by=self.by)

    @property
    def filters_alone(self) -> Criteria:
        """The filters without the search."""
        return replace(self, text="")

    def along(self, column: str, customers: QuerySet[Customer], *, vocabulary: int) -> QuerySet[Customer]:
        """The part of a list ordered by `column` that can hold such customers at all.

        `vocabulary` is the number of tags that there are.
        """
        so = Q()
        if column == "begun_at":
            so = self._was_added()
        elif column == "tag_count":
            so = self._number_of_tags(vocabulary)
        return customers.filter(so)

    def _number_of_tags(self, vocabulary: int) -> Q:
        so = Q()
        if self.tags:
            so &= Q(tag_count__gte=len({*self.tags}) if self.all_tags else 1)
        if self.without:
            so &= Q(tag_count__lte=vocabulary - len({*self.without}))
        return so

    def _occurs(self, word: str) -> Q:
        match self.by:
            case SearchBy.COMPANY:
                return Q(name_key__contains=word)
            case SearchBy.DOMAIN:
                # The domains are the lines between the first and the last.
                return Q(_Like(F("search_text"), Value(f"%\n%{word.translate(_MEANING)}%\n%")))
            case SearchBy.MICROSOFT_ID:
                return Q(microsoft_id__contains=word)
        return Q(search_text__contains=word)

    def _is_so(self) -> Q:
        so = Q()
        if self.tags:
            so &= Q(tag_ids__contains=self.tags) if self.all_tags else Q(tag_ids__overlap=self.tags)
        if self.without:
            so &= ~Q(tag_ids__overlap=self.without)
        if self.resellers:
            so &= Q(reseller__in=self.resellers)
        if self.relationships:
            so &= Q(relationships__overlap=self.relationships)
        return so & self._was_added()

    def _was_added(self) -> Q:
        so = Q()
        if self.added_from:
            so &= Q(begun_at__gte=self.added_from)
        if self.added_before:
            so &= Q(begun_at__lt=self.added_before)
        return so
