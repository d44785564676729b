"""The reservations of a customer: the list, one of them, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.models import Customer
from customers.navigation import customer_context
from customers.services.meanwhile import Overtaken
from customers.views.scope import why_not
from partnercenter.activity.selectors import history_of
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.unsent import typed_before
from subscriptions.catalog import Kind
from subscriptions.forms.azure import SearchForm
from subscriptions.forms.reservations import ReservationFilter, ReservationForm
from subscriptions.models import Reservation
from subscriptions.selectors.eligibility import Eligibility
from subscriptions.selectors.reservations import reservations_of, why_not_cancel, why_not_change
from subscriptions.services.reservations import cancel_reservation, change_reservation
from subscriptions.tables.reservations import ReservationTable
from subscriptions.views.scope import customer_of, of_customer

P = ParamSpec("P")

# Lines of the history on the page; the activity log has the rest.
NEWEST: Final = 20


def of_reservation(
    view: Callable[Concatenate[StaffRequest, Reservation, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give a view the reservation of its address, among those of the customer's account (404)."""

    @wraps(view)
    def found(
        request: StaffRequest, microsoft_id: UUID, reservation_id: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        customer = customer_of(request.partner, microsoft_id)
        reservation = get_object_or_404(reservations_of(customer), pk=reservation_id)
        reservation.customer = customer
        return view(request, reservation, *args, **kwargs)

    return found


@allow(Action.SEE_CUSTOMERS)
@require_safe
@of_customer
def reservations(request: StaffRequest, customer: Customer) -> HttpResponse:
    form = ReservationFilter(request.GET)
    context = customer_context(request, customer) | {
        "form": form,
        "table": ReservationTable(form.narrow(reservations_of(customer)), request),
        "manage_denied": why_not(request, Action.MANAGE_SUBSCRIPTIONS),
        "buy_denied": why_not(request, Action.MANAGE_SUBSCRIPTIONS) or Eligibility(customer).why_none(Kind.RESERVATION),
    }
    return render(request, "subscriptions/reservations.html", context)


@allow(Action.SEE_CUSTOMERS)
@require_safe
@of_reservation
def reservation(request: StaffRequest, found: Reservation) -> HttpResponse:
    """One reservation: what it is, what can be done with it, and its history."""
    denied = why_not(request, Action.MANAGE_SUBSCRIPTIONS)
    too_late = why_not_cancel(found, timezone.now())
    context = _context(request, found) | {
        "change_denied": denied or why_not_change(found),
        "cancel_denied": denied or too_late,
        "cancelable": not too_late,
        "history": history_of(request.partner, found.pk)[:NEWEST],
    }
    return render(request, "subscriptions/reservation.html", context)


@allow(Action.MANAGE_SUBSCRIPTIONS)
@looks_and_acts
@of_reservation
def edit(request: StaffRequest, found: Reservation) -> HttpResponse:
    """Change name and scope; `q` searches the Azure subscription among many."""
    search = SearchForm(request.GET, label=_("Search Azure subscriptions"))
    data, _files = posted(request)
    initial = None if data else typed_before(request)
    form = ReservationForm(data, reservation=found, text=search.text, typed=initial)
    if form.is_valid():
        try:
            changed = change_reservation(found, **form.values, actor=request.user)
        except Overtaken as overtaken:
            form.see_anew(overtaken, get_object_or_404(reservations_of(found.customer), pk=found.pk))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The reservation was saved.") if changed else _("Nothing was changed."))
            return redirect(_address(found))
    context = _context(request, found) | {"form": form, "search": search, "change_denied": why_not_change(found)}
    return render(request, "subscriptions/edit_reservation.html", context, status=422 if form.is_bound else 200)


@allow(Action.MANAGE_SUBSCRIPTIONS)
@looks_and_acts
@of_reservation
def cancel(request: StaffRequest, found: Reservation) -> HttpResponse:
    """Ask, and cancel a reservation; or say until when it could be canceled."""
    if request.method != "POST":
        context = _context(request, found) | {"cancel_denied": why_not_cancel(found, timezone.now())}
        return render(request, "subscriptions/cancel_reservation.html", context)
    return act(
        request,
        lambda: cancel_reservation(found, actor=request.user),
        done=_("%(name)s is canceled.") % {"name": found},
        then=_address(found),
    )


def _context(request: StaffRequest, found: Reservation) -> dict[str, Any]:
    return customer_context(request, found.customer) | {"reservation": found}


def _address(found: Reservation) -> str:
    return reverse("subscriptions:reservation", args=[found.customer.tenant_id, found.pk])
