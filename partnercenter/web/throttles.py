"""Limits on what costs much and what nobody does often: exports and uploads (the quality goals, section 2)."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase

from partnercenter.web.errors import too_many

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)

MINUTE: Final = 60


def throttled(
    what: str, *, per_minute: int, method: str = ""
) -> Callable[[Callable[Concatenate[R, P], HttpResponseBase]], Callable[Concatenate[R, P], HttpResponseBase]]:
    """Let each person use a view `per_minute` times in a minute, together with others that say the same `what`.

    With `method` only requests of that one are counted. Beyond the limit: 429 with a sentence. Counters are kept in
    the cache, so every process knows them. Stands below the decorator that lets people in.
    """

    def decorate(
        view: Callable[Concatenate[R, P], HttpResponseBase],
    ) -> Callable[Concatenate[R, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if method in ("", request.method) and _count(what, request) > per_minute:
                return too_many(request)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def _count(what: str, request: HttpRequest) -> int:
    """How often this person has asked within the minute of the clock, this time included."""
    key = f"throttle:{what}:{request.user.pk}:{int(time.time()) // MINUTE}"
    cache.add(key, 0, timeout=MINUTE)
    return cache.incr(key)
