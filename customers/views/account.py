"""The account page, and changing what is on it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.forms.account import AccountForm, with_picks
from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.customers import account_of, customers_of, former_customers_of, tags_on
from customers.selectors.my import domains_of
from customers.services import accounts as services
from customers.services.accounts import ChangedMeanwhile, bill_to_values, update_account
from customers.views.scope import why_not
from partnercenter.activity.models import Deed
from partnercenter.activity.selectors import activity_of, newest_of
from partnercenter.directory.addresses import formatted_lines
from partnercenter.directory.clouds import Feature, offers
from partnercenter.directory.countries import country_name, culture_choices
from partnercenter.directory.phones import format_phone
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.unsent import typed_before


@allow(Action.SEE_CUSTOMERS)
@require_safe
def customer(request: StaffRequest, microsoft_id: UUID) -> HttpResponse:
    """The address of a customer itself: it leads to the first of its pages, or to the history of a former customer."""
    if customers_of(request.partner).filter(tenant_id=microsoft_id).exists():
        return redirect("subscriptions:subscriptions", microsoft_id=microsoft_id)
    former = get_object_or_404(former_customers_of(request.partner), tenant_id=microsoft_id)
    return redirect("former:customer", microsoft_id=former.tenant_id)


@allow(Action.SEE_CUSTOMERS)
@require_safe
def account(request: StaffRequest, microsoft_id: UUID) -> HttpResponse:
    customer = _account(request, microsoft_id)
    bill_to = customer.bill_to
    cultures = dict(culture_choices(bill_to.country))
    context = customer_context(request, customer) | {
        "bill_to": bill_to,
        "address": formatted_lines(bill_to.country, bill_to_values(bill_to)),
        "phone": format_phone(bill_to.phone, customer.partner.market) if bill_to.phone else "",
        "culture": cultures.get(bill_to.culture, bill_to.culture),
        "country": country_name(customer.tenant.country),
        "domains": domains_of(customer.tenant),
        "has_domains_page": offers(customer.tenant.cloud, Feature.USERS_AND_LICENSES),
        "has_qualifications": offers(customer.tenant.cloud, Feature.QUALIFICATIONS),
        "tags": tags_on(customer),
        "new_name": customer.new_name,
        "edit_denied": why_not(request, Action.EDIT_ACCOUNT),
        "tags_denied": why_not(request, Action.EDIT_TAGS),
        "attest_denied": why_not(request, Action.ATTEST_AGREEMENT),
    }
    return render(request, "customers/account.html", context)


@allow(Action.EDIT_ACCOUNT)
@looks_and_acts
def edit_account(request: StaffRequest, microsoft_id: UUID) -> HttpResponse:
    """Change the bill-to information; who saves second sees both versions and picks from them."""
    customer = _account(request, microsoft_id)
    data, _files = posted(request)
    form = AccountForm(with_picks(data or typed_before(request), customer), customer=customer)
    if data is None and form.is_bound:
        messages.info(request, _("You had been signed out. This is what you typed: look at it and save it."))
    elif form.is_valid():
        try:
            changed = update_account(customer, form.values(), version=form.cleaned_data["version"], actor=request.user)
        except ChangedMeanwhile:
            return _conflict(request, _account(request, microsoft_id), form)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The account was saved.") if changed else _("Nothing was changed."))
            return redirect("customers:account", microsoft_id=microsoft_id)
    context = customer_context(request, customer) | {"form": form, "country": country_name(form.country)}
    return render(request, "customers/edit_account.html", context, status=422 if data is not None else 200)


def _conflict(request: StaffRequest, customer: Customer, form: AccountForm) -> HttpResponse:
    saved = activity_of(request.partner, customer.tenant_id).filter(deed=Deed.ACCOUNT_CHANGED)
    context = customer_context(request, customer) | {
        "form": form,
        "saved_form": AccountForm(customer=customer),
        "differences": list(form.differences(customer)),
        "saved": next(iter(newest_of(saved, 1)), None),
    }
    return render(request, "customers/conflict.html", context, status=409)


@allow(Action.EDIT_ACCOUNT)
@require_POST
def take_name(request: StaffRequest, microsoft_id: UUID) -> HttpResponse:
    """Take over the name that the customer gave itself: for bills and for the list."""
    customer = _account(request, microsoft_id)
    return act(
        request,
        lambda: services.take_name(customer, actor=request.user),
        done=_("Bills and the customer list now say %(name)s.") % {"name": customer.tenant.name},
        then=reverse("customers:account", args=[microsoft_id]),
    )


def _account(request: StaffRequest, microsoft_id: UUID) -> Customer:
    return get_object_or_404(account_of(customers_of(request.partner)), tenant_id=microsoft_id)
