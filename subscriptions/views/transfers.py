"""Transfers in which a partner takes part: the list across customers, that of one customer, and one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.customers import customers_of
from customers.views.customer_list import wants_piece
from customers.views.scope import why_not
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.exports import export_csv
from partnercenter.web.throttles import throttled
from subscriptions.forms.transfers import TransferFilter
from subscriptions.models import Party, Transfer
from subscriptions.selectors.transfers import (
    cancels,
    how_it_ended,
    status_at,
    transfers_of,
    transfers_of_customer,
    waits_for,
)
from subscriptions.tables.transfers import EXPORT_HEADER, TransferTable, export_rows
from subscriptions.views.scope import of_customer
from subscriptions.views.transfer_context import items_piece, retried, transfer_context

# Ends about which there is more to say than the state itself says.
HAVE_A_SENTENCE: Final = frozenset({Transfer.Status.DECLINED, Transfer.Status.CANCELED, Transfer.Status.EXPIRED})


@dataclass(frozen=True)
class Act:
    """Something that a partner can do: where, with which words, and how its button looks."""

    url: str
    icon: str
    label: str
    look: str


@allow(Action.SEE_CUSTOMERS)
@throttled("search", per_minute=240, only=wants_piece, within="process")
@require_safe
def transfers(request: StaffRequest) -> HttpResponse:
    """Those of all customers; htmx asks for the list alone while a person types."""
    context = _listed(request, transfers_of(request.partner))
    context["may_manage"] = request.staff.may(Action.MANAGE_TRANSFERS)
    page = "_transfer_results" if wants_piece(request) else "transfers"
    return render(request, f"subscriptions/{page}.html", context)


@allow(Action.SEE_CUSTOMERS)
@throttled("search", per_minute=240, only=wants_piece, within="process")
@require_safe
@of_customer
def transfers_of_one(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Those of one customer, and the way to a new one."""
    listed = _listed(request, transfers_of_customer(customer), across=False)
    context = customer_context(request, customer) | listed
    context["ask_denied"] = why_not(request, Action.MANAGE_TRANSFERS)
    page = "_transfer_results" if wants_piece(request) else "transfers_of_customer"
    return render(request, f"subscriptions/{page}.html", context)


def _listed(request: StaffRequest, found: QuerySet[Transfer], *, across: bool = True) -> dict[str, Any]:
    form = TransferFilter(request.GET)
    table = TransferTable(form.narrow(found, request.partner, timezone.now()), request, across=across)
    return {"form": form, "table": table, "export_denied": why_not(request, Action.EXPORT)}


@allow(Action.EXPORT)
@throttled("export", per_minute=30)
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """Exactly the transfers that the same filter shows, as CSV."""
    return _exported(request, transfers_of(request.partner), _("transfers"))


@allow(Action.EXPORT)
@throttled("export", per_minute=30)
@require_safe
@of_customer
def export_of_one(request: StaffRequest, customer: Customer) -> HttpResponseBase:
    """The same for one customer."""
    name = _("transfers-%(customer)s") % {"customer": customer}
    return _exported(request, transfers_of_customer(customer), name)


def _exported(request: StaffRequest, found: QuerySet[Transfer], name: str) -> HttpResponseBase:
    now = timezone.now()
    narrowed = TransferFilter(request.GET).narrow(found, request.partner, now)
    ordered = TransferTable.order_from(request.GET).sort(narrowed)
    return export_csv(name, EXPORT_HEADER, export_rows(ordered, request.partner, now))


@allow(Action.SEE_CUSTOMERS)
@require_safe
def transfer(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """Everything about one transfer; while something moves, htmx asks for the items alone."""
    found = get_object_or_404(transfers_of(request.partner), pk=transfer_id)
    if piece := items_piece(request, found, request.user):
        return piece
    now, customer_url = timezone.now(), _customer_url(request, found)
    context = transfer_context(found, request.user) | {
        "customer_url": customer_url,
        "ended": how_it_ended(found, now) if status_at(found, now) in HAVE_A_SENTENCE else "",
        "acts": list(_acts(request, found)),
        "again": _again(request, found, customer_url),
        "act_denied": why_not(request, Action.MANAGE_TRANSFERS),
    }
    return render(request, "subscriptions/transfer.html", context)


@allow(Action.MANAGE_TRANSFERS)
@throttled("transfer", per_minute=20)
@require_POST
def retry(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """Try again at once what could not be moved."""
    found = get_object_or_404(transfers_of(request.partner), pk=transfer_id)
    return retried(request, found, request.user, reverse("transfers:transfer", args=[found.pk]))


def _customer_url(request: StaffRequest, found: Transfer) -> str:
    """The transfers of the customer, as long as it is one."""
    guid = found.source.tenant_id
    if not customers_of(request.partner).filter(tenant_id=guid).exists():
        return ""
    return reverse("subscriptions:transfers", args=[guid])


def _acts(request: StaffRequest, found: Transfer) -> Iterator[Act]:
    """What the partner can do about it at this moment; the reseller of the new one only looks."""
    now, is_own = timezone.now(), request.partner.pk == found.target_partner_id
    turn = waits_for(found, now) if found.status in Transfer.WAITING else None
    if turn == Party.SOURCE and request.partner.pk == found.source_partner_id:
        page = reverse("transfers:review", args=[found.pk])
        yield Act(page, "check", pgettext("transfer", "Review"), "primary")
        yield Act(f"{page}#decline", "close", _("Decline"), "quiet danger")
    if turn == Party.TARGET and is_own:
        yield Act(reverse("transfers:agree", args=[found.pk]), "check", _("Sign"), "primary")
        yield Act(reverse("transfers:decline", args=[found.pk]), "close", _("Decline"), "quiet danger")
    if turn and is_own and cancels(found, Party.TARGET):
        yield Act(reverse("transfers:cancel", args=[found.pk]), "undo", _("Cancel the transfer"), "quiet danger")


def _again(request: StaffRequest, found: Transfer, customer_url: str) -> Act | None:
    """The new partner's way to a new transfer with the same data, once this one has ended."""
    has_ended = status_at(found, timezone.now()) not in Transfer.OPEN
    if not (has_ended and request.partner.pk == found.target_partner_id and customer_url):
        return None
    url = reverse("subscriptions:new_transfer", args=[found.source.tenant_id])
    return Act(f"{url}?again={found.pk}", "refresh", _("Ask again"), "quiet")
