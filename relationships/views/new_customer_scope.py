"""The draft of an address, for the steps of adding a customer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from customers.selectors.adding import why_never_add
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from relationships.models import NewCustomer
from relationships.selectors.new_customers import new_customers_of

P = ParamSpec("P")


def adds_customers(
    view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let in who may add customers, as `allow` does; a reseller reads that its provider does it for both (403)."""

    @allow(Action.ADD_CUSTOMER)
    @wraps(view)
    def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if sentence := why_never_add(request.partner):
            raise PermissionDenied(sentence)
        return view(request, *args, **kwargs)

    return guarded


def of_new_customer(
    view: Callable[Concatenate[StaffRequest, NewCustomer, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give a view the draft of its address, also one that has become a customer; those of others do not exist (404)."""

    @wraps(view)
    def found(request: StaffRequest, draft_id: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        drafts = new_customers_of(request.staff).select_related("partner__tenant", "order", "customer__tenant")
        return view(request, get_object_or_404(drafts, pk=draft_id), *args, **kwargs)

    return found


def of_draft(
    view: Callable[Concatenate[StaffRequest, NewCustomer, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """The same for a step before the last one: what was added already leads to its confirmation."""

    @of_new_customer
    @wraps(view)
    def found(request: StaffRequest, draft: NewCustomer, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not draft.is_draft:
            return redirect("new_customers:done", draft.pk)
        return view(request, draft, *args, **kwargs)

    return found
