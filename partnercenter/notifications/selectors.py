"""Questions about what people were told."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min, QuerySet

from partnercenter.directory.models import User
from partnercenter.notifications.models import Mail, Notification


def notifications_of(user: User) -> QuerySet[Notification]:
    return Notification.objects.filter(user=user)


def unread_count(user: User, limit: int = 100) -> int:
    """How many are new, counted up to `limit`: nobody reads a larger number."""
    return notifications_of(user).filter(read_at=None)[:limit].count()


def waiting_mails(now: datetime) -> tuple[int, float | None]:
    """How many mails are not sent yet, and for how many seconds the oldest has been waiting; None without any."""
    waiting = Mail.objects.filter(sent_at=None).aggregate(count=Count("pk"), since=Min("created_at"))
    return waiting["count"], (now - waiting["since"]).total_seconds() if waiting["since"] else None
