"""From where somebody signs a transfer, and what they are told where that came too late."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.translation import gettext as _

from partnercenter.errors import Refused
from subscriptions.services.transfers import Signature

Result = TypeVar("Result")


def signature_of(request: HttpRequest, typed_name: str) -> Signature:
    """The signature of who sent a request: the name that was typed, the address, and the browser.

    The address is the one that sign-in counts failures by, also behind the proxies that the settings name.
    """
    return Signature(typed_name, get_adapter().get_client_ip(request), request.headers.get("User-Agent", ""))


def signed_or_told(service: Callable[[], Result]) -> Result:
    """What a service that signs returns; where it refuses, the sentence also says that the signature did not count."""
    try:
        return service()
    except Refused as refused:
        raise Refused(did_not_count(str(refused))) from refused


def did_not_count(why: str) -> str:
    """Why somebody did not sign, and that they did not."""
    return _("%(why)s Your signature did not count.") % {"why": why}
