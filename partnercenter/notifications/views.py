"""What a person was told."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partnercenter.directory.models import User
from partnercenter.notifications.selectors import notifications_of
from partnercenter.notifications.services import mark_all_read
from partnercenter.notifications.tables import NotificationTable
from partnercenter.web.access import signed_in
from partnercenter.web.acts import act


@signed_in
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """All notifications of the person who is signed in."""
    table = NotificationTable(notifications_of(_reader(request)), request)
    return render(request, "notifications/list.html", {"table": table})


@signed_in
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """The person has seen everything behind the bell."""
    return act(request, lambda: mark_all_read(_reader(request)), done=_marked, then="notifications:list")


def _reader(request: HttpRequest) -> User:
    return cast(User, request.user)


def _marked(count: int) -> str:
    sentence = ngettext(
        "%(count)d notification is marked as read.", "%(count)d notifications are marked as read.", count
    )
    return sentence % {"count": count}
