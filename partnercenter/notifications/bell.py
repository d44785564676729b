"""The bell of the frame."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from partnercenter.notifications.selectors import unread_count


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context: `unread`, asked for only by pages that show the bell."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread": 0}
    return {"unread": SimpleLazyObject(lambda: unread_count(user))}
