"""Links that partners send to people outside: what they are made of, and how long they open anything."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

# A link that nobody has answered expires (the product rules, section 7), and what it was sent for with it.
LINK_LIFETIME: Final = timedelta(days=90)
# Days before that on which who has not answered is reminded.
REMINDED_BEFORE: Final = (7, 3, 1)
TOKEN_LENGTH: Final = 32


def new_token() -> str:
    """The part of a link that nobody guesses. It opens nothing by itself: who follows it signs in."""
    return secrets.token_urlsafe(TOKEN_LENGTH * 3 // 4)


def ninety_days_from_now() -> datetime:
    """When a link that is made now expires."""
    return timezone.now() + LINK_LIFETIME
