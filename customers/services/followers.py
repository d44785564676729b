"""What follows when users are deleted or restored: things of higher apps, which settings name in `USER_FOLLOWERS`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Follower:
    """What an app does with what its users have, in the transaction that deletes or restores them.

    Both are given users of an organization that is held, by their ids, in the order in which they were selected.
    `restored` says how much of what they had they did not get back.
    """

    deleted: Callable[[Sequence[UUID]], None]
    restored: Callable[[Sequence[UUID]], int]


@cache
def followers() -> tuple[Follower, ...]:
    """All that settings name. Raises ImproperlyConfigured for something else, ImportError for what is not there."""
    return tuple(_follower(path) for path in settings.USER_FOLLOWERS)


def _follower(path: str) -> Follower:
    found = import_string(path)
    if not isinstance(found, Follower):
        raise ImproperlyConfigured(f"USER_FOLLOWERS names {path}, which is no Follower")
    return found
