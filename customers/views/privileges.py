"""What a partner may do in one's organization: the page of the organization's own people that takes it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from customers.models import Customer
from customers.selectors.my import account_of
from customers.services.privileges import ONLY_ADMINS, grant_privileges, may_decide, take_back_privileges
from partnercenter.directory.clouds import Feature, offers
from partnercenter.directory.models import User
from partnercenter.web.access import signed_in
from partnercenter.web.acts import act


class Doing(NamedTuple):
    """What can be done, and what is said afterwards: when it was done now, and when it had been before."""

    service: Callable[..., bool]
    done: Promise
    before: Promise


DOINGS: Final[Mapping[str, Doing]] = {
    "take_back": Doing(
        take_back_privileges,
        gettext_lazy("%(partner)s cannot administer your services any more, and was told so."),
        gettext_lazy("%(partner)s cannot administer your services: the privileges were taken back before."),
    ),
    "grant": Doing(
        grant_privileges,
        gettext_lazy("%(partner)s can administer your services now, and was told so."),
        gettext_lazy("%(partner)s can administer your services: the privileges were granted before."),
    ),
}


@signed_in
@require_safe
def privileges(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """What the privileges of a partner are, and what it means to take them back or to grant them."""
    account = _account(request, partner_id)
    context = {
        "account": account,
        "has_users": offers(account.tenant.cloud, Feature.USERS_AND_LICENSES),
        "decide_denied": "" if may_decide(_person(request)) else ONLY_ADMINS,
    }
    return render(request, "customers/privileges.html", context)


@signed_in
@require_POST
def change(request: HttpRequest, partner_id: UUID, doing: str) -> HttpResponse:
    account, person = _account(request, partner_id), _person(request)
    if not may_decide(person):
        raise PermissionDenied(ONLY_ADMINS)
    service, done, before = DOINGS[doing]

    def told(changed: bool) -> str:
        return str(done if changed else before) % {"partner": account.partner}

    return act(request, lambda: service(account, actor=person), done=told, then="my:home")


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _account(request: HttpRequest, partner_id: UUID) -> Customer:
    """The account of a partner for the organization of whoever asks, and for no other one (404)."""
    tenant = _person(request).tenant
    if tenant is None:
        raise Http404
    return get_object_or_404(account_of(tenant, partner_id).select_related("tenant", "partner__tenant"))
