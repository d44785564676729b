"""Customers whose relationship has ended: the list, and the history of one of them."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from customers.models import Customer
from customers.selectors.customers import account_of, customers_of, former_customers_of, tags_on
from customers.services.accounts import bill_to_values
from customers.views.customer_list import wants_piece
from customers.views.scope import why_not
from partnercenter.activity.details import details_of
from partnercenter.activity.models import Activity
from partnercenter.activity.selectors import activity_of, newest_of
from partnercenter.directory.addresses import formatted_lines
from partnercenter.directory.countries import culture_choices
from partnercenter.directory.phones import format_phone
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.throttles import throttled
from relationships.forms.former import FormerSearchForm
from relationships.selectors.former import former_matching, past_of
from relationships.selectors.requests import why_not_request
from relationships.tables.former import FormerTable
from subscriptions.selectors.reservations import reservations_of
from subscriptions.selectors.software import software_of
from subscriptions.selectors.subscriptions import sold_through

# Rows of each kind of purchase, and lines of the log, on the page of a former customer.
SHOWN: Final = 50
NEWEST: Final = 20


class Bought(NamedTuple):
    """The first purchases of one kind, and how many there are."""

    rows: list[Any]
    total: int


@allow(Action.SEE_CUSTOMERS)
@throttled("search", per_minute=240, only=wants_piece, within="process")
@require_safe
def former(request: StaffRequest) -> HttpResponse:
    """The list; htmx asks for the results alone while a person types."""
    form = FormerSearchForm(request.GET)
    context = {"form": form, "table": FormerTable(former_matching(request.partner, form.text), request)}
    page = "relationships/_former_results.html" if wants_piece(request) else "relationships/former.html"
    return render(request, page, context)


@allow(Action.SEE_CUSTOMERS)
@require_safe
def customer(request: StaffRequest, microsoft_id: UUID) -> HttpResponse:
    """What is known of a former customer, to be read only; of one that has come back the account says it."""
    if customers_of(request.partner).filter(tenant_id=microsoft_id).exists():
        return redirect("customers:account", microsoft_id)
    found = get_object_or_404(account_of(former_customers_of(request.partner)), tenant_id=microsoft_id)
    sees_activity = request.staff.may(Action.SEE_ACTIVITY)
    context = _account_facts(found) | {
        "customer": found,
        "past": past_of(found),
        "subscriptions": _first(sold_through(found).order_by("name_key", "pk")),
        "reservations": _first(reservations_of(found).order_by("-begun_at", "-pk")),
        "software": _first(software_of(found).order_by("-purchased_at", "-pk")),
        "lines": _newest_lines(request, found) if sees_activity else [],
        "activity_url": reverse("activity:list") + "?" + urlencode({"customer": found.name, "since": ""}),
        "activity_denied": why_not(request, Action.SEE_ACTIVITY),
        "request_denied": why_not_request(request.staff),
    }
    return render(request, "relationships/former_customer.html", context)


def _account_facts(customer: Customer) -> dict[str, Any]:
    """Bill-to information and tags, as they were at the end."""
    bill_to = customer.bill_to
    return {
        "bill_to": bill_to,
        "address": formatted_lines(bill_to.country, bill_to_values(bill_to)),
        "phone": format_phone(bill_to.phone, customer.partner.market) if bill_to.phone else "",
        "culture": dict(culture_choices(bill_to.country)).get(bill_to.culture, bill_to.culture),
        "tags": tags_on(customer),
    }


def _first(rows: QuerySet[Any, Model]) -> Bought:
    """The first rows; all are counted only if there are more."""
    found = list(rows[: SHOWN + 1])
    return Bought(found[:SHOWN], rows.count() if len(found) > SHOWN else len(found))


def _newest_lines(request: StaffRequest, customer: Customer) -> list[Activity]:
    lines = list(newest_of(activity_of(request.partner, customer.tenant_id), NEWEST))
    for line in lines:
        line.told = details_of(line)  # type: ignore[attr-defined]
    return lines
