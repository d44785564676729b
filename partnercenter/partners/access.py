"""Who may use a page of the portal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from partnercenter.directory.models import User
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Action, denial
from partnercenter.partners.selectors import staff_of
from partnercenter.web.access import says_who, to_sign_in

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of a signed-in staff member who may do what the page is for."""

    user: User
    staff: Staff
    partner: Partner


class Forbidden(PermissionDenied):
    """A staff member tried something that none of their roles allows; the sentence says which roles do."""

    def __init__(self, staff: Staff, action: Action) -> None:
        super().__init__(denial(action))
        self.staff = staff
        self.action = action


def allow(
    action: Action,
) -> Callable[
    [Callable[Concatenate[StaffRequest, P], HttpResponseBase]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]
]:
    """Let in staff who may do `action`, and give the view `request.staff` and `request.partner`.

    Signed out: to the sign-in page. Not staff of any partner, or without the role: 403 with a sentence.
    """

    def decorate(
        view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            staff = staff_of(request)
            if staff is None:
                raise PermissionDenied(_("This page is for the staff of a partner. You have a page of your own."))
            if not staff.may(action):
                raise Forbidden(staff, action)
            request.staff, request.partner = staff, staff.partner  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        says_who(guarded, action.value)
        return guarded

    return decorate
