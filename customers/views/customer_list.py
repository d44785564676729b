"""The customer list: see, search, sort and export."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.forms.customer_list import ListForm
from customers.models import Tag
from customers.selectors.customers import customers_of, resellers_of, tags_of
from customers.selectors.finding import CustomersFound
from customers.tables.customers import EXPORT_HEADER, CustomerTable, export_rows
from partnercenter.directory.clouds import Feature, offers
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.models import Partner
from partnercenter.partners.roles import Action, denial
from partnercenter.web.exports import export_csv
from partnercenter.web.throttles import throttled


@allow(Action.SEE_CUSTOMERS)
@require_safe
def customers(request: StaffRequest) -> HttpResponse:
    """The list; htmx asks for the same address while a person types and takes the results out of the answer."""
    partner = request.partner
    tags = list(tags_of(partner))
    form = list_form(request, tags)
    table = CustomerTable(found(partner, form), request, tags=tags, provider=partner.is_provider)
    context = {
        "form": form,
        "table": table,
        "users_offered": offers(partner.cloud, Feature.USERS_AND_LICENSES),
        "searching": bool(form.cleaned_data.get("q")),
        "export_denied": "" if request.staff.may(Action.EXPORT) else denial(Action.EXPORT),
    }
    template = "customers/_results.html" if wants_piece(request) else "customers/list.html"
    return render(request, template, context)


def list_form(request: StaffRequest, tags: list[Tag]) -> ListForm:
    """The search and filters of the address."""
    resellers = resellers_of(request.partner) if "reseller" in request.GET else ()
    return ListForm(request.GET, tags=tags, resellers=resellers)


def found(partner: Partner, form: ListForm) -> CustomersFound:
    """The customers of a partner that a list asks for."""
    customers = customers_of(partner)
    return CustomersFound(customers.none() if form.senseless else customers, form.criteria, partner_id=partner.pk)


def wants_piece(request: HttpRequest) -> bool:
    """Whether htmx asks for the results alone; a page restored from history is a whole page."""
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]


@allow(Action.EXPORT)
@throttled("export", per_minute=30)
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """The list as CSV: exactly what is on screen, or all of it with `all=1`."""
    customers = customers_of(request.partner)
    tags = list(tags_of(request.partner))
    if request.GET.get("all") != "1":
        form = list_form(request, tags)
        customers = customers.none() if form.senseless else form.criteria.apply(customers)
    rows = CustomerTable.order_from(request.GET).sort(customers)
    return export_csv("customers", EXPORT_HEADER, export_rows(rows, tags))
