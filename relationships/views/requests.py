"""Requests that a partner sends to organizations: the list, a new one, and one of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.selectors.customers import customers_of
from customers.selectors.list_query import as_guid
from customers.views.customer_list import wants_piece
from partnercenter.directory.clouds import Feature, explain_missing, offers
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts
from partnercenter.web.throttles import throttled
from partnercenter.web.unsent import typed_before
from relationships.forms.request_filter import RequestFilter
from relationships.forms.requests import WITH, WITHOUT, Choice, RequestForm
from relationships.models import RelationshipRequest
from relationships.selectors.requests import (
    accounts_of,
    how_it_ended,
    matching,
    organization_of,
    requests_of,
    status_at,
    why_never,
    why_not_request,
)
from relationships.services import requests as services
from relationships.services.letters import LONGEST_MAIL_LINK, Letter, mail_link
from relationships.services.request_letters import link_of, usual_language
from relationships.tables.requests import RequestTable
from relationships.views.request_steps import steps_of

# Letters that a person sends in a minute: more is no work of a person.
LETTERS_A_MINUTE: Final = 20


@allow(Action.SEE_CUSTOMERS)
@throttled("search", per_minute=240, only=wants_piece, within="process")
@require_safe
def requests(request: StaffRequest) -> HttpResponse:
    """What the partner has asked organizations for, the newest request first."""
    form = RequestFilter(request.GET)
    found = matching(requests_of(request.partner), text=form.text, state=form.state_wanted)
    context = {"form": form, "table": RequestTable(found, request), "request_denied": why_not_request(request.staff)}
    piece = "relationships/_request_results.html"
    return render(request, piece if wants_piece(request) else "relationships/requests.html", context)


def _sends(request: HttpRequest) -> bool:
    return "send" in request.POST


def _asks(request: HttpRequest) -> bool:
    """Whether the organization can see what comes of it, sent or not; and whether it tells whose a domain is."""
    return not {"send", "save"}.isdisjoint(request.POST)


@allow(Action.REQUEST_RELATIONSHIP)
@looks_and_acts
@throttled("invitation", per_minute=LETTERS_A_MINUTE, method="POST", only=_asks)
def new(request: StaffRequest) -> HttpResponse:
    """Ask an organization: the letter follows what is chosen, until its words are changed; then send it, or keep it."""
    if why_not := why_never(request.partner):
        return render(request, "relationships/no_requests.html", {"why_not": why_not}, status=403)
    if there := services.request_of_wish(request.user, request.POST.get("wish", "")):
        messages.info(request, _("You have made this request already. This is how it stands."))
        return redirect("requests:request", there.pk)
    if _asks(request):
        form = RequestForm(request.POST, request=request)
        return (_made(request, form) if form.is_ready else None) or _page(request, form, status=422)
    form = RequestForm(request=request, initial=_initial(request))
    form.draw(anew="anew" in request.POST)
    if request.method == "POST" and request.headers.get("HX-Request"):
        return render(request, "relationships/_request_letter.html", {"form": form})
    return _page(request, form)


def _made(request: StaffRequest, form: RequestForm) -> HttpResponse | None:
    """The way to the request that was made; None where the form has to say why it was not."""
    send, wish = _sends(request), form.cleaned_data["wish"]
    try:
        made, _new = services.make_request(request.partner, form.wanted, wish=wish, send=send, actor=request.user)
    except Refused as refused:
        form.add_error(None, str(refused))
        return None
    if send:
        messages.success(request, _("The request to %(email)s is on its way.") % {"email": made.email})
    else:
        messages.success(request, _("The request is saved."))
    return redirect("requests:request", made.pk)


def _page(request: StaffRequest, form: RequestForm, status: int = 200) -> HttpResponse:
    always = "" if offers(request.partner.cloud, Feature.REQUEST_WITHOUT_ADMIN_RIGHTS) else WITH
    context = {
        "form": form,
        "always": always and explain_missing(request.partner.cloud, Feature.REQUEST_WITHOUT_ADMIN_RIGHTS),
    }
    return render(request, "relationships/new_request.html", context, status=status)


def _initial(request: StaffRequest) -> dict[str, Any]:
    """What the form begins with: what was typed, or what the address says, or an earlier request."""
    typed = request.POST if request.method == "POST" else typed_before(request)
    if typed:
        known = {name: typed[name] for name in RequestForm.base_fields if name in typed}
        return known | {"wish": known.get("wish") or str(uuid4())}
    wish = str(uuid4())
    initial = {"wish": wish, "privileges": WITH, **_of_address(request, wish)}
    organization = organization_of(initial.get("domain", ""), request.partner.cloud)
    country = organization.country if organization else request.partner.market
    return {"language": usual_language(country)} | initial


def _of_address(request: StaffRequest, wish: str) -> dict[str, str]:
    if asked := _given(requests_of(request.partner).filter(partner=request.partner), "pk", request.GET.get("again")):
        return _again(asked, link_of(services.token_for(request.user, wish)))
    given = {name: request.GET[name] for name in ("domain", "reseller") if name in request.GET}
    account = _given(accounts_of(request.partner), "tenant", request.GET.get("customer"))
    if account is None:
        return given
    about = {"domain": account.domain, "email": account.bill_to.email, "reseller": str(account.reseller_id or "")}
    return about | given


def _given(rows: Any, field: str, text: str | None) -> Any:
    """The row whose ID stands in an address, if it does and the row is one of these."""
    guid = as_guid(text or "")
    return rows.filter(**{field: guid}).first() if guid else None


def _again(asked: RelationshipRequest, link: str) -> dict[str, str]:
    """The data of a request for another one like it, its letter with the link of the new one."""
    domain = asked.tenant.domains.filter(is_primary=True).first() if asked.tenant else None
    choice = Choice(WITH if asked.with_privileges else WITHOUT, str(asked.reseller_id or ""), asked.language)
    return {
        "domain": domain.name if domain else "",
        "email": asked.email,
        "subject": asked.subject,
        "letter": asked.letter.replace(link_of(asked.token), link),
        "proposed_for": str(choice),
        **asdict(choice),
    }


@allow(Action.SEE_CUSTOMERS)
@require_safe
def request_page(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Everything about one request: whom it asks for what, the letter, and each step so far."""
    asked = _request_of(request, request_id)
    status, letter_link = status_at(asked, timezone.now()), mail_link(Letter(asked.subject, asked.letter), asked.email)
    is_own = asked.partner_id == request.partner.pk
    context = {
        "asked": asked,
        "is_own": is_own,
        "is_waiting": status == RelationshipRequest.Status.WAITING,
        "ended": "" if status == RelationshipRequest.Status.WAITING else how_it_ended(asked),
        "steps": steps_of(asked, request.partner),
        "link": link_of(asked.token),
        "mail_link": letter_link,
        "is_long": len(letter_link) > LONGEST_MAIL_LINK,
        "request_denied": why_not_request(request.staff),
        **_what_came_of_it(request, asked),
    }
    return render(request, "relationships/request.html", context)


