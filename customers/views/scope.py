"""The customer of an address, for pages about its users."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.customers import customers_of
from partnercenter.directory.clouds import Feature, explain_missing, offers
from partnercenter.partners.access import StaffRequest
from partnercenter.partners.roles import Action, denial

P = ParamSpec("P")


def with_users(
    view: Callable[Concatenate[StaffRequest, Customer, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give a view the customer of its address, among those of the partner (404).

    In a cloud whose users are not managed here the answer to everything is a page that says where they are. Where the
    customer has not granted delegated admin privileges it is one that says how to get them.
    """

    @wraps(view)
    def found(request: StaffRequest, microsoft_id: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        customers = customers_of(request.partner).select_related("tenant", "partner__tenant")
        customer = get_object_or_404(customers, tenant_id=microsoft_id)
        if not offers(customer.tenant.cloud, Feature.USERS_AND_LICENSES):
            explanation = explain_missing(customer.tenant.cloud, Feature.USERS_AND_LICENSES)
            context = customer_context(request, customer) | {"explanation": explanation}
            return render(request, "customers/users_elsewhere.html", context, status=403)
        if not customer.has_admin_privileges:
            return _closed(request, customer)
        return view(request, customer, *args, **kwargs)

    return found


def _closed(request: StaffRequest, customer: Customer) -> HttpResponse:
    """403; for a piece of a page that was open before, the whole page is loaded again and says the same."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=403, headers={"HX-Refresh": "true"})
    their_page = request.build_absolute_uri(reverse("my:privileges", args=[request.partner.pk]))
    context = customer_context(request, customer) | {"their_page": their_page}
    return render(request, "customers/users_closed.html", context, status=403)


def why_not(request: StaffRequest, action: Action) -> str:
    """The sentence that stands beside a control this person may not use; empty for one who may."""
    return "" if request.staff.may(action) else denial(action)
