"""What happened to a request so far, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnercenter.activity.models import Activity, Deed
from partnercenter.activity.selectors import history_of
from partnercenter.partners.models import Partner
from relationships.models import RelationshipRequest
from relationships.services.history import SENT

Status = RelationshipRequest.Status
# The icon of the end, and the look of the step.
_ENDS: Final = {
    Status.ACCEPTED: ("success", "good"),
    Status.DECLINED: ("error", "bad"),
    Status.WITHDRAWN: ("undo", ""),
    Status.EXPIRED: ("clock", ""),
}


@dataclass(frozen=True)
class Step:
    """One step of a request: when, what, by whom; `look` is good, bad, now, or nothing special."""

    at: datetime
    icon: str
    label: str
    who: str = ""
    look: str = ""
    note: str = ""


def steps_of(asked: RelationshipRequest, partner: Partner) -> list[Step]:
    """The steps of a request as a partner knows them, the first one first."""
    history = history_of(partner, asked.pk).filter(deed__in=_SENDING).select_related("actor")
    steps = [_made(asked), *_sent(asked, [*history]), *_moments(asked), *_end(asked)]
    return sorted(steps, key=lambda step: step.at)


_SENDING: Final = frozenset({Deed.RELATIONSHIP_REQUESTED, Deed.REQUEST_RESENT})


def _made(asked: RelationshipRequest) -> Step:
    return Step(asked.made_at, "edit", _("Requested"), str(asked.made_by))


def _sent(asked: RelationshipRequest, lines: list[Activity]) -> Iterator[Step]:
    """Each time the portal sent the letter: the log knows all of them, the row the last one."""
    label, last = _("Sent by the portal"), asked.sent_at
    for line in lines:
        if line.deed == Deed.REQUEST_RESENT:
            yield Step(line.at, "mail", label, str(line.actor or line.actor_name))
        elif line.details.get(SENT):
            yield Step(line.at, "mail", label)
    if last and not lines:
        yield Step(last, "mail", label)


def _moments(asked: RelationshipRequest) -> Iterator[Step]:
    if asked.opened_at:
        yield Step(asked.opened_at, "eye", _("Opened by a Global admin of the organization"))
    if asked.reminded_at and asked.reminded_before:
        days = asked.reminded_before
        label = ngettext("Reminded %(days)d day before the end", "Reminded %(days)d days before the end", days)
        yield Step(asked.reminded_at, "bell", label % {"days": days})


def _end(asked: RelationshipRequest) -> Iterator[Step]:
    if asked.ended_at:
        icon, look = _ENDS[Status(asked.status)]
        who = str(asked.ended_by) if asked.ended_by else ""
        yield Step(asked.ended_at, icon, asked.get_status_display(), who, look, asked.reason)
