"""The page on which a customer gets a special qualification."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.forms.qualification import QualificationForm
from customers.navigation import customer_context
from customers.selectors.customers import customers_of
from customers.services.meanwhile import Overtaken
from customers.services.qualifications import change_qualification, stated
from partnercenter.directory.clouds import Feature, explain_missing, offers
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.unsent import typed_before


@allow(Action.EDIT_ACCOUNT)
@looks_and_acts
def qualification(request: StaffRequest, microsoft_id: UUID) -> HttpResponse:
    """Choose the special qualification, or none; in a cloud that has none: an explanation."""
    customers = customers_of(request.partner).select_related("tenant", "partner__tenant")
    customer = get_object_or_404(customers, tenant_id=microsoft_id)
    context = customer_context(request, customer)
    if not offers(customer.partner.cloud, Feature.QUALIFICATIONS):
        explanation = explain_missing(customer.partner.cloud, Feature.QUALIFICATIONS)
        return render(request, "customers/no_qualifications.html", context | {"explanation": explanation}, status=403)
    data, _files = posted(request)
    form = QualificationForm(data, before=stated(customer), typed=None if data else typed_before(request))
    if form.is_valid():
        try:
            changed = change_qualification(customer, form.values, seen=form.seen_before, actor=request.user)
        except Overtaken as overtaken:
            form.see_anew(overtaken, stated(get_object_or_404(customers, pk=customer.pk)))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The qualification was saved.") if changed else _("Nothing was changed."))
            return redirect("customers:account", microsoft_id=microsoft_id)
    return render(
        request, "customers/qualification.html", context | {"form": form}, status=422 if form.is_bound else 200
    )
