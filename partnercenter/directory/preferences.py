"""How a person wants to read: language, time zone, color scheme and density."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from partnercenter.directory.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]


class Preferences(NamedTuple):
    language: str
    color_scheme: str
    density: str


def preferences_of(request: HttpRequest) -> Preferences:
    """What the signed-in person chose; for anybody else what their browser says."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Preferences(language, User.ColorScheme.SYSTEM, User.Density.COMFORTABLE)
    return Preferences(language, user.color_scheme, user.density)


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context: `preferences`, and what the installation says of itself."""
    return {"preferences": preferences_of(request), "languages": settings.LANGUAGES, "demo": settings.DEMO}


def activate_preferences(get_response: GetResponse) -> GetResponse:
    """Middleware: the language a person chose wins over the browser's; times are in the browser's zone.

    The zone comes from the cookie `timezone`, which a script of the frame sets; without it times are UTC.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        try:
            zone = zoneinfo.ZoneInfo(request.COOKIES.get("timezone", "UTC"))
        except (ValueError, zoneinfo.ZoneInfoNotFoundError, OSError):
            zone = zoneinfo.ZoneInfo("UTC")
        with timezone.override(zone):
            return get_response(request)

    return middleware
