"""What becomes of the licenses of users who are deleted and restored; `USER_FOLLOWERS` in the settings names it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from customers.services.followers import Follower
from subscriptions.models import License, Subscription
from subscriptions.services.holding import hold_subscriptions

# Who is restored first gets back what is left; the rest of what was freed is forgotten.
_GIVE_BACK: Final = """
    WITH wanted AS (
        SELECT l.id, row_number() OVER (PARTITION BY s.id ORDER BY c.place) <= s.quantity - s.assigned AS is_left
        FROM unnest(%s::uuid[]) WITH ORDINALITY AS c (user_id, place)
            JOIN subscriptions_license AS l ON l.user_id = c.user_id
            JOIN subscriptions_subscription AS s ON s.id = l.subscription_id
        WHERE l.freed_at IS NOT NULL
    ), given_back AS (
        UPDATE subscriptions_license AS l SET freed_at = NULL FROM wanted AS w WHERE w.is_left AND l.id = w.id
    ), lost AS (
        DELETE FROM subscriptions_license AS l USING wanted AS w WHERE NOT w.is_left AND l.id = w.id RETURNING 1
    )
    SELECT count(*) FROM lost
"""


def free_licenses(user_ids: Sequence[UUID]) -> None:
    """Users of an organization that the caller's transaction holds are deleted: others can have their seats."""
    licenses = _licenses_of(user_ids).filter(freed_at=None)
    hold_subscriptions(Subscription.objects.filter(pk__in=licenses.values("subscription")))
    licenses.update(freed_at=timezone.now())


def give_back_licenses(user_ids: Sequence[UUID]) -> int:
    """Users are restored, in this order, and get back the licenses that they had as long as seats are left.

    Returns how many licenses were not left.
    """
    freed = _licenses_of(user_ids).filter(freed_at__isnull=False)
    hold_subscriptions(Subscription.objects.filter(pk__in=freed.values("subscription")))
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [[*user_ids]])
        [(lost,)] = cursor.fetchall()
    return int(lost)


def _licenses_of(user_ids: Sequence[UUID]) -> QuerySet[License]:
    return License.objects.filter(user_id__in=RawSQL("SELECT unnest(%s::uuid[])", [[*user_ids]]))


follower: Final = Follower(deleted=free_licenses, restored=give_back_licenses)
