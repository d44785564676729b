"""Attempts at forbidden things are in the log too (the product rules, section 11)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from partnercenter.activity.details import ADDRESS, TRIED
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.partners.access import Forbidden

GetResponse = Callable[[HttpRequest], HttpResponse]


def record_refusals(get_response: GetResponse) -> GetResponse:
    """Middleware: a line for each page or act that a staff member's roles did not allow."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, Forbidden):
            record(
                Deed.REFUSED,
                partner=exception.staff.partner,
                actor=exception.staff.user,
                details={TRIED: exception.action.value, ADDRESS: request.path[:200]},
            )

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
