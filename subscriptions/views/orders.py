"""Orders: look at what is about to be bought, buy it, and see what was bought before."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.list_query import as_guid
from customers.views.scope import why_not
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.unsent import typed_before
from subscriptions.forms.orders import OrderForm
from subscriptions.models import Order
from subscriptions.selectors.eligibility import Eligibility
from subscriptions.selectors.orders import drafts_of, just_placed, lines_of, orders_of
from subscriptions.services.orders import discard_draft, place_order
from subscriptions.tables.orders import OrderTable
from subscriptions.views.order_steps import order_steps
from subscriptions.views.ordering import fill, ordering_of
from subscriptions.views.scope import of_customer


@allow(Action.SEE_CUSTOMERS)
@require_safe
@of_customer
def orders(request: StaffRequest, customer: Customer) -> HttpResponse:
    """What was ordered for a customer, the newest order first."""
    context = customer_context(request, customer) | {
        "table": OrderTable(orders_of(customer), request),
        "manage_denied": why_not(request, Action.MANAGE_SUBSCRIPTIONS) or Eligibility(customer).bars_all,
    }
    return render(request, "subscriptions/orders.html", context)


@allow(Action.SEE_CUSTOMERS)
@require_safe
@of_customer
def order(request: StaffRequest, customer: Customer, order_id: UUID) -> HttpResponse:
    """One order that was placed, and what became of each line."""
    placed = get_object_or_404(orders_of(customer), pk=order_id)
    lines = lines_of(placed)
    context = customer_context(request, customer) | {
        "order": placed,
        "lines": lines,
        "has_seats": any(line.offer.is_assigned for line in lines),
        "steps": order_steps(customer, "done"),
        "is_new": placed.made_by_id == request.user.pk and request.GET.get("placed") == "1",
    }
    return render(request, "subscriptions/order.html", context)


@allow(Action.MANAGE_SUBSCRIPTIONS)
@looks_and_acts
@of_customer
def review(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Look at a draft: change quantities, add what extends it, take lines out, and place it."""
    data, _files = posted(request)
    if data is not None and (sent := _placed(customer, data.get("order", ""))):
        return redirect("subscriptions:order", customer.tenant_id, sent.pk)  # sent twice, or from another window
    ordering = ordering_of(request, customer)
    draft = ordering.draft
    if draft is None and (last := just_placed(customer, request.user)):
        messages.info(request, _("This order was placed already. This is what was bought."))
        return redirect("subscriptions:order", customer.tenant_id, last.pk)
    if draft is None:
        messages.info(request, _("Nothing is chosen yet. Add an offer to the order first."))
        return redirect("subscriptions:new", customer.tenant_id)
    typed = typed_before(request) if data is None else None
    if typed is not None:
        messages.info(request, _("You had been signed out. This is what you typed: look at it and save it."))
    form = OrderForm(data, order=draft, eligibility=ordering.eligibility, typed=typed)
    if data is not None and not form.is_as_seen:
        messages.warning(request, _("The order has changed in another window. This is how it is now."))
        return redirect("subscriptions:review", customer.tenant_id)
    if data is not None and (answer := fill(request, ordering, form, place=partial(_place, customer, form, request))):
        return answer
    context = customer_context(request, customer) | {"form": form, "steps": order_steps(customer, "review")}
    return render(request, "subscriptions/review.html", context, status=422 if form.errors else 200)


def _place(customer: Customer, form: OrderForm, request: StaffRequest) -> HttpResponse:
    placed = place_order(form.order, actor=request.user)
    return redirect(reverse("subscriptions:order", args=[customer.tenant_id, placed.pk]) + "?placed=1")


def _placed(customer: Customer, text: str) -> Order | None:
    """The order with this ID, if it was placed."""
    order_id = as_guid(text)
    return orders_of(customer).filter(pk=order_id).first() if order_id else None


@allow(Action.MANAGE_SUBSCRIPTIONS)
@require_POST
@of_customer
def discard(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Throw the draft of this person away."""
    draft: Order = get_object_or_404(drafts_of(customer, request.user))
    return act(
        request,
        lambda: discard_draft(draft),
        done=_("The order was discarded. Nothing was bought."),
        then=reverse("subscriptions:subscriptions", args=[customer.tenant_id]),
    )
