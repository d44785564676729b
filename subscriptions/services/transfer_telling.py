"""What logs and people are told of transfers: every party, at every step."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify_global_admins, notify_staff
from partnercenter.partners.roles import WHO_MAY, Action
from subscriptions.models import Party, Transfer
from subscriptions.selectors.transfers import names_of

FROM: Final = gettext_noop("Current partner")
TO: Final = gettext_noop("New partner")
REASON: Final = gettext_noop("Reason")


def record_transfer(
    deed: Deed,
    transfer: Transfer,
    *,
    actor: User | None,
    details: dict[str, Any] | None = None,
    for_target: bool = True,
) -> None:
    """A line for each of the two partners, under its own name of the customer.

    The current one is told nothing before the customer has agreed, and the new one nothing that is not `for_target`.
    """
    told = {FROM: str(transfer.source_partner), TO: str(transfer.target_partner)} | (details or {})
    accounts = [(transfer.target_partner, transfer.target)] if for_target else []
    if is_known_to_source(transfer):
        accounts.append((transfer.source_partner, transfer.source))
    for partner, account in accounts:
        record(deed, partner=partner, actor=actor, customer=account, details=told, subject=transfer.pk)


def is_known_to_source(transfer: Transfer) -> bool:
    """Whether the current partner knows of a transfer: it does once the customer has agreed."""
    return transfer.signatures.filter(party=Party.CUSTOMER).exists()


def tell(transfer: Transfer, kind: Notification.Kind, *parties: Party, by: Party | None = None, **facts: Any) -> None:
    """Tell those of some parties who can act for them. `by` is the party that has done something."""
    names = names_of(transfer)
    facts |= {"customer": names[Party.CUSTOMER], "source": names[Party.SOURCE], "target": names[Party.TARGET]}
    if by:
        facts["by"] = names[by]
    for party in parties:
        _tell(transfer, kind, party, facts)


def last_day(transfer: Transfer) -> str:
    """The day until which a transfer can be answered, as notices keep it."""
    return timezone.localtime(transfer.expires_at).date().isoformat()


def _tell(transfer: Transfer, kind: Notification.Kind, party: Party, facts: dict[str, Any]) -> None:
    if party == Party.CUSTOMER:
        url = reverse("my_transfers:transfer", args=[transfer.pk])
        notify_global_admins(transfer.source.tenant, kind, facts=facts, url=url)
    elif party == Party.TARGET or is_known_to_source(transfer):
        partner = transfer.target_partner if party == Party.TARGET else transfer.source_partner
        url = reverse("transfers:transfer", args=[transfer.pk])
        roles = WHO_MAY[Action.MANAGE_TRANSFERS]
        besides = transfer.asked_by if party == transfer.asked_as else None
        notify_staff(partner, kind, roles=roles, facts=facts, url=url, besides=besides)
