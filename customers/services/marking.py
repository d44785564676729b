"""How tags come onto customers and off them: one statement for many rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F, Func, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan

from customers.models import Customer, Tag

_IDS: Final = ArrayField(BigIntegerField())
_LIMIT: Final = Tag.MOST_ON_A_CUSTOMER


class _Together(Func):
    """Two arrays, one behind the other."""

    template = "%(expressions)s"
    arg_joiner = " || "
    output_field = _IDS


class _Without(Func):
    """What is in the first array and not in the second one, sorted and each once."""

    template = "ARRAY(SELECT DISTINCT tag FROM unnest(%(expressions)s) ORDER BY tag)"
    arg_joiner = ") AS tag WHERE tag <> ALL("
    output_field = _IDS


class _Length(Func):
    function = "cardinality"
    output_field = BigIntegerField()


@dataclass(frozen=True)
class Marked:
    """What came of putting tags on customers and taking tags off, in numbers of customers.

    `visited` were looked at and `changed` were not as wanted before. `over_limit` would have had more tags than a
    customer can have (the product rules, section 4), and were left as they were.
    """

    visited: int
    changed: int
    over_limit: int


@dataclass(frozen=True)
class Marking:
    """Tags to put on and tags to take off, by primary key; none is both."""

    add: Sequence[int] = ()
    remove: Sequence[int] = ()

    def apply(self, customers: QuerySet[Customer]) -> Marked:
        """Bring the tags of these customers about, in the caller's transaction. Doing it again changes nothing.

        The version of an account stays as it is: tags never stand in the way of somebody who edits it.
        """
        customers = customers.order_by()
        counted = customers.aggregate(visited=Count("pk"), over_limit=Count("pk", filter=self.over_limit))
        changed = customers.filter(self._differs & ~self.over_limit).update(tag_ids=self._wanted)
        return Marked(**counted, changed=changed)

    @property
    def _wanted(self) -> Func:
        return _Without(_Together(F("tag_ids"), _array(self.add)), _array(self.remove))

    @property
    def _differs(self) -> Q:
        """Whether a customer is not as wanted; written so that most rows are told without making an array."""
        return ~Q(tag_ids__contains=list(self.add)) | Q(tag_ids__overlap=list(self.remove))

    @property
    def over_limit(self) -> Q:
        """Whether a customer would have too many tags; only near the limit are they counted one by one."""
        if not self.add:
            return Q(pk__in=[])
        return Q(tag_count__gt=_LIMIT - len(self.add)) & Q(GreaterThan(_Length(self._wanted), _LIMIT))


def discard(tag: Tag) -> None:
    """Take a tag that no customer has any more out of the vocabulary.

    It goes off accounts that have ended as well: one of them may come back.
    """
    ended = Customer.objects.filter(partner=tag.partner, ended_at__isnull=False, tag_ids__contains=[tag.pk])
    Marking(remove=[tag.pk]).apply(ended)
    tag.delete()


def _array(ids: Sequence[int]) -> Value:
    return Value(list(ids), _IDS)
