"""The subscriptions step of adding a customer: choosing offers, and their lines. Both may be skipped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.views.customer_list import wants_piece
from customers.views.scope import why_not
from partnercenter.partners.access import StaffRequest
from partnercenter.partners.roles import Action
from partnercenter.web.forms import looks_and_acts, posted
from relationships.models import NewCustomer
from relationships.selectors.new_customer_orders import EligibilityOfNew
from relationships.services.new_customer_orders import put_into_order
from relationships.views.new_customer_scope import adds_customers, of_draft
from relationships.views.new_customer_steps import new_customer_steps
from subscriptions.forms.orders import OrderForm
from subscriptions.views.ordering import Ordering, choosing, fill, put


def of_known_company(
    view: Callable[[StaffRequest, NewCustomer], HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """Give a view the draft of its address; before the account step is complete, that comes first."""

    @of_draft
    @wraps(view)
    def found(request: StaffRequest, draft: NewCustomer) -> HttpResponse:
        if draft.checked_at is None:
            messages.info(request, _("Fill in the account info first: it decides what the customer can buy."))
            return redirect("new_customers:account", draft.pk)
        return view(request, draft)

    return found


@adds_customers
@looks_and_acts
@of_known_company
def subscriptions(request: StaffRequest, draft: NewCustomer) -> HttpResponse:
    """Choose what is bought together with the customer; whoever may not buy can only skip it."""
    ordering, buy_denied = _ordering(request, draft), why_not(request, Action.MANAGE_SUBSCRIPTIONS)
    if request.method == "POST" and not buy_denied:
        return put(request, ordering)
    context = choosing(request, ordering) | {
        "draft": draft,
        "customer": ordering.eligibility.customer,
        "buy_denied": buy_denied,
        "steps": new_customer_steps(draft, "subscriptions"),
    }
    template = "subscriptions/_offers.html" if wants_piece(request) else "relationships/new_customer_subscriptions.html"
    return render(request, template, context, status=403 if request.method == "POST" else 200)


@adds_customers
@looks_and_acts
@of_known_company
def order(request: StaffRequest, draft: NewCustomer) -> HttpResponse:
    """How many of each, how it is billed, and what it belongs to."""
    ordering, buy_denied = _ordering(request, draft), why_not(request, Action.MANAGE_SUBSCRIPTIONS)
    if draft.order is None or buy_denied:
        return redirect(ordering.choose_url)
    data, _files = posted(request)
    form = OrderForm(data, order=draft.order, eligibility=ordering.eligibility)
    if not form.is_as_seen:
        messages.warning(request, _("The order has changed in another window. This is how it is now."))
        return redirect(ordering.lines_url)
    further = partial(redirect, "new_customers:review", draft.pk)
    if data is not None and (answer := fill(request, ordering, form, further=further)):
        return answer
    context = {"draft": draft, "form": form, "steps": new_customer_steps(draft, "subscriptions")}
    return render(request, "relationships/new_customer_order.html", context, status=422 if form.errors else 200)


def _ordering(request: StaffRequest, draft: NewCustomer) -> Ordering:
    return Ordering(
        eligibility=EligibilityOfNew(draft),
        draft=draft.order,
        add=lambda offer, quantity: put_into_order(draft, offer, quantity=quantity, actor=request.user),
        choose_url=reverse("new_customers:subscriptions", args=[draft.pk]),
        lines_url=reverse("new_customers:order", args=[draft.pk]),
    )
