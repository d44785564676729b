"""Partnerships of a provider or a reseller: the list, one of them, and its end."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.views.customer_list import wants_piece
from customers.views.scope import why_not
from partnercenter.activity.selectors import history_of
from partnercenter.directory.clouds import Feature, explain_missing, offers
from partnercenter.directory.countries import country_name
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.models import Partner
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts
from partnercenter.web.throttles import throttled
from relationships.forms.partnerships import PartnershipSearchForm
from relationships.models import Partnership
from relationships.selectors.partnerships import active_again, customers_served, partnerships_of
from relationships.services.letters import mail_link
from relationships.services.partnership_letters import letter_of, link_of
from relationships.services.partnerships import page_of, remove_partnership, send_again, withdraw_invitation
from relationships.tables.partnerships import PartnershipTable

# Steps on the page; the activity log has the rest.
NEWEST: Final = 50


@allow(Action.SEE_CUSTOMERS)
@throttled("search", per_minute=240, only=wants_piece, within="process")
@require_safe
def partnerships(request: StaffRequest) -> HttpResponse:
    """The resellers of a provider with its invitations, or the providers of a reseller."""
    if explanation := why_none(request.partner):
        return explained(request, explanation)
    form = PartnershipSearchForm(request.GET)
    context = _rights(request) | {
        "form": form,
        "table": PartnershipTable(form.narrow(partnerships_of(request.partner)), request),
    }
    piece = "relationships/_partnership_results.html"
    return render(request, piece if wants_piece(request) else "relationships/partnerships.html", context)


@allow(Action.SEE_CUSTOMERS)
@require_safe
def partnership(request: StaffRequest, partnership_id: UUID) -> HttpResponse:
    """An invitation or a partnership: who, since when, every step, and what can be done with it."""
    found = _found(request, partnership_id)
    history = history_of(request.partner, found.pk)[:NEWEST]
    other, expired = found.other_side_of(request.partner), found.has_expired(timezone.now())
    context = _rights(request) | {
        "partnership": found,
        "other": other,
        "country": country_name(other.tenant.country) if other else "",
        "served": _served(request, found),
        "expired": expired,
        "together_again": active_again(found),
        "steps": list(history)[::-1],
    }
    if found.is_waiting and not expired:
        context |= {"link": link_of(found), "mail_url": mail_link(letter_of(found), found.email)}
    return render(request, "relationships/partnership.html", context)


@allow(Action.MANAGE_PARTNERSHIPS)
@throttled("invitation", per_minute=10)
@require_POST
def again(request: StaffRequest, partnership_id: UUID) -> HttpResponse:
    """Send an invitation once more, with 90 new days."""
    found = _found(request, partnership_id)

    def told(sent: bool) -> str:
        sentence = (
            _("The invitation is on its way to %(email)s again. Its link works for 90 days from now.")
            if sent
            else _("The invitation was sent to %(email)s a moment ago.")
        )
        return sentence % {"email": found.email}

    return act(
        request,
        lambda: send_again(found, now=timezone.now(), actor=request.user),
        done=told,
        then=page_of(found),
    )


@allow(Action.MANAGE_PARTNERSHIPS)
@require_POST
def withdraw(request: StaffRequest, partnership_id: UUID) -> HttpResponse:
    """Let the link of an invitation open nothing any more."""
    found = _found(request, partnership_id)
    return act(
        request,
        lambda: withdraw_invitation(found, now=timezone.now(), actor=request.user),
        done=_("The invitation to %(email)s is withdrawn. Its link opens nothing any more.") % {"email": found.email},
        then=page_of(found),
    )


@allow(Action.MANAGE_PARTNERSHIPS)
@looks_and_acts
def remove(request: StaffRequest, partnership_id: UUID) -> HttpResponse:
    """Say what the end of a partnership means, and end it."""
    found = _found(request, partnership_id)
    other = found.other_side_of(request.partner)
    if request.method != "POST" and not found.is_active:
        return redirect(page_of(found))
    if request.method != "POST":
        context = _rights(request) | {"partnership": found, "other": other, "served": _served(request, found)}
        return render(request, "relationships/partnership_removal.html", context)

    def told(removed: bool) -> str:
        sentence = (
            _("The partnership with %(name)s has ended. Customers and delegated admin privileges are as they were.")
            if removed
            else _("The partnership with %(name)s had ended before.")
        )
        return sentence % {"name": other}

    return act(
        request,
        lambda: remove_partnership(found, by=request.partner, now=timezone.now(), actor=request.user),
        done=told,
        then=page_of(found),
    )


def why_none(partner: Partner) -> str:
    """Why a partner has no partnerships at all; empty for providers and resellers."""
    if not offers(partner.cloud, Feature.INDIRECT_MODEL):
        return explain_missing(partner.cloud, Feature.INDIRECT_MODEL)
    if partner.kind == Partner.Kind.DIRECT:
        return _("%(partner)s sells directly. Partnerships are between indirect providers and their resellers.") % {
            "partner": partner
        }
    return ""


def explained(request: StaffRequest, explanation: str) -> HttpResponse:
    """The answer to a partner that has no such page."""
    return render(request, "relationships/partnerships_elsewhere.html", {"explanation": explanation}, status=403)


def _found(request: StaffRequest, partnership_id: UUID) -> Partnership:
    return get_object_or_404(partnerships_of(request.partner), pk=partnership_id)


def _served(request: StaffRequest, found: Partnership) -> int:
    """How many customers the two have in common."""
    other = found.other_side_of(request.partner)
    return customers_served(request.partner, [other.pk]).get(other.pk, 0) if other else 0


def _rights(request: StaffRequest) -> dict[str, Any]:
    """Why this person may not do what rows and pages offer; empty for who may."""
    return {
        "manage_denied": why_not(request, Action.MANAGE_PARTNERSHIPS),
        "add_denied": why_not(request, Action.ADD_CUSTOMER),
        "request_denied": why_not(request, Action.REQUEST_RELATIONSHIP),
        "is_reseller": request.partner.kind == Partner.Kind.RESELLER,
    }
