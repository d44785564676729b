"""Asking an organization for a relationship (the product rules, section 7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy

from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import Tenant, User
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from partnercenter.partners.models import Partner
from relationships.models import RelationshipRequest
from relationships.models.links import TOKEN_LENGTH, ninety_days_from_now
from relationships.selectors.partnerships import work_together
from relationships.selectors.requests import how_it_ended, obstacle_to_asking
from relationships.services.history import PROVIDER, RECIPIENT, RESELLER, SENT, WITH_PRIVILEGES
from relationships.services.letters import Letter
from relationships.services.request_letters import send_letter

BUSY: Final = gettext_lazy("Somebody else is changing this request right now. Try again in a moment.")
# Whoever sends again within this time has clicked twice.
JUST: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Asked:
    """What a partner asks, whom, and with which letter. `tenant` is None where the organization is not known."""

    email: str
    with_privileges: bool
    language: str
    letter: Letter
    tenant: Tenant | None = None
    reseller: Partner | None = None


def token_for(person: User, wish: str) -> str:
    """The token of the request that a person will make of a wish: a letter shows its link before there is a request.

    Nobody can tell it from the wish who does not know the secret key of the installation.
    """
    digest = salted_hmac("relationship request", f"{person.pk}\n{wish}", algorithm="sha256").digest()
    return urlsafe_base64_encode(digest)[:TOKEN_LENGTH]


def make_request(
    partner: Partner, asked: Asked, *, wish: str, send: bool, actor: User
) -> tuple[RelationshipRequest, bool]:
    """Keep a request, and send its letter if `send`; whether it is new.

    `wish` is any text that tells one wish of a person from the next: for the same one there is one request, however
    often somebody clicks. Raises `Refused` for what the partner cannot ask, see `obstacle_to_asking`.
    """
    key = _key(actor, wish)
    with transaction.atomic():
        if there := RelationshipRequest.objects.filter(pk=key).first():
            return there, False
        _check(partner, asked)
        now = timezone.now()
        values: dict[str, Any] = {
            "token": token_for(actor, wish),
            "partner": partner,
            "reseller": asked.reseller,
            "tenant": asked.tenant,
            "with_privileges": asked.with_privileges,
            "email": asked.email,
            "language": asked.language,
            "subject": asked.letter.subject,
            "letter": asked.letter.body,
            "made_by": actor,
            "made_at": now,
            "sent_at": now if send else None,
            **RelationshipRequest.keys(asked.email, asked.tenant),
        }
        made, is_new = RelationshipRequest.objects.get_or_create(pk=key, defaults=values)
        if is_new:
            details = {WITH_PRIVILEGES: made.with_privileges, SENT: send}
            record_request(made, Deed.RELATIONSHIP_REQUESTED, actor=actor, details=details)
            if send:
                send_letter(made, actor)
    return made, is_new


def request_of_wish(person: User, wish: str) -> RelationshipRequest | None:
    """What a person has made of a wish already."""
    return RelationshipRequest.objects.filter(pk=_key(person, wish)).first()


def resend_request(asked: RelationshipRequest, *, actor: User) -> bool:
    """Send the letter by the portal, for the first time or again: from now on it can be answered for 90 days.

    False, and nothing is sent, if it went out a moment ago. Raises `Refused` once the request has ended.
    """
    with _held(asked) as held:
        now = timezone.now()
        if held.has_expired(now) or not held.is_waiting:
            raise Refused(how_it_ended(held))
        if held.sent_at and now - held.sent_at < JUST:
            return False
        anew = {"reminded_at": None, "reminded_before": None}
        _change(held, sent_at=now, expires_at=ninety_days_from_now(), **anew)
        record_request(held, Deed.REQUEST_RESENT, actor=actor)
        send_letter(held, actor)
    return True


def withdraw_request(asked: RelationshipRequest, *, actor: User) -> bool:
    """Take a request back: nobody can accept it any more. False if it was withdrawn before.

    Raises `Refused` once it was answered, or has expired.
    """
    with _held(asked) as held:
        if held.status == RelationshipRequest.Status.WITHDRAWN:
            return False
        if not held.is_waiting:
            raise Refused(how_it_ended(held))
        withdraw_held(held, now=timezone.now(), actor=actor)
    return True


def withdraw_held(asked: RelationshipRequest, *, now: datetime, actor: User) -> None:
    """Take a request back that waits, and that the caller's transaction holds."""
    asked.move_to(RelationshipRequest.Status.WITHDRAWN, ended_at=now, ended_by=actor)
    record_request(asked, Deed.REQUEST_WITHDRAWN, actor=actor)


def hold_waiting_requests(partner: Partner, tenant_id: UUID) -> list[RelationshipRequest]:
    """Hold what a partner asks of an organization and that waits for an answer; before the organization itself."""
    waiting = RelationshipRequest.objects.filter(
        partner=partner, tenant=tenant_id, status=RelationshipRequest.Status.WAITING
    )
    rows = waiting.select_for_update(of=("self",)).select_related("partner__tenant", "reseller__tenant", "tenant")
    return list(rows.order_by("pk"))


def hold_request(asked: RelationshipRequest) -> RelationshipRequest:
    """Hold a request, as it is then, until the caller's transaction ends; before the organization, as everywhere."""
    together = ("partner__tenant", "reseller__tenant", "tenant", "made_by", "ended_by")
    rows = RelationshipRequest.objects.select_for_update(of=("self",)).select_related(*together)
    return rows.get(pk=asked.pk)


def record_request(
    asked: RelationshipRequest,
    deed: Deed,
    *,
    actor: User | None,
    details: dict[str, Any] | None = None,
) -> None:
    """Write what became of a request into the logs of all partners that ask."""
    told = {RECIPIENT: recipient(asked)} | (details or {})
    other = {RESELLER: str(asked.reseller)} if asked.reseller else {}
    record(deed, partner=asked.partner, actor=actor, details=told | other, subject=asked.pk)
    if asked.reseller:
        told |= {PROVIDER: str(asked.partner)}
        record(deed, partner=asked.reseller, actor=actor, details=told, subject=asked.pk)


def recipient(asked: RelationshipRequest) -> str:
    """To whom a request went: the organization, if it is known, and the address."""
    return f"{asked.tenant} <{asked.email}>" if asked.tenant else asked.email


def _key(person: User, wish: str) -> UUID:
    return uuid5(person.pk, f"relationship request\n{wish}")


def _check(partner: Partner, asked: Asked) -> None:
    """Raises `Refused` for what cannot be asked; until the transaction ends no partnership that asks is removed."""
    if asked.reseller:
        work_together(partner, asked.reseller).select_for_update(no_key=True).first()
    obstacle = obstacle_to_asking(partner, asked.tenant, with_privileges=asked.with_privileges, reseller=asked.reseller)
    if obstacle:
        raise Refused(obstacle.sentence)


@contextmanager
def _held(asked: RelationshipRequest) -> Iterator[RelationshipRequest]:
    with without_long_waits(BUSY):
        yield hold_request(asked)


def _change(asked: RelationshipRequest, **values: Any) -> None:
    """Write values into a request that is held, beside its state."""
    for name, value in values.items():
        setattr(asked, name, value)
    asked.save(update_fields=[*values])
