"""The review of a transfer by the current partner: what is chosen, and the acceptance by one person or by two."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import enqueue
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify_staff
from partnercenter.partners.models import Partner
from partnercenter.partners.roles import WHO_MAY, Action
from subscriptions.models import Party, Transfer
from subscriptions.models.transfer import RETRIED_FOR
from subscriptions.selectors.transfer_checks import (
    CHECKS,
    codes_of_reservations,
    codes_of_review,
    codes_of_subscriptions,
)
from subscriptions.selectors.transfer_tree import Chosen, proposed_for
from subscriptions.selectors.transfers import source_signatures
from subscriptions.services.transfer_telling import record_transfer, tell
from subscriptions.services.transfers import Signature, answerable, require, sign, transfer_held

State = Transfer.Status


_ITEMS: Final = """
    INSERT INTO subscriptions_transferitem (transfer_id, subscription_id, reservation_id, name, status, code)
    SELECT %(transfer)s, t.id, NULL::uuid, t.name, 'waiting', ''
    FROM (
        SELECT id, name FROM subscriptions_subscription WHERE id = ANY (%(subscriptions)s::uuid[])
        ORDER BY name_key, id
    ) AS t
    UNION ALL
    SELECT %(transfer)s, NULL::uuid, t.id, t.name, 'waiting', ''
    FROM (
        SELECT id, name FROM subscriptions_reservation WHERE id = ANY (%(reservations)s::uuid[])
        ORDER BY begun_at, id
    ) AS t
"""


def accept_transfer(transfer: Transfer, chosen: Chosen, signature: Signature, *, actor: User) -> bool:
    """Accept for the current partner: what is chosen moves at once, by a job.

    Where the partner wants two persons, this is the first of them, and nothing moves before `confirm_transfer`. False
    if this person has accepted before. Raises `Refused` where something stands in the way of the whole or of a thing
    that is chosen: the checks are those of the move itself.
    """
    now = timezone.now()
    with transfer_held(transfer) as held:
        if source_signatures(held).filter(signed_by=actor).exists():
            return False
        _reviewable(held, now, actor)
        if held.proposed_by:
            raise Refused(_("%(person)s has accepted already. Look at what is chosen, and agree.") % _first(held))
        sign(held, Party.SOURCE, signature, actor, now)
        _choose(held, chosen)
        if held.source_partner.two_accept_transfers:
            Transfer.objects.filter(pk=held.pk).update(proposed_by=actor)
            record_transfer(Deed.TRANSFER_PROPOSED, held, actor=actor, for_target=False)
            tell(held, Notification.Kind.TRANSFER_PROPOSED, Party.SOURCE, person=actor.display_name)
        else:
            _start(held, now, actor)
    return True


def confirm_transfer(transfer: Transfer, chosen: Chosen, signature: Signature, *, actor: User) -> bool:
    """Agree, as the second person, to what the first one has chosen: now it moves. False and `Refused` as above.

    `chosen` is what this person has seen: also refused where the first one has chosen anew since. What was chosen days
    ago is checked anew.
    """
    now = timezone.now()
    with transfer_held(transfer) as held:
        if held.status == State.IN_PROGRESS and source_signatures(held).filter(signed_by=actor).exists():
            return False
        _reviewable(held, now, actor)
        if held.proposed_by is None:
            raise Refused(_("Nobody has accepted this transfer yet: there is nothing to agree to."))
        if held.proposed_by_id == actor.pk:
            raise Refused(_("You accepted this transfer yourself. Another person has to agree."))
        if proposed_for(held).fingerprint != chosen.fingerprint:
            raise Refused(_("What is chosen has changed since you looked at it. Look at it anew."))
        _require_movable(held, chosen)
        sign(held, Party.SOURCE, signature, actor, now)
        _start(held, now, actor)
    return True


def take_choice_back(transfer: Transfer, *, actor: User) -> bool:
    """Undo what the first of two persons has chosen, so that it can be chosen anew. False if nothing is chosen."""
    now = timezone.now()
    with transfer_held(transfer) as held:
        answerable(held, now, State.AWAITING_REVIEW)
        require(held, Party.SOURCE, actor)
        if held.proposed_by is None:
            return False
        held.items.all().delete()
        source_signatures(held).update(withdrawn_at=now, withdrawn_by=actor)
        Transfer.objects.filter(pk=held.pk).update(proposed_by=None)
        record_transfer(Deed.TRANSFER_CHOICE_TAKEN_BACK, held, actor=actor, for_target=False)
    return True


def let_two_accept(partner: Partner, two: bool, *, actor: User) -> bool:
    """Say whether two persons have to accept what leaves a partner; who accepts is told. False if it is so already."""
    with transaction.atomic():
        changed = Partner.objects.filter(pk=partner.pk).exclude(two_accept_transfers=two)
        if not changed.update(two_accept_transfers=two):
            return False
        record(Deed.TWO_ACCEPT_CHANGED, partner=partner, actor=actor, details={"Persons": [1 + (not two), 1 + two]})
        notify_staff(
            partner,
            Notification.Kind.TRANSFER_RULE_CHANGED,
            roles=WHO_MAY[Action.MANAGE_TRANSFERS],
            facts={"person": actor.display_name, "two": two},
            url=reverse("transfers:two_persons"),
        )
    return True


def _first(transfer: Transfer) -> dict[str, object]:
    return {"person": transfer.proposed_by}


def _reviewable(transfer: Transfer, now: datetime, actor: User) -> None:
    answerable(transfer, now, State.AWAITING_REVIEW)
    require(transfer, Party.SOURCE, actor)
    for code in codes_of_review(transfer):
        raise Refused(f"{CHECKS[code].sentence} {CHECKS[code].remedy}")


def _choose(transfer: Transfer, chosen: Chosen) -> None:
    if not (chosen.subscriptions or chosen.reservations):
        raise Refused(_("Nothing is chosen. Choose at least one thing, or decline the transfer."))
    _require_movable(transfer, chosen)
    given: dict[str, Any] = {
        "transfer": transfer.pk,
        "subscriptions": [*chosen.subscriptions],
        "reservations": [*chosen.reservations],
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_ITEMS, given)
    except IntegrityError as error:  # another transfer took it at this moment
        raise Refused(str(CHECKS["900104"].sentence)) from error


def _require_movable(transfer: Transfer, chosen: Chosen) -> None:
    """Raises `Refused` where something that is chosen could not move now."""
    codes = codes_of_subscriptions(transfer.source, chosen.subscriptions, transfer)
    codes |= codes_of_reservations(
        transfer.source, transfer.target, chosen.reservations, together=chosen.subscriptions, transfer=transfer
    )
    blocked = [code for code in codes.values() if code]
    if blocked or len(codes) < len({*chosen.subscriptions, *chosen.reservations}):
        why = CHECKS[blocked[0] if blocked else "gone"].sentence
        raise Refused(_("Something that is chosen cannot move: %(why)s Look at the list anew.") % {"why": why})


def _start(transfer: Transfer, now: datetime, actor: User) -> None:
    job = enqueue(
        Job.Kind.TRANSFER,
        subject_id=transfer.pk,
        subject=transfer.source.name,
        total=transfer.items.count(),
        url=reverse("transfers:transfer", args=[transfer.pk]),
        partner=transfer.source_partner,
        customer=transfer.source,
        actor=actor,
    )
    transfer.move_to(State.IN_PROGRESS, accepted_at=now, retried_until=now + RETRIED_FOR, job=job)
    record_transfer(Deed.TRANSFER_ACCEPTED, transfer, actor=actor)
    tell(transfer, Notification.Kind.TRANSFER_ACCEPTED, *Party)
