"""What stands between signing in and working: an own password, a second factor, a session that has not ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from partnercenter.partners.selectors import staff_of

GetResponse = Callable[[HttpRequest], HttpResponse]

# How exactly the end of an idle session is kept: a write for each page would cost more than it tells.
RESOLUTION_SECONDS: Final = 60
ALWAYS_OPEN: Final = ("account_logout", "preferences", "healthz", "readyz")


def limit_sessions(get_response: GetResponse) -> GetResponse:
    """Middleware: a session ends after 30 idle minutes, and after 12 hours in any case."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = time.time()
            begun, seen = request.session.get("begun", now), request.session.get("seen", 0)
            if seen and (now - seen > settings.SESSION_IDLE_SECONDS or now - begun > settings.SESSION_COOKIE_AGE):
                logout(request)
                messages.info(request, _("You were signed out because nothing happened for a while. Sign in again."))
            elif now - seen > RESOLUTION_SECONDS:
                request.session.update({"begun": begun, "seen": now})
        return get_response(request)

    return middleware


def finish_sign_in(get_response: GetResponse) -> GetResponse:
    """Middleware: whoever has a temporary password, or no second factor where one is needed, gets that done first."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else ""
        if not request.user.is_authenticated or name in ALWAYS_OPEN:
            return None
        if request.user.must_change_password:
            return None if name == "account_change_password" else redirect("account_change_password")
        if _lacks_second_factor(request) and not _sets_up_second_factor(name or ""):
            return redirect("mfa_index")
        return None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _lacks_second_factor(request: HttpRequest) -> bool:
    return settings.SECOND_FACTOR_REQUIRED and staff_of(request) is not None and not is_mfa_enabled(request.user)


def _sets_up_second_factor(url_name: str) -> bool:
    return url_name.startswith("mfa_") or url_name in ("account_reauthenticate", "account_change_password")
