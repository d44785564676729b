"""How a relationship begins: with a new account, or with the one that an organization had before."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Agreement, BillTo, Customer
from customers.selectors.domains import verified_names
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import Tenant, User
from partnercenter.errors import Refused
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify_staff
from partnercenter.partners.models import Partner
from relationships.selectors.removal import served_through
from relationships.services.ending import TOLD, end_for_reseller
from relationships.services.history import PROVIDER

Kind = Customer.Relationship


@dataclass(frozen=True)
class Beginning:
    """What a partner and an organization agreed on.

    `reseller` is whom the partner, a provider, serves the organization through. `bill_to` has the values of `BillTo`
    for an account that is new; one that was there before keeps its own.
    """

    partner: Partner
    tenant: Tenant
    with_privileges: bool
    bill_to: Mapping[str, str]
    now: datetime
    reseller: Partner | None = None


def begin_relationship(beginning: Beginning, *, actor: User) -> Customer:
    """Make an organization the customer of a partner, and of its reseller with it; in the caller's transaction.

    An account whose relationship has ended is restored as it was, with a new beginning; of one that is there, what was
    agreed on is added. The organization is held. Raises `Refused` where a reseller serves it through another provider.
    """
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=beginning.tenant.pk)
    account = _account(tenant, beginning.partner, Kind.CLOUD_RESELLER, beginning)
    if beginning.reseller:
        _serve_through(account, beginning.reseller, beginning.now)
        _begin_for_reseller(account, beginning, actor)
    return account


def _serve_through(account: Customer, reseller: Partner, now: datetime) -> None:
    """Let a reseller stand between a provider and its customer; for whoever stood there before, that ends."""
    if account.reseller_id == reseller.pk:
        return
    for before in served_through(account).exclude(partner=reseller).select_for_update(of=("self",)):
        end_for_reseller(before, account.partner, now)
    account.reseller = reseller
    account.save(update_fields=["reseller"])


def _begin_for_reseller(account: Customer, beginning: Beginning, actor: User) -> None:
    """The reseller's own account for a customer of its provider, who tells it."""
    reseller = account.reseller
    assert reseller is not None  # noqa: S101 - the caller has just set it
    before = _there(account.tenant, reseller)
    if before and before.ended_at is None and before.provider_id not in (None, beginning.partner.pk):
        raise Refused(
            _("%(reseller)s serves %(customer)s through another provider already.")
            % {"reseller": reseller, "customer": account.name}
        )
    served = _account(account.tenant, reseller, Kind.INDIRECT_RESELLER, beginning)
    if _serves_through_a_provider(before):  # all that can be new is delegated privileges
        return
    served.provider = beginning.partner
    served.save(update_fields=["provider"])
    _share_agreement(account, served)
    details = {PROVIDER: str(beginning.partner)}
    record(Deed.RELATIONSHIP_BEGUN, partner=reseller, actor=actor, customer=served, details=details)
    notify_staff(
        reseller,
        Notification.Kind.CUSTOMER_BEGUN,
        roles=TOLD,
        facts={"provider": str(beginning.partner), "customer": served.name},
        url=reverse("customers:account", args=[served.tenant_id]),
    )


def _serves_through_a_provider(account: Customer | None) -> bool:
    if account is None or account.ended_at or account.provider_id is None:
        return False
    return Kind.INDIRECT_RESELLER in account.relationships


def _there(tenant: Tenant, partner: Partner) -> Customer | None:
    return Customer.objects.select_for_update(of=("self",)).filter(partner=partner, tenant=tenant).first()


def _account(tenant: Tenant, partner: Partner, kind: Kind, beginning: Beginning) -> Customer:
    """The account of a partner for an organization, with a relationship of this kind, as it is from now on."""
    account = _there(tenant, partner)
    if account is None:
        return _new_account(tenant, partner, kind, beginning)
    back: dict[str, Any] = {"version": account.version + 1}
    if account.ended_at:
        back |= {
            "ended_at": None,
            "begun_at": beginning.now,
            "relationships": [kind],
            "reseller": None,
            "provider": None,
        }
        back |= {"admin_privileges_at": None, "admin_privileges_ended_at": None}
    elif kind not in account.relationships:
        back["relationships"] = sorted([*account.relationships, kind])
    if beginning.with_privileges and (account.ended_at or not account.has_admin_privileges):
        back |= {"admin_privileges_at": beginning.now, "admin_privileges_ended_at": None}
    if account.ended_at:
        domains = verified_names(tenant.pk)
        back |= {"domain": domains[0], **Customer.keys(account.name, tenant.pk, *domains)}
    for name, value in back.items():
        setattr(account, name, value)
    account.save(update_fields=[*back])
    return account


def _new_account(tenant: Tenant, partner: Partner, kind: Kind, beginning: Beginning) -> Customer:
    domains, name = verified_names(tenant.pk), beginning.bill_to["company_name"]
    account = Customer.objects.create(
        partner=partner,
        tenant=tenant,
        relationships=[kind],
        name=name,
        tenant_name=tenant.name,
        domain=domains[0],
        begun_at=beginning.now,
        admin_privileges_at=beginning.now if beginning.with_privileges else None,
        **Customer.keys(name, tenant.pk, *domains),
    )
    BillTo.objects.create(customer=account, **beginning.bill_to)
    return account


def _share_agreement(account: Customer, served: Customer) -> None:
    """What the provider attests of the customer agreement holds for its reseller, who cannot know better."""
    agreement = Agreement.objects.filter(pk=account.pk).first()
    if agreement and not Agreement.objects.filter(pk=served.pk).exists():
        shared = copy(agreement)
        shared.pk = served.pk
        shared.save(force_insert=True)
