"""Questions about what people were told."""

from __future__ import annotations

from django.db.models import QuerySet

from partnercenter.directory.models import User
from partnercenter.notifications.models import Notification


def notifications_of(user: User) -> QuerySet[Notification]:
    return Notification.objects.filter(user=user)


def unread_count(user: User, limit: int = 100) -> int:
    """How many are new, counted up to `limit`: nobody reads a larger number."""
    return notifications_of(user).filter(read_at=None)[:limit].count()
