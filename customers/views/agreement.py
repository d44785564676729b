"""The page on which a partner attests that the customer accepted the customer agreement."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.forms.agreement import AgreementForm
from customers.models import Agreement, Customer
from customers.navigation import customer_context
from customers.selectors.customers import account_of, customers_of
from customers.services.agreements import attest_agreement
from customers.services.meanwhile import Overtaken
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.unsent import typed_before


@allow(Action.ATTEST_AGREEMENT)
@looks_and_acts
def agreement(request: StaffRequest, microsoft_id: UUID) -> HttpResponse:
    """Note who accepted the agreement and when, or correct that."""
    customer = _account(request, microsoft_id)
    data, _files = posted(request)
    before = _agreement_of(customer)
    form = AgreementForm(data, customer=customer, agreement=before, typed=None if data else typed_before(request))
    if form.is_valid():
        try:
            changed = attest_agreement(customer, form.values, seen=form.seen_before, actor=request.user)
        except Overtaken as overtaken:
            before = _agreement_of(_account(request, microsoft_id))
            form.see_anew(overtaken, before)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The agreement is attested.") if changed else _("Nothing was changed."))
            return redirect("customers:account", microsoft_id=microsoft_id)
    context = customer_context(request, customer) | {"form": form, "before": before}
    return render(request, "customers/agreement.html", context, status=422 if form.is_bound else 200)


def _account(request: StaffRequest, microsoft_id: UUID) -> Customer:
    return get_object_or_404(account_of(customers_of(request.partner)), tenant_id=microsoft_id)


def _agreement_of(customer: Customer) -> Agreement | None:
    found: Agreement | None = getattr(customer, "agreement", None)
    return found
