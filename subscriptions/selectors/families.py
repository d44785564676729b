"""What belongs together: a subscription, and all that belongs to it, near or far."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.db import connection

# What follows subscriptions that are no longer active, with the moment since which those are as they are. A child that
# somebody suspended by itself stays so, unless what it belongs to has ended.
FOLLOWING: Final = """
    following AS (
        SELECT c.id, p.status_at AS since
        FROM subscriptions_subscription AS p JOIN subscriptions_subscription AS c ON c.parent_id = p.id
        WHERE p.id = ANY (%(ids)s::uuid[]) AND c.status NOT IN ('deleted', 'canceled')
            AND (%(has_ended)s OR c.status = 'active' OR c.with_parent)
        UNION ALL
        SELECT c.id, f.since FROM following AS f JOIN subscriptions_subscription AS c ON c.parent_id = f.id
        WHERE c.status NOT IN ('deleted', 'canceled') AND (%(has_ended)s OR c.status = 'active' OR c.with_parent)
    )
"""
_SUSPENDED_WITH: Final = """
    WITH RECURSIVE following AS (
        SELECT s.id FROM subscriptions_subscription AS s
        WHERE s.parent_id = ANY (%(ids)s::uuid[]) AND s.with_parent AND s.status = 'suspended'
        UNION ALL
        SELECT s.id FROM subscriptions_subscription AS s JOIN following AS f ON s.parent_id = f.id
        WHERE s.with_parent AND s.status = 'suspended'
    )
    SELECT id FROM following
"""
_FAMILY: Final = """
    WITH RECURSIVE family AS (
        SELECT s.id, s.parent_id AS head FROM subscriptions_subscription AS s
        WHERE s.parent_id = ANY (%(ids)s::uuid[]) AND s.status NOT IN ('deleted', 'canceled')
        UNION ALL
        SELECT s.id, f.head FROM subscriptions_subscription AS s JOIN family AS f ON s.parent_id = f.id
        WHERE s.status NOT IN ('deleted', 'canceled')
    )
    SELECT id, head FROM family
"""
# The nearest of what each belongs to, near or far, that is not renewed at the end of its term.
_ENDS_WITH: Final = """
    WITH RECURSIVE above AS (
        SELECT s.id, s.parent_id, 1 AS steps FROM subscriptions_subscription AS s
        WHERE s.id = ANY (%(ids)s::uuid[]) AND s.parent_id IS NOT NULL
        UNION ALL
        SELECT a.id, p.parent_id, a.steps + 1 FROM above AS a JOIN subscriptions_subscription AS p ON p.id = a.parent_id
        WHERE p.parent_id IS NOT NULL
    )
    SELECT DISTINCT ON (a.id) a.id, p.name FROM above AS a JOIN subscriptions_subscription AS p ON p.id = a.parent_id
    WHERE p.term <> '' AND NOT (p.status = 'active' AND p.auto_renew)
    ORDER BY a.id, a.steps
"""


def following(ids: Collection[UUID], *, has_ended: bool = False) -> list[UUID]:
    """What will follow subscriptions that are about to be no longer active; all of it if they `has_ended`."""
    sql = f"WITH RECURSIVE {FOLLOWING} SELECT id FROM following"  # noqa: S608 - composed of what stands above
    return [pk for (pk,) in _ask(sql, ids, has_ended=has_ended)]


def suspended_with(ids: Collection[UUID]) -> list[UUID]:
    """What was suspended together with subscriptions, and comes back with them."""
    return [pk for (pk,) in _ask(_SUSPENDED_WITH, ids)]


def family_of(ids: Collection[UUID]) -> dict[UUID, UUID]:
    """All that has not ended and belongs to subscriptions, near or far; and to which of these."""
    return dict(_ask(_FAMILY, ids))


def ends_with(ids: Collection[UUID]) -> dict[UUID, str]:
    """Which of some subscriptions end at the end of their term as what they belong to does, and what that is called."""
    return dict(_ask(_ENDS_WITH, ids))


def _ask(sql: str, ids: Collection[UUID], **words: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": [*ids], **words})
        return [*cursor.fetchall()]
