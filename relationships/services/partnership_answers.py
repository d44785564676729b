"""What a reseller answers to the invitation of a provider (the product rules, section 7)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from partnercenter.activity.models import Deed
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify_staff
from partnercenter.partners.models import Partner
from relationships.models import Partnership
from relationships.selectors.partnership_answers import THERE_ALREADY, staff_row_of, why_closed, why_not_decide
from relationships.services.ending import TOLD
from relationships.services.partnerships import page_of, partnership_held, record_for_both

State = Partnership.Status


def accept_invitation(invitation: Partnership, *, now: datetime, actor: User) -> bool:
    """Begin the partnership of a provider with the reseller whose global admin accepts; False if that was done before.

    Of two who accept one link, one begins it. Raises `Refused` for everybody else, and where the two work together.
    """
    with partnership_held(invitation) as held:
        reseller = _answering(held, State.ACTIVE, now, actor)
        if reseller is None:
            return False
        _begin(held, reseller, now, actor)
        _answered(held, Deed.PARTNERSHIP_ACCEPTED, Notification.Kind.PARTNERSHIP_ACCEPTED, actor)
    return True


def decline_invitation(invitation: Partnership, *, now: datetime, actor: User) -> bool:
    """Answer that there will be no partnership; False if that was done before. Otherwise as above."""
    with partnership_held(invitation) as held:
        reseller = _answering(held, State.DECLINED, now, actor)
        if reseller is None:
            return False
        held.move_to(State.DECLINED, reseller=reseller, ended_at=now, ended_by=actor)
        _answered(held, Deed.PARTNERSHIP_DECLINED, Notification.Kind.PARTNERSHIP_DECLINED, actor)
    return True


def _answering(held: Partnership, answer: State, now: datetime, actor: User) -> Partner | None:
    """The reseller for which a person answers; None if it has answered just so before.

    All is checked again: roles, kinds and partnerships may have changed since the page was shown.
    """
    staff = staff_row_of(actor)
    partner = staff.partner if staff else None
    if partner and held.reseller_id == partner.pk and held.status == answer:
        return None
    sentence = why_closed(held, partner, now) or (why_not_decide(staff) if staff else "")
    if sentence:
        raise Refused(sentence)
    return partner


def _begin(held: Partnership, reseller: Partner, now: datetime, actor: User) -> None:
    try:
        with transaction.atomic():  # what the constraint refuses leaves the rest of the transaction as it is
            held.move_to(State.ACTIVE, reseller=reseller, accepted_at=now, accepted_by=actor)
    except IntegrityError as error:  # another invitation of the same provider was accepted at this moment
        raise Refused(str(THERE_ALREADY) % {"provider": held.provider}) from error


def _answered(held: Partnership, deed: Deed, kind: Notification.Kind, actor: User) -> None:
    record_for_both(deed, held, actor)
    facts = {"reseller": str(held.reseller)}
    notify_staff(held.provider, kind, roles=TOLD, facts=facts, url=page_of(held), besides=held.invited_by)
