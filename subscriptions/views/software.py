"""The software that a customer has bought: the list, and giving a purchase back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.models import Customer
from customers.navigation import customer_context
from customers.views.scope import why_not
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts
from subscriptions.catalog import Kind
from subscriptions.forms.software import SoftwareFilter
from subscriptions.selectors.eligibility import Eligibility
from subscriptions.selectors.software import software_of, why_not_cancel
from subscriptions.services.software import cancel_software
from subscriptions.tables.software import SoftwareTable
from subscriptions.views.scope import of_customer


@allow(Action.SEE_CUSTOMERS)
@require_safe
@of_customer
def software(request: StaffRequest, customer: Customer) -> HttpResponse:
    form = SoftwareFilter(request.GET)
    context = customer_context(request, customer) | {
        "form": form,
        "table": SoftwareTable(form.narrow(software_of(customer)), request, timezone.now()),
        "manage_denied": why_not(request, Action.MANAGE_SUBSCRIPTIONS),
        "buy_denied": why_not(request, Action.MANAGE_SUBSCRIPTIONS) or Eligibility(customer).why_none(Kind.SOFTWARE),
    }
    return render(request, "subscriptions/software.html", context)


@allow(Action.MANAGE_SUBSCRIPTIONS)
@looks_and_acts
@of_customer
def cancel(request: StaffRequest, customer: Customer, purchase_id: UUID) -> HttpResponse:
    """Ask, and cancel a purchase as a whole; or say until when that was possible."""
    purchase = get_object_or_404(software_of(customer), pk=purchase_id)
    if request.method != "POST":
        context = customer_context(request, customer) | {
            "purchase": purchase,
            "cancel_denied": why_not_cancel(purchase, timezone.now()),
        }
        return render(request, "subscriptions/cancel_software.html", context)
    return act(
        request,
        lambda: cancel_software(purchase, actor=request.user),
        done=_("The purchase of %(name)s is canceled.") % {"name": purchase},
        then=reverse("subscriptions:software", args=[customer.tenant_id]),
    )
