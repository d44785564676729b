"""The page shape “act”: a button is pressed, one service is called, a sentence says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise

from partnercenter.errors import Refused

Result = TypeVar("Result")


def act(
    request: HttpRequest,
    service: Callable[[], Result],
    *,
    done: str | Promise | Callable[[Result], str],
    then: str,
) -> HttpResponse:
    """Call a service for a view that takes POST only, say what came of it, and go to the page `then`.

    `done` is the sentence of success, or makes it from what the service returned; a `Refused` becomes the
    error message in its place. `then` is an address or the name of a URL without arguments.

        @allow(Action.MANAGE_USERS)
        @require_POST
        def block(request, …):
            return act(request, lambda: block_user(user, actor=request.user), done=_("…"), then=user_page)
    """
    try:
        result = service()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, str(done(result) if callable(done) else done))
    return redirect(then)
