"""What happened to a transfer so far, step by step, and what is still to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from partnercenter.directory.models import User
from subscriptions.models import Party, Transfer, TransferSignature
from subscriptions.selectors.transfers import may_act_for, names_of, party_of, waits_for

State = Transfer.Status
# The icon of the end, and the look of the step.
_ENDS: Final = {
    State.COMPLETE: ("success", "good"),
    State.COMPLETED_WITH_ERRORS: ("warning", ""),
    State.FAILED: ("error", "bad"),
    State.DECLINED: ("error", "bad"),
    State.CANCELED: ("undo", ""),
    State.EXPIRED: ("clock", ""),
}


@dataclass(frozen=True)
class Step:
    """One step of a transfer: when, what, by whom; `look` is good, bad, now, next, or nothing special.

    `note` is a reason that somebody gave. Of a signature, `evidence` says from where it came; only who acts for the
    same party sees that.
    """

    at: datetime | None
    icon: str
    label: str
    who: str = ""
    look: str = ""
    note: str = ""
    evidence: tuple[str, ...] = ()


def steps_of(transfer: Transfer, user: User, now: datetime) -> list[Step]:
    """The steps of a transfer as somebody who takes part may see them, the first one first."""
    seen = seen_signatures(transfer, user)
    done = [_signed(transfer, one, user) for one in seen]
    withdrawn = [
        Step(one.withdrawn_at, "undo", _("The choice was taken back"), str(one.withdrawn_by))
        for one in seen
        if one.withdrawn_at
    ]
    done = sorted([*done, *withdrawn], key=lambda step: step.at or now)
    return [*done, *_move(transfer), *_end(transfer, now), *_to_come(transfer, now)]


def seen_signatures(transfer: Transfer, user: User) -> list[TransferSignature]:
    """The signatures that somebody who takes part may see, the first one first."""
    signatures = list(transfer.signatures.select_related("signed_by", "withdrawn_by").order_by("signed_at", "pk"))
    if party_of(transfer, user) == Party.SOURCE:
        return signatures
    # What the first of two persons has chosen is no news for others before the second one agrees, nor if it was undone.
    accepted = transfer.accepted_at is not None
    return [one for one in signatures if one.party != Party.SOURCE or (accepted and one.withdrawn_at is None)]


def _signed(transfer: Transfer, one: TransferSignature, user: User) -> Step:
    own = may_act_for(transfer, Party(one.party), user)
    evidence = tuple(filter(None, (one.address, one.browser))) if own else ()
    icon, look = ("edit", "") if one.party == transfer.asked_as else ("success", "good")
    who = f"{one.typed_name} · {names_of(transfer)[Party(one.party)]}"
    return Step(one.signed_at, icon, _label(transfer, one), who, look, evidence=evidence)


def _label(transfer: Transfer, one: TransferSignature) -> str:
    if one.party == transfer.asked_as:
        return _("Requested and signed")
    if one.party != Party.SOURCE:
        return _("Agreed and signed")
    if transfer.proposed_by_id is None and one.withdrawn_at is None:
        return _("Accepted and signed")
    first = one.withdrawn_at is not None or one.signed_by_id == transfer.proposed_by_id
    return _("Accepted by the first of two persons") if first else _("Accepted by the second of two persons")


def _move(transfer: Transfer) -> Iterator[Step]:
    if transfer.accepted_at and transfer.status == State.IN_PROGRESS:
        yield Step(transfer.accepted_at, "running", _("The move has begun"), look="now")
    elif transfer.accepted_at:
        yield Step(transfer.accepted_at, "transfer", _("The move began"))


def _end(transfer: Transfer, now: datetime) -> Iterator[Step]:
    if transfer.has_expired(now):
        yield Step(transfer.ended_at or transfer.expires_at, "clock", _("Expired: nobody answered in time"))
    elif transfer.ended_at:
        icon, look = _ENDS[State(transfer.status)]
        who = transfer.ended_by.display_name if transfer.ended_by else ""
        yield Step(transfer.ended_at, icon, transfer.get_status_display(), who, look, transfer.reason)


def _to_come(transfer: Transfer, now: datetime) -> Iterator[Step]:
    """What is still missing, in the order in which it has to be done."""
    waited_for, names = waits_for(transfer, now), names_of(transfer)
    if transfer.status == State.IN_PROGRESS and transfer.stuck_since:
        yield Step(transfer.stuck_since, "warning", _("Some things could not be moved yet"), names[Party.SOURCE], "now")
        return
    if waited_for is None:
        return
    if waited_for == Party.SOURCE:
        yield Step(None, "clock", _("Waits for the review"), names[Party.SOURCE], "now")
    else:
        yield Step(None, "clock", _("Waits for a signature"), names[waited_for], "now")
        yield Step(None, "circle", _("The current partner reviews and chooses"), names[Party.SOURCE], "next")
    yield Step(None, "circle", _("What is chosen moves"), look="next")
