"""The piece about transfers on a person's own page, which lies below this app and knows it by name only."""

from __future__ import annotations

from typing import Any

from django.template import Context, Library
from django.utils import timezone
from django.utils.translation import pgettext

from customers.services.privileges import may_decide
from partnercenter.directory.models import Tenant
from subscriptions.models import Party, Transfer
from subscriptions.selectors import my_transfers
from subscriptions.selectors.transfers import awaited, waits_for

register = Library()


@register.inclusion_tag("subscriptions/_my_transfers_card.html", takes_context=True)
def my_transfers_card(context: Context, tenant: Tenant) -> dict[str, Any]:
    """How many transfers wait for the signature of an organization, and the way to all of them."""
    waiting = my_transfers.waiting_for(tenant, timezone.now()).count()
    return {"waiting": waiting, "decides": may_decide(context["user"])}


@register.simple_tag
def transfer_waits_for(transfer: Transfer) -> str:
    """Who has to answer a transfer now, for the people of the customer; a dash where nobody has."""
    now = timezone.now()
    return (
        pgettext("whose turn it is", "You")
        if waits_for(transfer, now) == Party.CUSTOMER
        else awaited(transfer, now) or "–"
    )
