"""Every view says who may use it; `tests/test_access.py` fails for one that does not.

Here are the two answers that need no partner: everybody, and everybody who is signed in. Staff with a
role are let in by `partnercenter.partners.access.allow`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from partnercenter.web.unsent import keep_typed

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def says_who(view: Callable[..., Any], who: str) -> None:
    """Note on a view who may use it, in the word that tests read."""
    view.access = who  # type: ignore[attr-defined]


def public(view: View[P]) -> View[P]:
    """Anybody may use this view, signed in or not."""
    says_who(view, "public")
    return view


def signed_in(view: View[P]) -> View[P]:
    """Anybody who is signed in may use this view, as partner staff or as a person of a customer."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    says_who(guarded, "signed in")
    return guarded


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page, which leads back to this address afterwards; a page piece asks for the whole page.

    What was typed into a form is kept meanwhile, see `typed_before`.
    """
    if request.method == "POST":
        keep_typed(request)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect_to_login(request.get_full_path())
