"""The customer list: see, search, sort and export."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from customers.forms.active_filters import ActiveFilters
from customers.forms.customer_list import ListForm, found_by
from customers.forms.filter_lists import FilterLists
from customers.models import Tag
from customers.selectors.adding import why_not_add
from customers.selectors.customers import customers_of, resellers_of, tags_of
from customers.selectors.filter_choices import counts_of, tags_called
from customers.selectors.list_address import FILTERS, SEARCH, chosen_columns, kept, list_address, matching, unfiltered
from customers.tables.customer_export import EXPORT_HEADER, export_columns, export_line
from customers.tables.customers import CustomerTable, columns_for
from customers.views.saved_views import opens_default_view
from customers.views.scope import why_not
from partnercenter.directory.clouds import Feature, offers
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.exports import export_rows_of
from partnercenter.web.throttles import throttled


def wants_piece(request: HttpRequest) -> bool:
    """Whether htmx asks for the results alone; a page restored from history is a whole page."""
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]


def counts_exactly(request: HttpRequest) -> bool:
    """Whether all rows are counted, however many there are."""
    return request.GET.get("count") == "exact"


@allow(Action.SEE_CUSTOMERS)
@throttled("search", per_minute=240, only=wants_piece, within="process")
@throttled("count", per_minute=30, only=counts_exactly)
@require_safe
@opens_default_view
def customers(request: StaffRequest) -> HttpResponse:
    """The list; htmx asks for the same address while a person types and takes the results out of the answer."""
    partner, query = request.partner, request.GET
    form = form_of(request)
    context = {
        "form": form,
        "active": ActiveFilters(form, query),
        "table": CustomerTable(found_by(form, partner), request),
        "matching": matching(query),
        "kept": kept(query, but=SEARCH),
        "columns_kept": kept(query, but=["columns"]),
        "users_offered": offers(partner.cloud, Feature.USERS_AND_LICENSES),
        "may_upload": request.staff.may(Action.MANAGE_USERS),
        "may_buy": request.staff.may(Action.MANAGE_SUBSCRIPTIONS),
        "add_denied": why_not_add(request.staff),
        "export_denied": why_not(request, Action.EXPORT),
    }
    return render(request, "customers/_results.html" if wants_piece(request) else "customers/list.html", context)


@allow(Action.SEE_CUSTOMERS)
@throttled("count", per_minute=30)
@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """How many customers a list has, counted to the last one; without htmx the list itself says it."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{list_address(request.GET)}&count=exact")
    form = form_of(request)
    return render(request, "customers/_count.html", {"number": found_by(form, request.partner).count(None)})


@allow(Action.SEE_CUSTOMERS)
@require_safe
def filters(request: StaffRequest) -> HttpResponse:
    """What a list can be filtered by. With `apply` it leads to the list as chosen, unless the days are wrong."""
    partner, query = request.partner, request.GET.copy()
    form = ListForm(query, tags=tags_of(partner), resellers=resellers_of(partner) if partner.is_provider else ())
    wrong = bool({"added_from", "added_to"} & {*form.errors})
    if "apply" in query and not wrong:
        query["columns"] = chosen_columns(query, columns_for(partner))
        return _go_to(request, list_address(query))
    context = {
        "form": form,
        "lists": FilterLists(form, partner, counts_of(partner)),
        "kept": kept(query, but=FILTERS),
        "back_url": list_address(query),
        "none_url": unfiltered(query),
        "wrong": wrong,
    }
    return render(request, "customers/_filters.html" if wants_piece(request) else "customers/filters.html", context)


def _go_to(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if wants_piece(request) else redirect(url)


def form_of(request: StaffRequest) -> ListForm:
    """The search and filters of the address; of the tags only those that it names."""
    named = request.GET.getlist("tag") + request.GET.getlist("without")
    return list_form(request, tags_called(request.partner, named))


def list_form(request: StaffRequest, tags: Iterable[Tag]) -> ListForm:
    """The search and filters of the address."""
    resellers = resellers_of(request.partner) if "reseller" in request.GET else ()
    return ListForm(request.GET, tags=tags, resellers=resellers)


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
    return export_rows_of("customers", EXPORT_HEADER, export_columns(rows), finish=export_line(tags))
