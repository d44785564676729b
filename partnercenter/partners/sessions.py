"""What stands between signing in and working: an own password, a second factor, a session that has not ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from partnercenter.partners.selectors import removed_staff_of, staff_of
from partnercenter.partners.signin import removal

GetResponse = Callable[[HttpRequest], HttpResponse]

# How exactly the end of an idle session is kept: a write for each page would cost more than it tells.
RESOLUTION_SECONDS: Final = 60
ALWAYS_OPEN: Final = ("account_logout", "preferences", "healthz", "readyz")
# Pages ask for these again and again by themselves, as long as a job runs: that is nobody at work.
POLLED: Final = (
    "jobs:list",
    "jobs:progress",
    "customers:import_progress",
    "subscriptions:change_result",
    "subscriptions:license_change",
    "removal:remove",
    "transfers:campaign_progress",
    "transfers:transfer",
    "my_transfers:transfer",
)


def limit_sessions(get_response: GetResponse) -> GetResponse:
    """Middleware: a session ends after 30 idle minutes, after 12 hours in any case, and when its person is removed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and (why := _why_it_ends(request)):
            logout(request)
            messages.info(request, why)
        return get_response(request)

    def process_view(request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        now = time.time()
        if not request.user.is_authenticated or _asks_by_itself(request):
            return
        if now - request.session.get("seen", 0) > RESOLUTION_SECONDS:
            request.session.update({"begun": request.session.get("begun", now), "seen": now})

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _why_it_ends(request: HttpRequest) -> str:
    """The sentence for a person whose session is over; nothing for one who may go on."""
    now = time.time()
    begun, seen = request.session.get("begun", now), request.session.get("seen", now)
    if now - seen > settings.SESSION_IDLE_SECONDS or now - begun > settings.SESSION_COOKIE_AGE:
        return _("You were signed out because nothing happened for a while. Sign in again.")
    if removed := removed_staff_of(request):
        return removal(removed)
    return ""


def _asks_by_itself(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers and _name_of(request) in POLLED


def _name_of(request: HttpRequest) -> str:
    """The whole name of the page that is asked for, with the namespace it is in."""
    return request.resolver_match.view_name if request.resolver_match else ""


def finish_sign_in(get_response: GetResponse) -> GetResponse:
    """Middleware: whoever has a temporary password, or no second factor where one is needed, gets that done first."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        name = _name_of(request)
        if not request.user.is_authenticated or name in ALWAYS_OPEN:
            return None
        if request.user.must_change_password:
            return None if name == "account_change_password" else _to_own_password(request)
        if _lacks_second_factor(request) and not _sets_up_second_factor(name):
            return redirect("mfa_index")
        return None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _to_own_password(request: HttpRequest) -> HttpResponse:
    """To the page on which one's own password is chosen, and from there to the page that somebody wanted to see."""
    address = reverse("account_change_password")
    wanted = request.get_full_path() if request.method == "GET" and request.path != reverse("home") else ""
    return redirect(f"{address}?{urlencode({REDIRECT_FIELD_NAME: wanted})}" if wanted else address)


def _lacks_second_factor(request: HttpRequest) -> bool:
    return settings.SECOND_FACTOR_REQUIRED and staff_of(request) is not None and not is_mfa_enabled(request.user)


def _sets_up_second_factor(name: str) -> bool:
    return name.startswith("mfa_") or name in ("account_reauthenticate", "account_change_password")
