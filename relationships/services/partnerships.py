"""Partnerships of providers and resellers: invite, send again, withdraw, remove (the product rules, section 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid5

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.clouds import Feature, explain_missing, offers
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify_staff
from partnercenter.partners.models import Partner
from relationships.models import Partnership
from relationships.models.links import LINK_LIFETIME
from relationships.selectors.partnerships import invitations_waiting_for
from relationships.services.ending import TOLD
from relationships.services.history import PROVIDER, RECIPIENT, RESELLER
from relationships.services.partnership_letters import send_letter

State = Partnership.Status
BUSY: Final = gettext_lazy("Somebody else is changing this partnership right now. Try again in a moment.")
ONLY_PROVIDERS: Final = gettext_lazy(
    "Only an indirect provider invites resellers. Ask your provider for an invitation."
)
# Somebody who sends an invitation again so soon has clicked twice.
JUST: Final = timedelta(minutes=1)
# So many invitations expire in one transaction.
CHUNK: Final = 500


class StillWaits(Refused):
    """An invitation to the same mail address waits for its answer."""

    def __init__(self, waiting: Partnership) -> None:
        super().__init__(
            _("An invitation to %(email)s still waits for its answer. Send that one again, or confirm a second one.")
            % {"email": waiting.email}
        )
        self.waiting = waiting


def why_not_invite(partner: Partner) -> str:
    """Why a partner has no resellers to invite; empty for a provider."""
    if not offers(partner.cloud, Feature.INDIRECT_MODEL):
        return explain_missing(partner.cloud, Feature.INDIRECT_MODEL)
    return "" if partner.is_provider else str(ONLY_PROVIDERS)


def invite_reseller(
    provider: Partner, values: Mapping[str, str], *, sends: bool, again: bool, wish: str, actor: User
) -> Partnership:
    """Invite a reseller by a link, and send it if `sends`.

    `values` are checked: email, language and note by name. `wish` is any text that tells one wish of a person from the
    next: for the same one there is one invitation, however often somebody clicks. Raises `StillWaits` where one to the
    same address waits, unless `again` says that a second one is meant, and `Refused` for who is no provider.
    """
    invitation = Partnership(**values, provider=provider, invited_by=actor)
    invitation.pk = uuid5(actor.pk, f"{wish}\n{invitation.email}")
    with without_long_waits(BUSY):
        provider = _held_partner(provider)
        if made := Partnership.objects.filter(pk=invitation.pk, provider=provider).first():
            return made
        if sentence := why_not_invite(provider):
            raise Refused(sentence)
        waiting = invitations_waiting_for(provider, invitation.email).filter(expires_at__gt=timezone.now()).first()
        if waiting and not again:
            raise StillWaits(waiting)
        invitation.sent_at = invitation.invited_at if sends else None
        invitation.save(force_insert=True)
        _record(Deed.PARTNERSHIP_INVITED, invitation, actor)
        if sends:
            send_letter(invitation)
    return invitation


def _held_partner(partner: Partner) -> Partner:
    """The partner, held, so that two invitations of it are made one after the other."""
    partners = Partner.objects.select_for_update(of=("self",), no_key=True).select_related("tenant")
    return partners.get(pk=partner.pk)


def send_again(invitation: Partnership, *, now: datetime, actor: User) -> bool:
    """Send an invitation that waits, with 90 new days; False if it was sent a moment ago.

    Raises `Refused` for one that can no longer be answered.
    """
    with partnership_held(invitation) as held:
        if not held.is_waiting or held.has_expired(now):
            raise Refused(_("This invitation can no longer be answered. Invite the reseller again."))
        if held.sent_at and now - held.sent_at < JUST:
            return False
        held.sent_at, held.expires_at = now, now + LINK_LIFETIME
        held.save(update_fields=["sent_at", "expires_at"])
        _record(Deed.PARTNERSHIP_RESENT, held, actor)
        send_letter(held)
    return True


def withdraw_invitation(invitation: Partnership, *, now: datetime, actor: User) -> bool:
    """Let a link open nothing any more; False if it was withdrawn before. Raises `Refused` where it was answered."""
    with partnership_held(invitation) as held:
        if held.status == State.WITHDRAWN:
            return False
        if not held.is_waiting:
            raise Refused(_("This invitation was answered or has expired meanwhile. It cannot be withdrawn any more."))
        held.move_to(State.WITHDRAWN, ended_at=now, ended_by=actor)
        _record(Deed.PARTNERSHIP_WITHDRAWN, held, actor)
    return True


def remove_partnership(partnership: Partnership, *, by: Partner, now: datetime, actor: User) -> bool:
    """End a partnership; False if it was removed before. `by` is the side that does it; the other one is told.

    Customers, delegated privileges and subscriptions stay as they are.
    """
    with partnership_held(partnership) as held:
        if held.status == State.REMOVED:
            return False
        other = held.other_side_of(by)
        if not held.is_active or other is None or held.reseller is None:
            raise Refused(_("Nobody has accepted this invitation. Withdraw it instead."))
        held.move_to(State.REMOVED, ended_at=now, ended_by=actor)
        record_for_both(Deed.PARTNERSHIP_REMOVED, held, actor)
        notify_staff(
            other,
            Notification.Kind.PARTNERSHIP_REMOVED,
            roles=TOLD,
            facts={"partner": str(by)},
            url=page_of(held),
            besides=held.invited_by if other == held.provider else held.accepted_by,
        )
    return True


def expire_invitations(now: datetime) -> int:
    """Let the invitations expire that nobody has answered in time; returns how many.

    Whoever answers one at this moment holds it: it is left for the next time.
    """
    expired = 0
    while chunk := _expire_some(now):
        expired += chunk
    return expired


@transaction.atomic
def _expire_some(now: datetime) -> int:
    due = Partnership.objects.filter(status=State.INVITED, expires_at__lte=now).select_related("provider")
    held = due.select_for_update(of=("self",), skip_locked=True).order_by("expires_at")[:CHUNK]
    for invitation in held:
        invitation.move_to(State.EXPIRED, ended_at=now)
        _record(Deed.PARTNERSHIP_EXPIRED, invitation, None)
    return len(held)


@contextmanager
def partnership_held(partnership: Partnership) -> Iterator[Partnership]:
    """A transaction that holds a partnership, as it is now, with both sides; raises `Refused` where that takes long."""
    people = ("provider__tenant", "reseller__tenant", "invited_by", "accepted_by")
    rows = Partnership.objects.select_for_update(of=("self",), no_key=True).select_related(*people)
    with without_long_waits(BUSY):
        yield rows.get(pk=partnership.pk)


def record_for_both(deed: Deed, partnership: Partnership, actor: User) -> None:
    """A line for each of the two partners."""
    provider, reseller = partnership.provider, partnership.reseller
    assert reseller is not None  # noqa: S101 - it is known from the answer on
    for partner, details in ((provider, {RESELLER: str(reseller)}), (reseller, {PROVIDER: str(provider)})):
        record(deed, partner=partner, actor=actor, details=details, subject=partnership.pk)


def page_of(partnership: Partnership) -> str:
    """Where both sides see it."""
    return reverse("partnerships:partnership", args=[partnership.pk])


def _record(deed: Deed, invitation: Partnership, actor: User | None) -> None:
    """A line for the provider alone: nobody knows yet whose the address is."""
    details = {RECIPIENT: invitation.email}
    record(deed, partner=invitation.provider, actor=actor, details=details, subject=invitation.pk)
