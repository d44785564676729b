"""From where somebody signs a transfer."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from subscriptions.services.transfers import Signature


def signature_of(request: HttpRequest, typed_name: str) -> Signature:
    """The signature of who sent a request: the name that was typed, the address, and the browser.

    The address is the one that sign-in counts failures by, also behind the proxies that the settings name.
    """
    return Signature(typed_name, get_adapter().get_client_ip(request), request.headers.get("User-Agent", ""))