def _what_came_of_it(request: StaffRequest, asked: RelationshipRequest) -> dict[str, Any]:
    """Where the customer is that a request brought, and whether the relationship goes on."""
    if asked.status != RelationshipRequest.Status.ACCEPTED or asked.tenant_id is None:
        return {"customer_url": "", "is_customer": False}
    is_customer = customers_of(request.partner).filter(tenant_id=asked.tenant_id).exists()
    page = "customers:account" if is_customer else "former:customer"
    return {"customer_url": reverse(page, args=[asked.tenant_id]), "is_customer": is_customer}


@allow(Action.REQUEST_RELATIONSHIP)
@require_POST
@throttled("invitation", per_minute=LETTERS_A_MINUTE)
def send(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Send the letter by the portal, for the first time or again."""
    asked = _own_request(request, request_id)

    def told(sent: bool) -> str:
        if sent:
            return _("The letter to %(email)s is on its way. It can be answered for 90 days.") % {"email": asked.email}
        return _("The letter was sent a moment ago, so it was not sent again.")

    return act(
        request,
        lambda: services.resend_request(asked, actor=request.user),
        done=told,
        then=reverse("requests:request", args=[asked.pk]),
    )


@allow(Action.REQUEST_RELATIONSHIP)
@looks_and_acts
def withdraw(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Ask, and take a request back."""
    asked = _own_request(request, request_id)
    if request.method != "POST":
        ended = "" if asked.is_waiting else how_it_ended(asked)
        return render(request, "relationships/withdraw_request.html", {"asked": asked, "ended": ended})
    return act(
        request,
        lambda: services.withdraw_request(asked, actor=request.user),
        done=lambda now: _("The request is withdrawn.") if now else _("The request was withdrawn before."),
        then=reverse("requests:request", args=[asked.pk]),
    )


def _request_of(request: StaffRequest, request_id: UUID) -> RelationshipRequest:
    return get_object_or_404(requests_of(request.partner), pk=request_id)


def _own_request(request: StaffRequest, request_id: UUID) -> RelationshipRequest:
    """One that the partner has made itself: a reseller only looks at those of its provider."""
    return get_object_or_404(requests_of(request.partner).filter(partner=request.partner), pk=request_id)
