"""Lists of subscriptions: of one customer, and across all customers of a partner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.models import Customer
from customers.navigation import customer_context
from customers.views.customer_list import wants_piece
from customers.views.scope import why_not
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.exports import export_rows_of
from partnercenter.web.throttles import throttled
from subscriptions.forms.subscription_list import SubscriptionSearchForm
from subscriptions.selectors.eligibility import Eligibility
from subscriptions.selectors.subscription_list import has_any, resellers_on_record
from subscriptions.selectors.subscriptions import LIST_LABELS
from subscriptions.tables.subscription_export import HEADER, HEADER_ACROSS, export_columns, export_line
from subscriptions.tables.subscriptions import EndingTable, SubscriptionTable
from subscriptions.views.scope import of_customer


@allow(Action.SEE_CUSTOMERS)
@throttled("search", per_minute=240, only=wants_piece, within="process")
@require_safe
@of_customer
def subscriptions(request: StaffRequest, customer: Customer) -> HttpResponse:
    """What a customer has bought: both kinds apart, or the only one as a list that goes on.

    htmx asks for the lists alone while a person types.
    """
    form = SubscriptionSearchForm(request.GET, partner=request.partner, customer=customer)
    kinds = [form.wanted.kind] if form.wanted.kind else [*LIST_LABELS]
    tables = {kind: SubscriptionTable(form.found_of_kind(kind), request, customer) for kind in kinds}
    shown = [kind for kind in kinds if tables[kind].records]
    context = customer_context(request, customer) | _context(request, form, tables[(shown or kinds)[0]])
    context["lists"] = [{"kind": kind, "label": LIST_LABELS[kind], "table": tables[kind]} for kind in shown]
    context["one_kind"] = len(kinds) == 1 or _are_of_one_kind(form, shown)
    if not shown and not form.searching:
        context["has_ended_ones"] = has_any(customer)
    if wants_piece(request):
        return render(request, "subscriptions/_customer_results.html", context)
    return render(request, "subscriptions/subscriptions.html", context | _adding(request, customer))


def _are_of_one_kind(form: SubscriptionSearchForm, shown: list[str]) -> bool:
    """Whether there is nothing but what is shown, and that of one kind."""
    others = [kind for kind in LIST_LABELS if kind not in shown]
    return len(shown) == 1 and not any(form.found_of_kind(kind).count(0) for kind in others)


def _adding(request: StaffRequest, customer: Customer) -> dict[str, Any]:
    """Why nothing can be added, and whether that is for the want of an agreement."""
    eligibility = Eligibility(customer)
    denied = why_not(request, Action.MANAGE_SUBSCRIPTIONS)
    return {
        "add_denied": denied or eligibility.bars_all,
        "wants_agreement": not denied and bool(eligibility.bars_all) and not eligibility.has_agreement,
    }


@allow(Action.SEE_CUSTOMERS)
@throttled("search", per_minute=240, only=wants_piece, within="process")
@require_safe
def across(request: StaffRequest) -> HttpResponse:
    """What all customers have bought."""
    form = SubscriptionSearchForm(request.GET, partner=request.partner)
    table = _table_of(form)(form.found, request)
    context = _context(request, form, table)
    if wants_piece(request):
        return render(request, "subscriptions/_results.html", context)
    form.offer_only_what_is_there()
    return render(request, "subscriptions/list.html", context)


def _table_of(form: SubscriptionSearchForm) -> type[SubscriptionTable]:
    return EndingTable if form.wanted.by_end else SubscriptionTable


def _context(request: StaffRequest, form: SubscriptionSearchForm, table: SubscriptionTable) -> dict[str, Any]:
    return {
        "form": form,
        "table": table,
        "matching": form.matching,
        "export_denied": why_not(request, Action.EXPORT),
    }


@allow(Action.EXPORT)
@throttled("export", per_minute=30)
@require_safe
@of_customer
def export(request: StaffRequest, customer: Customer) -> HttpResponseBase:
    """The list of a customer as CSV: exactly the subscriptions that are asked for, in the order of the list."""
    form = SubscriptionSearchForm(request.GET, partner=request.partner, customer=customer)
    return _exported(request, form, _("subscriptions-%(customer)s") % {"customer": customer})


@allow(Action.EXPORT)
@throttled("export", per_minute=30)
@require_safe
def export_all(request: StaffRequest) -> HttpResponseBase:
    """The list across customers as CSV."""
    return _exported(request, SubscriptionSearchForm(request.GET, partner=request.partner), _("subscriptions"))


def _exported(request: StaffRequest, form: SubscriptionSearchForm, name: str) -> HttpResponseBase:
    found = form.found.rows.none() if form.senseless else form.found.rows
    across_customers = form.customer is None
    columns = export_columns(_table_of(form).order_from(request.GET).sort(found), across=across_customers)
    resellers: dict[UUID | None, str] = resellers_on_record(request.partner)
    header = HEADER_ACROSS if across_customers else HEADER
    return export_rows_of(name, header, columns, finish=export_line(resellers))
