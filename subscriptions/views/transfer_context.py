"""What the pages of one transfer show, for partners and for the customer alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRefresh

from customers.views.customer_list import wants_piece
from partnercenter.directory.models import User
from partnercenter.web.acts import act
from partnercenter.web.templatetags.web import grouped
from subscriptions.models import Party, Transfer, TransferItem
from subscriptions.selectors.transfer_checks import CHECKS, Check
from subscriptions.selectors.transfers import (
    awaited,
    days_left,
    is_turn_of,
    items_of,
    may_act_for,
    name_for,
    names_of,
    party_of,
    status_at,
    waits_for,
)
from subscriptions.services.transfer_move import retry_now
from subscriptions.views.transfer_steps import steps_of

State = Transfer.Status
# So many items stand on the page; the record has all of them.
SHOWN: Final = 100


@dataclass(frozen=True)
class ItemShown:
    """A thing that moves, what is wrong with it and what helps, and its page, for the partner that has it."""

    item: TransferItem
    problem: Check | None
    url: str


def transfer_context(transfer: Transfer, user: User) -> dict[str, Any]:
    """Template context of a page about one transfer, and of its three pieces, as somebody who takes part may see it.

    `party` is the side from which it is looked at, `may_act` whether this person signs for that side, `waits_for_you`
    whether it is that side's turn. `waits_for` is the name of the party whose turn it is; empty where it is nobody's.
    """
    now = timezone.now()
    party, status, names = party_of(transfer, user), status_at(transfer, now), names_of(transfer)
    must_act, staff = waits_for(transfer, now), getattr(user, "staff", None)
    return {
        "transfer": transfer,
        "party": party,
        "is_customer": party == Party.CUSTOMER,
        "customer_name": name_for(transfer, staff.partner if staff else None),
        "status": status,
        "must_act": must_act,
        "waits_for": awaited(transfer, now, party),
        "waits_for_you": is_turn_of(transfer, user, now),
        "days": days_left(transfer, now),
        "asked_by_name": names[Party(transfer.asked_as)],
        "steps": steps_of(transfer, user, now),
        **items_context(transfer, user),
    }


def items_context(transfer: Transfer, user: User) -> dict[str, Any]:
    """What moves, with its state: the first items, those with a problem before the others, and numbers of all.

    Nobody but the current partner sees what is chosen before it is accepted for good.
    """
    party = party_of(transfer, user)
    items = items_of(transfer) if may_see_items(transfer, party) else items_of(transfer).none()
    shown = items.select_related("subscription__customer", "reservation__customer").order_by("-code", "id")[:SHOWN]
    numbers = items.order_by().aggregate(
        total=Count("pk"),
        moved=Count("pk", filter=Q(status=TransferItem.Status.MOVED)),
        failed=Count("pk", filter=Q(status=TransferItem.Status.FAILED)),
        stuck=Count("pk", filter=Q(status=TransferItem.Status.WAITING) & ~Q(code="")),
        waiting=Count("pk", filter=Q(status=TransferItem.Status.WAITING, code="")),
    )
    page = "my_transfers:transfer" if party == Party.CUSTOMER else "transfers:transfer"
    return {
        "transfer": transfer,
        "items": [_told(item, transfer, party) for item in shown],
        "numbers": numbers,
        "more": max(0, numbers["total"] - SHOWN),
        "may_act": party is not None and may_act_for(transfer, party, user),
        "page_url": reverse(page, args=[transfer.pk]),
        "retry_url": reverse(f"{page.partition(':')[0]}:retry", args=[transfer.pk]),
        "is_moving": transfer.job is not None and transfer.job.is_open,
    }


def may_see_items(transfer: Transfer, party: Party | None) -> bool:
    """Whether somebody sees what was chosen: what is not accepted for good is the current partner's alone."""
    return transfer.accepted_at is not None or party == Party.SOURCE


def _told(item: TransferItem, transfer: Transfer, party: Party | None) -> ItemShown:
    moved = item.status == TransferItem.Status.MOVED
    owner = {Party.TARGET: transfer.target_partner_id, Party.SOURCE: transfer.source_partner_id}
    thing = item.subscription or item.reservation
    url = ""
    if thing and party == (Party.TARGET if moved else Party.SOURCE) and thing.customer.partner_id == owner[party]:
        page = "subscriptions:subscription" if item.subscription_id else "subscriptions:reservation"
        url = reverse(page, args=[transfer.source.tenant_id, thing.pk])
    return ItemShown(item, CHECKS.get(item.code), url)


def retried(request: HttpRequest, transfer: Transfer, user: User, then: str) -> HttpResponse:
    """Try again at once what could not be moved, for whichever of the three."""

    def told(moved: int) -> str:
        if not moved:
            return _("Nothing could be moved yet. What is to be done stands beside each thing.")
        sentence = ngettext("%(count)s thing was moved.", "%(count)s things were moved.", moved)
        return sentence % {"count": grouped(moved)}

    return act(request, lambda: retry_now(transfer, actor=user), done=told, then=then)


def items_piece(request: HttpRequest, transfer: Transfer, user: User) -> HttpResponse | None:
    """The answer to htmx, which asks again for the items as long as something moves; None for a whole page.

    Once nothing moves any more the whole page is loaded again.
    """
    if not wants_piece(request):
        return None
    if transfer.status != State.IN_PROGRESS:
        return HttpResponseClientRefresh()
    return render(request, "subscriptions/_transfer_items.html", items_context(transfer, user))
