"""The customer of an address, and what it has bought."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404

from customers.models import Customer
from customers.selectors.customers import customers_of
from partnercenter.partners.access import StaffRequest
from partnercenter.partners.models import Partner
from subscriptions.models import Subscription
from subscriptions.selectors.subscriptions import subscriptions_of, with_people

P = ParamSpec("P")


def of_customer(
    view: Callable[Concatenate[StaffRequest, Customer, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give a view the customer of its address, among those of the partner (404)."""

    @wraps(view)
    def found(request: StaffRequest, microsoft_id: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, customer_of(request.partner, microsoft_id), *args, **kwargs)

    return found


def of_subscription(
    view: Callable[Concatenate[StaffRequest, Customer, Subscription, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give a view the customer and the subscription of its address, among what this account shows (404)."""

    @wraps(view)
    def found(
        request: StaffRequest, microsoft_id: UUID, subscription_id: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        customer = customer_of(request.partner, microsoft_id)
        subscription = get_object_or_404(with_people(subscriptions_of(customer)), pk=subscription_id)
        return view(request, customer, subscription, *args, **kwargs)

    return found


def customer_of(partner: Partner, microsoft_id: UUID) -> Customer:
    """A customer of a partner with the partners that pages name; Http404 where there is none."""
    people = ("tenant", "partner__tenant", "reseller__tenant", "provider__tenant")
    customer: Customer = get_object_or_404(customers_of(partner).select_related(*people), tenant_id=microsoft_id)
    return customer
