"""Drafts of customers that somebody is about to add: begun, kept, discarded, forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from partnercenter.partners.models import Partner, Staff
from relationships.models import NewCustomer
from relationships.selectors.new_customers import drafts_of
from relationships.services.new_customer_holding import hold_new_customer
from subscriptions.models import Order

BUSY: Final = gettext_lazy("This draft is being changed in another window right now. Try again in a moment.")
FORGOTTEN_AT_ONCE: Final = 1_000
# What an answer of the account step is kept of, in characters: more than any of its fields takes.
LONGEST_ANSWER: Final = 1_000
MOST_CHOICES: Final = 1_000


def start_draft(staff: Staff, *, reseller: Partner | None) -> NewCustomer:
    """A draft without answers, for a customer that `reseller` is to serve, if any is.

    One that this person began before and never filled is taken for it: two clicks begin one. Raises `Refused` where
    another click takes long.
    """
    begun = {"reseller": str(reseller.pk)} if reseller else {}
    with without_long_waits(BUSY):
        # Whoever clicks twice waits for the first click.
        User.objects.select_for_update(no_key=True).get(pk=staff.user_id)
        draft = next((one for one in drafts_of(staff).filter(checked_at=None) if one.is_empty), None)
        if draft is None:
            return NewCustomer.objects.create(partner=staff.partner, made_by=staff.user, answers=begun)
        NewCustomer.objects.filter(pk=draft.pk).update(answers=begun, touched_at=timezone.now())
    return draft


def keep_answers(draft: NewCustomer, answers: Mapping[str, Any], *, checked: bool) -> None:
    """Keep the answers of the account step, whether they are `checked` or only what was typed so far.

    Raises `Refused` where the customer was added, or the draft discarded, in the meantime.
    """
    now = timezone.now()
    with without_long_waits(BUSY):
        held = _hold(draft)
        kept = {name: _clipped(answer) for name, answer in answers.items()}
        changes = {"answers": kept, "checked_at": now if checked else None, "touched_at": now}
        NewCustomer.objects.filter(pk=held.pk).update(**changes)
        if held.order_id:  # so that the clock forgets both or none
            Order.objects.filter(pk=held.order_id).update(touched_at=now)


def _clipped(answer: Any) -> Any:
    """An answer as the database takes it."""
    if isinstance(answer, list):
        return [_clipped(one) for one in answer[:MOST_CHOICES]]
    return str(answer).replace("\x00", "")[:LONGEST_ANSWER]


def discard_draft(draft: NewCustomer) -> None:
    """Throw a draft away, with what was to be bought. Raises `Refused` where the customer was added meanwhile."""
    with without_long_waits(BUSY):
        held = _hold(draft)
        _delete([held])


def forget_drafts(now: datetime) -> int:
    """Forget drafts that nobody has touched for long, nor what was to be bought with them; how many went."""
    since = now - NewCustomer.KEPT_FOR
    old = NewCustomer.objects.filter(
        Q(order=None) | Q(order__touched_at__lt=since), status=NewCustomer.Status.DRAFT, touched_at__lt=since
    )
    count = 0
    while True:
        with transaction.atomic():
            held = _hold_some(old)
            _delete(held)
        count += len(held)
        if not held:
            return count


def _hold_some(drafts: QuerySet[NewCustomer]) -> list[NewCustomer]:
    """The first of some drafts, held after their orders; those that somebody else holds are left for the next time."""
    rows = dict(drafts.order_by("touched_at").values_list("pk", "order")[:FORGOTTEN_AT_ONCE])
    orders = Order.objects.select_for_update(skip_locked=True).filter(pk__in={*rows.values()} - {None})
    free = {None, *orders.values_list("pk", flat=True)}
    found = drafts.filter(pk__in=[pk for pk, order in rows.items() if order in free])
    return [draft for draft in found.select_for_update(of=("self",), skip_locked=True) if draft.order_id in free]


def _delete(drafts: list[NewCustomer]) -> None:
    """Delete drafts that are held, and their orders, which were never placed."""
    NewCustomer.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    orders = [draft.order_id for draft in drafts if draft.order_id]
    Order.objects.filter(pk__in=orders, status=Order.Status.DRAFT).delete()


def _hold(draft: NewCustomer) -> NewCustomer:
    held = hold_new_customer(draft)
    if held is None or not held.is_draft:
        raise Refused(_("This customer was added, or the draft discarded, a moment ago, perhaps in another window."))
    return held
