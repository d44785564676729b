"""Limits on what costs much and what nobody does so often: exports, uploads, search (the quality goals, section 2)."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest, HttpResponseBase

from partnercenter.web.errors import too_many

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)

MINUTE: Final = 60


def throttled(
    what: str,
    *,
    per_minute: int,
    method: str = "",
    only: Callable[[HttpRequest], bool] | None = None,
    within: str = "default",
) -> Callable[[Callable[Concatenate[R, P], HttpResponseBase]], Callable[Concatenate[R, P], HttpResponseBase]]:
    """Let each person use a view `per_minute` times in a minute, together with others that say the same `what`.

    With `method` only requests of that one are counted, with `only` those of which it is true. Beyond the limit: 429
    with a sentence. Counters are kept in the cache, so every process knows them; `within="process"` keeps them in
    each process for itself, which costs nothing and is exact enough for what people do all the time. Stands below the
    decorator that lets people in.
    """

    def decorate(
        view: Callable[Concatenate[R, P], HttpResponseBase],
    ) -> Callable[Concatenate[R, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            counts = method in ("", request.method) and (only is None or only(request))
            if counts and _count(what, request, caches[within]) > per_minute:
                return too_many(request)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def _count(what: str, request: HttpRequest, cache: BaseCache) -> int:
    """How often this person has asked within the minute of the clock, this time included."""
    key = f"throttle:{what}:{request.user.pk}:{int(time.time()) // MINUTE}"
    cache.add(key, 0, timeout=MINUTE)
    return cache.incr(key)
