"""What people read when a page is not shown: a sentence, in their language, with the right status.

A piece of a page that htmx asked for gets the sentence as a banner; everything else gets a whole page.
"""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what came is not what a page of the portal sends; the log says what was wrong with it. 413: too much."""
    if isinstance(exception, RequestDataTooBig):
        sentence = _("What was sent is far larger than the portal takes. Nothing of it was read.")
        return _piece(request, sentence, 413) or render(request, "400.html", {"exception": sentence}, status=413)
    if piece := _piece(request, _("The portal could not read what was sent. Load the page again."), 400):
        return piece
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the sentence of the exception says who may do this."""
    sentence = str(exception or "") or _("Your role does not allow this. A Global admin can give you another one.")
    return _piece(request, sentence, 403) or render(request, "403.html", {"exception": sentence}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that this portal did not hand out to this browser, or too long ago."""
    sentence = _("This page was open for too long. Load it again and send the form once more.")
    return _piece(request, sentence, 403) or render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same words whatever was asked for, so that nobody learns what exists at other partners."""
    return _piece(request, _("There is nothing at this address."), 404) or render(request, "404.html", status=404)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: somebody did one thing more often than a person does."""
    sentence = _("This was asked for too often in a short time. Wait a minute, then try again.")
    return _piece(request, sentence, 429) or render(request, "429.html", {"exception": sentence}, status=429)


def explain_method(get_response: GetResponse) -> GetResponse:
    """Middleware: 405 with a page, for an act whose address was typed or opened as a link."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or response.content:
            return response
        answer = _piece(request, _("This address cannot be used that way."), 405)
        answer = answer or render(request, "405.html", status=405)
        answer["Allow"] = response["Allow"]
        return answer

    return middleware


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a reference, which stands in the log beside what happened; needs nothing that may be broken."""
    reference = secrets.token_hex(4)
    logger.error("reference %s: %s %s", reference, request.method, request.path, exc_info=sys.exc_info())
    sentence = _("An unexpected error stopped this. The operator finds it in the log by the reference %(reference)s.")
    piece = _piece(request, sentence % {"reference": reference}, 500)
    return piece or HttpResponse(render_to_string("500.html", {"reference": reference}), status=500)


def _piece(request: HttpRequest, sentence: str, status: int) -> HttpResponse | None:
    """The answer to htmx; None for a request of a whole page."""
    if not request.headers.get("HX-Request"):
        return None
    banner = render_to_string("components/banner.html", {"text": sentence, "kind": "error"})
    return HttpResponse(banner, status=status)
