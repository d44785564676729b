"""Adding a customer: where it begins, and one's drafts."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.selectors.list_query import as_guid
from partnercenter.directory.clouds import CLOUDS, Feature, offers
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest
from partnercenter.partners.models import Partner
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts
from relationships.models import NewCustomer
from relationships.selectors.new_customers import drafts_of
from relationships.selectors.partnerships import active_resellers_of
from relationships.services.new_customer_drafts import discard_draft, start_draft
from relationships.views.new_customer_scope import adds_customers, of_draft
from relationships.views.new_customer_steps import next_step

# So many drafts are shown; nobody has more, and they are forgotten after 30 days.
SHOWN: Final = 50


@adds_customers
@looks_and_acts
def new_customers(request: StaffRequest) -> HttpResponse:
    """What is needed to add a customer, and the drafts of this person; POST begins a draft."""
    reseller = _reseller(request)
    if request.method == "POST":
        return _begun(request, reseller)
    context = {
        "drafts": [(draft, next_step(draft)) for draft in drafts_of(request.staff)[:SHOWN]],
        "kept_for": NewCustomer.KEPT_FOR.days,
        "reseller": reseller,
        "suffix": CLOUDS[request.partner.cloud].domain_suffix,
    }
    return render(request, "relationships/new_customers.html", context)


def _begun(request: StaffRequest, reseller: Partner | None) -> HttpResponse:
    try:
        return redirect("new_customers:account", start_draft(request.staff, reseller=reseller).pk)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("new_customers:list")


def _reseller(request: StaffRequest) -> Partner | None:
    """The reseller of whom one began, if it works with this provider."""
    partner, reseller_id = request.partner, as_guid(request.GET.get("reseller", ""))
    if reseller_id is None or not (partner.is_provider and offers(partner.cloud, Feature.INDIRECT_MODEL)):
        return None
    return active_resellers_of(partner).filter(pk=reseller_id).first()


@adds_customers
@looks_and_acts
@of_draft
def discard(request: StaffRequest, draft: NewCustomer) -> HttpResponse:
    """Ask whether a draft is to be thrown away, and do it; the list asks for one that is empty without this page."""
    if request.method != "POST":
        return render(request, "relationships/new_customer_discard.html", {"draft": draft})
    return act(
        request,
        lambda: discard_draft(draft),
        done=_("The draft was discarded. No customer was added."),
        then=reverse("new_customers:list"),
    )
