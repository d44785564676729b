"""How tags come onto customers and off them: held first, then changed by one statement for many rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, ExpressionWrapper, F, Func, Q, QuerySet, Value
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

    `visited` were looked at and `changed` were not as wanted before. Those `left`, by primary key, would have had more
    tags than a customer can have (the product rules, section 4), and are as they were.
    """

    visited: int
    changed: int
    left: tuple[int, ...]

    @property
    def over_limit(self) -> int:
        """How many were left."""
        return len(self.left)


@dataclass(frozen=True)
class Marking:
    """Tags to put on and tags to take off, by primary key; none is both."""

    add: Sequence[int] = ()
    remove: Sequence[int] = ()

    def apply(self, customers: QuerySet[Customer]) -> Marked:
        """Bring the tags of these customers about, in the caller's transaction. Doing it again changes nothing.

        They are held in the order of their Microsoft IDs, as everybody holds several, and counted as they are then:
        nobody changes them in between, and two changes wait for each other in one direction. The version of an account
        stays as it is: tags never stand in the way of somebody who edits it.
        """
        in_order = customers.select_for_update(of=("self",), no_key=True).order_by("tenant_id")
        held = list(in_order.values_list("pk", _whether(self._differs), _whether(self._over_limit)))
        left = tuple(pk for pk, _differs, over_limit in held if over_limit)
        to_change = [pk for pk, differs, over_limit in held if differs and not over_limit]
        changed = Customer.objects.filter(pk__in=to_change).update(tag_ids=self._wanted)
        return Marked(len(held), changed, left)

    @property
    def _wanted(self) -> Func:
        return _Without(_Together(F("tag_ids"), _array(self.add)), _array(self.remove))

    @property
    def _differs(self) -> Q:
        """Whether a customer is not as wanted; written so that most rows are told without making an array."""
        return ~Q(tag_ids__contains=list(self.add)) | Q(tag_ids__overlap=list(self.remove))

    @property
    def _over_limit(self) -> Q:
        """Whether a customer would have too many tags; only near the limit are they counted one by one."""
        return Q(tag_count__gt=_LIMIT - len(self.add)) & Q(GreaterThan(_Length(self._wanted), _LIMIT))


def discard(tag: Tag) -> None:
    """Take a tag that no customer has any more out of the vocabulary.

    It goes off accounts that have ended as well: one of them may come back.
    """
    ended = Customer.objects.filter(partner=tag.partner, ended_at__isnull=False, tag_ids__contains=[tag.pk])
    Marking(remove=[tag.pk]).apply(ended)
    tag.delete()


def _whether(condition: Q) -> ExpressionWrapper[Q]:
    return ExpressionWrapper(condition, BooleanField())


def _array(ids: Sequence[int]) -> Value:
    return Value(list(ids), _IDS)
