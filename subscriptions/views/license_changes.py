"""What came of a change of licenses: how far it is, and a result for each user."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from customers.models import Customer
from customers.navigation import customer_context
from customers.views.customer_list import wants_piece
from customers.views.scope import why_not, with_users
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.exports import export_csv
from partnercenter.web.throttles import throttled
from subscriptions.models import LicenseChange, LicenseResult
from subscriptions.selectors.licenses import (
    license_changes_of,
    outcome_counts,
    products_in,
    results_of,
    short_products,
)
from subscriptions.tables.licenses import RESULT_HEADER, LicenseResultTable, changed_products, export_result_rows


@allow(Action.SEE_CUSTOMERS)
@require_safe
@with_users
def license_change(request: StaffRequest, customer: Customer, license_change_id: UUID) -> HttpResponse:
    """One change: how far it is, or what came of it; with `left=1` only of what could not be done.

    htmx asks for the progress alone, and loads the whole page again when there is no more to wait for.
    """
    change = _change(customer, license_change_id)
    is_running = change.job is not None and change.job.is_open
    if wants_piece(request):
        if not is_running:
            return HttpResponseClientRefresh()
        return render(request, "subscriptions/_license_progress.html", {"customer": customer, "change": change})
    context = customer_context(request, customer) | {"change": change, "is_running": is_running}
    context["assigned"], context["revoked"] = changed_products(change, products_in([change]))
    context |= {} if is_running else _ended(request, change)
    return render(request, "subscriptions/license_change.html", context)


@allow(Action.ASSIGN_LICENSES)
@throttled("export", per_minute=30)
@require_safe
@with_users
def license_results(request: StaffRequest, customer: Customer, license_change_id: UUID) -> HttpResponseBase:
    """A result for each user and product as CSV, or with `left=1` of what could not be done."""
    change = _change(customer, license_change_id)
    results = results_of(change, only_left=request.GET.get("left") == "1")
    return export_csv(_("licenses-%(customer)s") % {"customer": customer}, RESULT_HEADER, export_result_rows(results))


def _change(customer: Customer, license_change_id: UUID) -> LicenseChange:
    change: LicenseChange = get_object_or_404(license_changes_of(customer), pk=license_change_id)
    return change


def _ended(request: StaffRequest, change: LicenseChange) -> dict[str, Any]:
    """What the page of a change shows that has ended."""
    counts, only_left = outcome_counts(change), request.GET.get("left") == "1"
    tiles = [
        (LicenseResult.Outcome(outcome), counts[outcome]) for outcome in LicenseResult.Outcome if counts.get(outcome)
    ]
    no_seat = counts.get(LicenseResult.Outcome.NO_SEAT, 0)
    return {
        "tiles": [(outcome.label, count, outcome in LicenseResult.LEFT) for outcome, count in tiles],
        "no_seat": no_seat,
        "short": short_products(change) if no_seat else (),
        "left": sum(count for outcome, count in tiles if outcome in LicenseResult.LEFT),
        "not_reached": change.total - change.visited,
        "only_left": only_left,
        "table": LicenseResultTable(results_of(change, only_left=only_left), request),
        "export_denied": why_not(request, Action.ASSIGN_LICENSES),
    }
