"""The catalog: what is sold, and what one customer may buy of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.models import Customer
from customers.navigation import customer_context
from customers.views.customer_list import wants_piece
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.forms import looks_and_acts
from subscriptions.catalog import CATALOG, Offer
from subscriptions.forms.catalog import AddForm, CatalogForm
from subscriptions.selectors.eligibility import Eligibility
from subscriptions.selectors.orders import drafts_of, lines_of
from subscriptions.services.orders import add_line
from subscriptions.views.order_steps import order_steps
from subscriptions.views.scope import of_customer

PAGE = 50


@allow(Action.SEE_CUSTOMERS)
@require_safe
def catalog(request: StaffRequest) -> HttpResponse:
    """What is sold in the partner's cloud."""
    form = CatalogForm(request.GET, cloud=request.partner.cloud)
    context = {"form": form, "page": _page(request, form.found), "list_url": reverse("subscriptions:catalog")}
    return render(
        request, "subscriptions/_offers.html" if wants_piece(request) else "subscriptions/catalog.html", context
    )


@allow(Action.MANAGE_SUBSCRIPTIONS)
@looks_and_acts
@of_customer
def new(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Choose offers for a customer: each stands with the reason where it cannot be bought."""
    if request.method == "POST":
        return _add(request, customer)
    form = CatalogForm(request.GET, cloud=request.partner.cloud)
    draft = drafts_of(customer, request.user).first()
    lines = lines_of(draft) if draft else []
    chosen, eligibility = [line.offer_id for line in lines], Eligibility(customer)
    found = form.found
    if form.cleaned_data.get("may"):
        found = [offer for offer in found if not eligibility.why_not(offer, chosen)]
    page = _page(request, found)
    context = customer_context(request, customer) | {
        "form": form,
        "page": page,
        "list_url": reverse("subscriptions:new", args=[customer.tenant_id]),
        "bars_all": eligibility.bars_all,
        "has_agreement": eligibility.has_agreement,
        "offers": [(offer, eligibility.why_not(offer, chosen), chosen.count(offer.id)) for offer in page],
        "lines": lines,
        "steps": order_steps(customer, "choose"),
    }
    return render(request, "subscriptions/_offers.html" if wants_piece(request) else "subscriptions/new.html", context)


def _page(request: StaffRequest, offers: list[Offer]) -> Any:
    return Paginator(offers, PAGE).get_page(request.GET.get("page"))


def _add(request: StaffRequest, customer: Customer) -> HttpResponse:
    form = AddForm(request.POST)
    offer = CATALOG.get(form.cleaned_data["offer"]) if form.is_valid() else None
    then = reverse("subscriptions:new", args=[customer.tenant_id]) + _kept(request)
    if offer is None:
        messages.error(request, _("This is no offer of the catalog, or no quantity. Choose one from the list."))
        return redirect(then)
    try:
        line = add_line(customer, offer, quantity=_quantity(offer, form), actor=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Added to the order: %(line)s.") % {"line": f"{line.quantity} × {offer}"})
        then += f"#o-{offer.id}"  # back to where the person was
    return redirect(then)


def _quantity(offer: Offer, form: AddForm) -> int | None:
    return form.cleaned_data["quantity"] if offer.has_quantity else None


def _kept(request: StaffRequest) -> str:
    query = request.GET.urlencode()
    return f"?{query}" if query else ""
