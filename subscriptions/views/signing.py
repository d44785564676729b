"""What of a request proves that somebody signed."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.http import HttpRequest

from subscriptions.services.transfers import Signature


def signature_of(request: HttpRequest, typed_name: str) -> Signature:
    """The signature of whoever sends a request: the name they typed, their address and browser."""
    return Signature(typed_name, _address(request), request.headers.get("User-Agent", ""))


def _address(request: HttpRequest) -> str | None:
    """The address that the connection comes from; None where it is none, as with a socket of the same machine."""
    address = str(request.META.get("REMOTE_ADDR") or "")
    try:
        validate_ipv46_address(address)
    except ValidationError:
        return None
    return address
