"""Answering a partner that asks for a relationship: for an organization's own people (the product rules, section 7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone

from customers.models import BillTo, Customer
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.countries import default_culture
from partnercenter.directory.models import Tenant, User
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify_staff
from relationships.models import RelationshipRequest
from relationships.selectors.my_requests import obstacle_to_answering, obstacle_to_declining
from relationships.selectors.partnerships import work_together
from relationships.services.beginning import Beginning, begin_relationship
from relationships.services.ending import TOLD
from relationships.services.history import PROVIDER, REASON, RESELLER, WITH_PRIVILEGES
from relationships.services.requests import BUSY, hold_request, record_request

Status = RelationshipRequest.Status
LONGEST_NAME: Final = 50  # of a first or last name


@dataclass(frozen=True)
class Answering:
    """A request that is held while it is answered: for which organization, by whom and when."""

    asked: RelationshipRequest
    tenant: Tenant
    person: User
    now: datetime


def accept_request(asked: RelationshipRequest, *, actor: User) -> bool:
    """Become the customer of the partner that asks, and of its reseller with it; False if that was done before.

    Raises `Refused` for anybody who cannot answer, see `obstacle_to_answering`, and where the reseller serves the
    organization through another provider.
    """
    with _answering(asked, actor, done=Status.ACCEPTED) as answer:
        if answer is None:
            return False
        held, tenant, person = answer.asked, answer.tenant, answer.person
        account = begin_relationship(
            Beginning(
                partner=held.partner,
                tenant=tenant,
                with_privileges=held.with_privileges,
                bill_to=_bill_to(tenant, person),
                now=answer.now,
                reseller=held.reseller,
            ),
            actor=person,
        )
        held.move_to(Status.ACCEPTED, ended_at=answer.now, ended_by=person, **_named(held, tenant))
        _record_acceptance(held, account, person)
        _tell(held, Notification.Kind.REQUEST_ACCEPTED, account.name, reverse("customers:account", args=[tenant.pk]))
    return True


def decline_request(asked: RelationshipRequest, *, reason: str, actor: User) -> bool:
    """Answer no, with a reason if there is one; False if that was done before.

    Raises `Refused` for anybody who cannot, see `obstacle_to_declining`.
    """
    with _answering(asked, actor, done=Status.DECLINED) as answer:
        if answer is None:
            return False
        held, tenant, person = answer.asked, answer.tenant, answer.person
        held.move_to(Status.DECLINED, ended_at=answer.now, ended_by=person, reason=reason, **_named(held, tenant))
        record_request(held, Deed.REQUEST_DECLINED, actor=person, details={REASON: reason} if reason else None)
        _tell(held, Notification.Kind.REQUEST_DECLINED, tenant.name, reverse("requests:request", args=[held.pk]))
    return True


def note_opened(asked: RelationshipRequest, now: datetime) -> None:
    """Note that somebody who can answer has looked at a request for the first time; it binds nobody."""
    RelationshipRequest.objects.filter(pk=asked.pk, opened_at=None).update(opened_at=now)


@contextmanager
def _answering(asked: RelationshipRequest, actor: User, *, done: Status) -> Iterator[Answering | None]:
    """All that is needed for an answer, held and checked; None where this organization has given it before.

    Request, partnership, organization: in this order, as everywhere. So the actor stays the global admin they are.
    """
    with without_long_waits(BUSY):
        held = hold_request(asked)
        if held.reseller:
            work_together(held.partner, held.reseller).select_for_update(no_key=True).first()
        if actor.tenant_id:
            Tenant.objects.select_for_update(no_key=True).get(pk=actor.tenant_id)
        person, now = User.objects.select_related("tenant").get(pk=actor.pk), timezone.now()
        if person.tenant and (held.status, held.tenant_id) == (done, person.tenant_id):
            yield None
            return
        why_not = obstacle_to_declining if done == Status.DECLINED else obstacle_to_answering
        obstacle = why_not(held, person, now)
        if obstacle or person.tenant is None:
            raise Refused(obstacle.sentence if obstacle else BUSY)
        yield Answering(held, person.tenant, person, now)


def _named(held: RelationshipRequest, tenant: Tenant) -> dict[str, Any]:
    """Whose request it is from the answer on."""
    return {"tenant": tenant, **RelationshipRequest.keys(held.email, tenant)}


def _bill_to(tenant: Tenant, person: User) -> dict[str, str]:
    """To whom bills go at first: all that the directory knows. The partner completes the address."""
    named = bool(person.first_name or person.last_name)
    return {
        "company_name": tenant.name,
        "country": tenant.country,
        "line1": "",
        "first_name": person.first_name,
        "last_name": person.last_name if named else person.display_name[:LONGEST_NAME],
        "email": person.email or person.principal_name,
        "culture": default_culture(tenant.country)[: BillTo._meta.get_field("culture").max_length],
    }


def _record_acceptance(held: RelationshipRequest, account: Customer, person: User) -> None:
    told = {WITH_PRIVILEGES: held.with_privileges}
    other = {RESELLER: str(held.reseller)} if held.reseller else {}
    record(
        Deed.REQUEST_ACCEPTED,
        partner=held.partner,
        actor=person,
        customer=account,
        details=told | other,
        subject=held.pk,
    )
    if held.reseller:
        served = Customer.objects.get(partner=held.reseller, tenant=account.tenant_id)
        record(
            Deed.REQUEST_ACCEPTED,
            partner=held.reseller,
            actor=person,
            customer=served,
            details=told | {PROVIDER: str(held.partner)},
            subject=held.pk,
        )


def _tell(held: RelationshipRequest, kind: Notification.Kind, customer: str, page: str) -> None:
    notify_staff(held.partner, kind, roles=TOLD, facts={"customer": customer}, url=page, besides=held.made_by)
