"""Attesting that a customer accepted the customer agreement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Agreement, Customer
from customers.services.holding import BUSY, hold_account
from customers.services.meanwhile import Overtaken
from partnercenter.activity.models import Deed
from partnercenter.activity.services import changes, record
from partnercenter.directory.models import User
from partnercenter.locks import without_long_waits

# What is attested, and how the log calls it.
ATTESTED: Final[Mapping[str, str]] = {
    "first_name": gettext_noop("First name"),
    "last_name": gettext_noop("Last name"),
    "email": gettext_noop("Email"),
    "phone": gettext_noop("Phone"),
    "accepted_on": gettext_noop("Accepted on"),
}


def attest_agreement(customer: Customer, values: Mapping[str, Any], *, seen: Mapping[str, Any], actor: User) -> bool:
    """Note who accepted the customer agreement, and when; returns whether anything is different now.

    `values` maps names of `ATTESTED` to checked values, `seen` is what `attested` said when the person began: raises
    `Overtaken`, and changes nothing, when somebody else attested something different since.
    """
    with without_long_waits(BUSY):
        held = hold_account(customer)
        before = attested(Agreement.objects.filter(pk=held.pk).first())
        changed = changes(_written(before), _written(values))
        if not changed:
            return False
        if before != seen:
            raise Overtaken(_("Somebody else attested the agreement a moment ago."))
        Agreement.objects.update_or_create(customer=held, defaults=dict(values))
        details = {ATTESTED[name]: pair if before else pair[1] for name, pair in changed.items() if any(pair)}
        record(Deed.AGREEMENT_ATTESTED, partner=held.partner, actor=actor, customer=held, details=details)
    return True


def attested(agreement: Agreement | None) -> dict[str, Any]:
    """What was attested of an agreement, by the names of `ATTESTED`; nothing of none."""
    return {name: getattr(agreement, name) for name in ATTESTED} if agreement else {}


def _written(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as the log keeps them, days as ISO 8601 writes them."""
    return {name: str(value) for name, value in values.items()}
