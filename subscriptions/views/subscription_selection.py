"""What is done with the subscriptions that were selected in a list."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from customers.models import Customer
from customers.navigation import customer_context
from customers.views.customer_list import wants_piece
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.forms import looks_and_acts
from partnercenter.web.templatetags.web import grouped
from subscriptions.forms.subscription_list import SubscriptionSearchForm
from subscriptions.forms.subscription_selection import (
    NewResellerForm,
    SubscriptionSelection,
    subscriptions_selected,
)
from subscriptions.models import SubscriptionChange
from subscriptions.selectors.subscription_changes import STEPS, forecast_of
from subscriptions.services.subscription_changes import start_subscription_change
from subscriptions.views.scope import of_customer

Act = SubscriptionChange.Act


@allow(Action.MANAGE_SUBSCRIPTIONS)
@looks_and_acts
@of_customer
def selected(request: StaffRequest, customer: Customer, doing: str) -> HttpResponse:
    """Say what will be done with the selected subscriptions of a customer, and with `step=apply` let a job do it; the
    address is that of the list."""
    return _with_selection(request, customer, doing)


@allow(Action.MANAGE_SUBSCRIPTIONS)
@looks_and_acts
def selected_across(request: StaffRequest, doing: str) -> HttpResponse:
    """The same for subscriptions of several customers."""
    return _with_selection(request, None, doing)


def _with_selection(request: StaffRequest, customer: Customer | None, doing: str) -> HttpResponse:
    then = _list(request, customer)
    if request.method != "POST":
        return redirect(then)
    form = SubscriptionSearchForm(request.GET, partner=request.partner, customer=customer)
    try:
        if doing == Act.RESELLER and not request.partner.is_provider:
            raise Refused(_("Only indirect providers sell through resellers."))
        return _ask_or_start(request, customer, subscriptions_selected(request.POST, form), doing)
    except Refused as refused:
        messages.error(request, str(refused))
        return _leave(request, then)


def _ask_or_start(
    request: StaffRequest, customer: Customer | None, selection: SubscriptionSelection, doing: str
) -> HttpResponse:
    # By now more may match than the person has agreed to.
    others = selection.is_all and request.POST.get("count") != str(selection.count)
    applies = request.POST.get("step") == "apply" and not others
    form = (
        NewResellerForm(request.POST if applies else None, partner=request.partner) if doing == Act.RESELLER else None
    )
    if applies and (form is None or form.is_valid()):
        change = start_subscription_change(
            request.partner,
            selection.rows,
            doing,
            customer=customer,
            reseller=form.chosen if form else None,
            actor=request.user,
            wish=request.POST.get("wish", ""),
        )
        # The script forgets what was selected only now.
        page = reverse("subscriptions:change_result", args=[change.pk])
        return trigger_client_event(_leave(request, page), "selectionDone")
    context = _question(request, selection, doing) | {"form": form, "then": _list(request, customer)}
    context |= {"others": others and "count" in request.POST}
    context |= customer_context(request, customer) if customer else {}
    return _asked(request, customer, context)


def _asked(request: StaffRequest, customer: Customer | None, context: dict[str, Any]) -> HttpResponse:
    if wants_piece(request):
        return render(request, "subscriptions/_change_selected.html", context)
    page = "subscriptions/change_selected.html" if customer else "subscriptions/change_selected_across.html"
    return render(request, page, context, status=422 if context["form"] and context["form"].errors else 200)


def _question(request: StaffRequest, selection: SubscriptionSelection, doing: str) -> dict[str, Any]:
    count = selection.count
    questions = {
        Act.SUSPEND: ngettext("Suspend %(count)s subscription?", "Suspend %(count)s subscriptions?", count),
        Act.REACTIVATE: ngettext("Reactivate %(count)s subscription?", "Reactivate %(count)s subscriptions?", count),
        Act.RESELLER: ngettext(
            "Change the reseller of %(count)s subscription?", "Change the reseller of %(count)s subscriptions?", count
        ),
    }
    return {
        "doing": doing,
        "question": questions[Act(doing)] % {"count": grouped(count)},
        "forecast": forecast_of(selection.rows, doing) if doing in STEPS else None,
        "selection": selection,
        "wish": request.POST.get("wish") or uuid4(),
        "url": request.get_full_path(),
        "in_panel": wants_piece(request),
    }


def _list(request: StaffRequest, customer: Customer | None) -> str:
    """The address of the list in which they were selected, from its first page on."""
    query = request.GET.copy()
    query.pop("at", None)
    if customer:
        address = reverse("subscriptions:subscriptions", args=[customer.tenant_id])
    else:
        address = reverse("subscriptions:list")
    return address + (f"?{query.urlencode()}" if query else "")


def _leave(request: StaffRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]
