"""The clock of requests: who has not answered is reminded, and after 90 days a request expires (section 7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from partnercenter.activity.models import Deed
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify_staff
from relationships.models import RelationshipRequest
from relationships.models.links import REMINDED_BEFORE
from relationships.selectors.requests import has_all
from relationships.services.request_letters import send_reminder
from relationships.services.requests import record_request

# Requests in one transaction; and transactions in one go, as the clock has other things to do as well.
CHUNK: Final = 200
CHUNKS: Final = 50

Status = RelationshipRequest.Status


def move_requests_on(now: datetime, *, size: int = CHUNK, chunks: int = CHUNKS) -> int:
    """Let requests expire that were not answered by `now`, and remind of those that soon will; how many there were.

    A clock that stood still sends one reminder, not one for each day that was missed. At most `chunks` transactions of
    `size` requests each: the next call goes on. Called twice at once, each step is taken once.
    """
    moved = 0
    for _chunk in range(chunks):
        found = _expire(now, size) or _remind(now, size)
        moved += found
        if not found:
            break
    return moved


def _expire(now: datetime, size: int) -> int:
    with transaction.atomic():
        late = _held(Q(expires_at__lte=now), size)
        for asked in late:
            asked.move_to(Status.EXPIRED, ended_at=asked.expires_at)
            record_request(asked, Deed.REQUEST_EXPIRED, actor=None)
            _tell_maker(asked, Notification.Kind.REQUEST_EXPIRED, {})
    return len(late)


def _remind(now: datetime, size: int) -> int:
    """The last reminder that is due is the only one; so the days are tried from the fewest on."""
    for days in sorted(REMINDED_BEFORE):
        due = Q(expires_at__gt=now, expires_at__lte=now + timedelta(days=days))
        with transaction.atomic():
            found = _held(due & (Q(reminded_before=None) | Q(reminded_before__gt=days)), size)
            for asked in found:
                _remind_of(asked, days, now)
        if found:
            return len(found)
    return 0


def _held(due: Q, size: int) -> list[RelationshipRequest]:
    """Waiting requests of which something is due, held; those that somebody else holds come the next time."""
    waiting: QuerySet[RelationshipRequest] = RelationshipRequest.objects.filter(due, status=Status.WAITING)
    together = ("partner__tenant", "reseller__tenant", "tenant", "made_by")
    rows = waiting.select_related(*together).select_for_update(of=("self",), skip_locked=True)
    return list(rows.order_by("expires_at", "pk")[:size])


def _remind_of(asked: RelationshipRequest, days: int, now: datetime) -> None:
    is_first = asked.reminded_before is None
    asked.reminded_before, asked.reminded_at = days, now
    asked.save(update_fields=["reminded_before", "reminded_at"])
    if asked.sent_at and not _is_granted(asked):
        send_reminder(asked)
    if is_first:
        day = timezone.localtime(asked.expires_at).date().isoformat()
        _tell_maker(asked, Notification.Kind.REQUEST_ENDING, {"day": day})


def _is_granted(asked: RelationshipRequest) -> bool:
    """Whether the organization has granted all of it already, for example by another request."""
    if asked.tenant is None:
        return False
    return has_all(asked.partner, asked.tenant, with_privileges=asked.with_privileges, reseller=asked.reseller)


def _tell_maker(asked: RelationshipRequest, kind: Notification.Kind, facts: dict[str, str]) -> None:
    """Tell the person who asked, as long as that is one of the partner's staff."""
    told = {"customer": str(asked.tenant or asked.email), **facts}
    page = reverse("requests:request", args=[asked.pk])
    notify_staff(asked.partner, kind, roles=(), facts=told, url=page, besides=asked.made_by)
