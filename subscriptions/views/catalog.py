"""The catalog: what is sold, and what one customer may buy of it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from customers.models import Customer
from customers.navigation import customer_context
from customers.views.customer_list import wants_piece
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.forms import looks_and_acts
from subscriptions.forms.catalog import CatalogForm
from subscriptions.views.order_steps import order_steps
from subscriptions.views.ordering import choosing, ordering_of, page_of, put
from subscriptions.views.scope import of_customer


@allow(Action.SEE_CUSTOMERS)
@require_safe
def catalog(request: StaffRequest) -> HttpResponse:
    """What is sold in the partner's cloud."""
    form = CatalogForm(request.GET, cloud=request.partner.cloud)
    context = {"form": form, "page": page_of(request, form.found), "list_url": reverse("subscriptions:catalog")}
    return render(
        request, "subscriptions/_offers.html" if wants_piece(request) else "subscriptions/catalog.html", context
    )


@allow(Action.MANAGE_SUBSCRIPTIONS)
@looks_and_acts
@of_customer
def new(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Choose offers for a customer: each stands with the reason where it cannot be bought."""
    if request.method == "POST":
        return put(request, ordering_of(request, customer))
    context = customer_context(request, customer) | choosing(request, ordering_of(request, customer))
    context["steps"] = order_steps(customer, "choose")
    return render(request, "subscriptions/_offers.html" if wants_piece(request) else "subscriptions/new.html", context)
