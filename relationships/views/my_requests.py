"""Requests of partners to one's own organization: all of them, and the one to which a letter leads."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partnercenter.directory.clouds import Feature, offers
from partnercenter.directory.countries import country_name
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.web.access import signed_in
from relationships.forms.my_requests import DeclineForm
from relationships.models import RelationshipRequest
from relationships.selectors.my_requests import (
    obstacle_to_answering,
    obstacle_to_declining,
    requests_of_link,
    requests_to,
)
from relationships.selectors.requests import adds_only_privileges
from relationships.services.my_requests import accept_request, decline_request, note_opened
from relationships.tables.my_requests import MyRequestTable

# Who is here by mistake reads why, and nothing of what is asked.
FOREIGN = frozenset({"operator", "own", "cloud", "other", "market"})


@signed_in
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Every request that concerns the own organization, the newest one first."""
    tenant = _person(request).tenant
    table = MyRequestTable(requests_to(tenant), request) if tenant else None
    return render(request, "relationships/my_requests.html", {"table": table})


@signed_in
@require_safe
def request_page(request: HttpRequest, request_token: str) -> HttpResponse:
    """Who asks for what, and the answer; or why this person cannot give it."""
    asked = _asked(request_token)
    return _page(request, asked, DeclineForm())


def _page(request: HttpRequest, asked: RelationshipRequest, form: DeclineForm) -> HttpResponse:
    now = timezone.now()
    obstacle = obstacle_to_answering(asked, _person(request), now)
    if obstacle is None and request.method == "GET":
        note_opened(asked, now)
    told = [str(message) for message in messages.get_messages(request)]
    context = {
        "asked": asked,
        "obstacle": obstacle,
        "serves_already": _serves_already(asked, _person(request)),
        "is_told": obstacle is not None and any(obstacle.sentence in sentence for sentence in told),
        "decline_obstacle": obstacle_to_declining(asked, _person(request), now) if obstacle else None,
        "is_foreign": obstacle is not None and obstacle.code in FOREIGN,
        "has_users": offers(asked.partner.cloud, Feature.USERS_AND_LICENSES),
        "country": country_name(asked.partner.market),
        "form": form,
    }
    return render(request, "relationships/my_request.html", context, status=422 if form.is_bound else 200)


def _serves_already(asked: RelationshipRequest, person: User) -> bool:
    return adds_only_privileges(
        asked.partner, person.tenant, with_privileges=asked.with_privileges, reseller=asked.reseller
    )


@signed_in
@require_POST
def accept(request: HttpRequest, request_token: str) -> HttpResponse:
    asked, person = _asked(request_token), _person(request)
    if asked.reseller:
        done = _("%(partner)s and %(reseller)s serve your organization now, and were told so.")
        before = _("%(partner)s and %(reseller)s serve your organization: the request was accepted before.")
    elif _serves_already(asked, person):
        done = _("%(partner)s can administer your services now, and was told so.")
        before = _("%(partner)s can administer your services: the privileges were granted before.")
    else:
        done = _("%(partner)s serves your organization now, and was told so.")
        before = _("%(partner)s serves your organization: the request was accepted before.")
    return _answer(request, asked, lambda: accept_request(asked, actor=person), done, before, then="my:home")


@signed_in
@require_POST
def decline(request: HttpRequest, request_token: str) -> HttpResponse:
    asked, person, form = _asked(request_token), _person(request), DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form)
    reason = form.cleaned_data["reason"]
    done = _("You declined the request of %(partner)s, which was told so.")
    before = _("The request of %(partner)s was declined before.")
    return _answer(
        request,
        asked,
        lambda: decline_request(asked, reason=reason, actor=person),
        done,
        before,
        then="my_requests:list",
        declines=True,
    )


def _answer(
    request: HttpRequest,
    asked: RelationshipRequest,
    service: Callable[[], bool],
    done: str,
    before: str,
    *,
    then: str,
    declines: bool = False,
) -> HttpResponse:
    """Give an answer. Whoever cannot give it is left on the page of the request, which says why."""
    why_not = obstacle_to_declining if declines else obstacle_to_answering
    obstacle = why_not(asked, _person(request), timezone.now())
    if obstacle and obstacle.code == "role":
        raise PermissionDenied(obstacle.sentence)
    try:
        sentence = done if service() else before
    except Refused as refused:
        not_declined = _("The request was not declined: %(why)s") % {"why": refused}
        messages.error(request, not_declined if declines else str(refused))
        return redirect("my_requests:request", asked.token)
    messages.success(request, sentence % {"partner": asked.partner, "reseller": asked.reseller})
    return redirect(then)


def _asked(token: str) -> RelationshipRequest:
    return get_object_or_404(requests_of_link(token))


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
