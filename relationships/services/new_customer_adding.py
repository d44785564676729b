"""Adding a customer: an organization, its first user, the account of the partner, and what belongs to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import BillTo, Customer, Tag
from customers.selectors.adding import why_never_add
from customers.services.agreements import attest_agreement
from customers.services.domains import DOMAIN
from customers.services.qualifications import change_qualification, stated
from customers.services.tags import change_tags
from customers.services.users import USER
from partnercenter.activity.details import LOCATION
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import Domain, Tenant, TenantRole, User
from partnercenter.directory.passwords import new_temporary_password, with_temporary_password
from partnercenter.directory.prefixes import given_domain
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from partnercenter.partners.models import Partner
from partnercenter.web.templatetags.web import full_name
from relationships.models import NewCustomer
from relationships.selectors.partnerships import work_together
from relationships.services.beginning import Beginning, begin_relationship
from relationships.services.history import PRIVILEGES, RESELLER
from relationships.services.new_customer_holding import hold_new_customer
from subscriptions.services.orders import place_order

BUSY: Final = gettext_lazy("Somebody else is adding this customer right now. Try again in a moment.")
ADMIN: Final = "admin"
LONGEST_NAME: Final = 50
# Of a bill-to address everything is filled when a customer is added.
BILLED: Final = tuple(field.name for field in BillTo._meta.fields if field.name != "customer")
# The answers that the confirmation tells; all others are those of the account by then, and of nobody else.
KEPT: Final = ("company_name", "domain_prefix")
# What the database says when somebody else got the domain.
_TAKEN: Final = ("a_verified_domain_belongs_to_one_tenant", "principal_names_are_unique")


class DomainTaken(Refused):
    """Another organization got the domain after it was looked up."""

    def __init__(self, domain: str) -> None:
        super().__init__(_("An organization has got the domain %(domain)s a moment ago.") % {"domain": domain})


@dataclass(frozen=True)
class Company:
    """The checked answers of the account step.

    `bill_to` maps all names of `BILLED` to values, `qualification` the names of `STATED`, if it is not none, and
    `agreement` those of `ATTESTED`; without it the customer will accept the agreement itself.
    """

    prefix: str
    bill_to: Mapping[str, str]
    qualification: Mapping[str, str]
    reseller: Partner | None
    tags: Sequence[Tag]
    agreement: Mapping[str, Any]


@dataclass(frozen=True)
class Added:
    """A customer that was added just now, its first user, and the password of that, which nobody can read again."""

    customer: Customer
    admin: User
    password: str


def add_customer(draft: NewCustomer, company: Company, *, actor: User) -> Added | None:
    """Make a draft a customer, all of it or nothing (the product rules, section 5); None if it was made one before.

    `company` is what the answers of `draft` say. Raises `DomainTaken` for a domain that somebody else got meanwhile,
    `Refused` for a partner that adds none, and where the answers were changed since they were read, the reseller does
    not work with the provider any more, or something cannot be bought.
    """
    if sentence := why_never_add(draft.partner):
        raise Refused(sentence)
    domain = given_domain(company.prefix, draft.partner.cloud)
    password = new_temporary_password()
    with _unless_taken(domain), without_long_waits(BUSY):
        held = _hold(draft)
        if not held.is_draft:
            return None
        _hold_partnership(draft.partner, company.reseller)
        admin = _new_organization(draft.partner, domain, company.bill_to, password)
        customer = _begin(draft.partner, admin, company, actor)
        record(
            Deed.PASSWORDS_HANDED_OUT,
            partner=customer.partner,
            actor=actor,
            customer=customer,
            details={USER: admin.principal_name},
        )
        _buy(held, customer, actor)
        kept = {name: held.answers[name] for name in KEPT if name in held.answers}
        held.move_to(NewCustomer.Status.ADDED, customer=customer, added_at=timezone.now(), answers=kept)
    return Added(customer, admin, password)


@contextmanager
def _unless_taken(domain: str) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") not in _TAKEN:
            raise
        raise DomainTaken(domain) from error


def _hold(draft: NewCustomer) -> NewCustomer:
    """The draft as it is now, held. Raises `Refused` where it is not the one that was read."""
    held = hold_new_customer(draft)
    if held is None:
        raise Refused(_("This draft was discarded a moment ago, perhaps in another window."))
    if held.is_draft and held.answers != draft.answers:
        raise Refused(_("What you typed was changed in another window. Check your answers again."))
    return held


def _hold_partnership(provider: Partner, reseller: Partner | None) -> None:
    """Let a provider and its reseller not part meanwhile. Raises `Refused` where they have parted."""
    if reseller is None:
        return
    if not work_together(provider, reseller).select_for_update(no_key=True):
        raise Refused(
            _("%(reseller)s does not work with you any more. Choose another reseller, or none.")
            % {"reseller": reseller}
        )


def _new_organization(partner: Partner, domain: str, bill_to: Mapping[str, str], password: str) -> User:
    """Create the organization with its domain; returns its first user, whose name is that of the contact for bills."""
    tenant = Tenant.objects.create(cloud=partner.cloud, name=bill_to["company_name"], country=bill_to["country"])
    Domain.objects.create(tenant=tenant, name=domain, is_primary=True)
    names = {"first_name": bill_to["first_name"], "last_name": bill_to["last_name"]}
    return User.objects.create(
        tenant=tenant,
        principal_name=f"{ADMIN}@{domain}",
        email=f"{ADMIN}@{domain}",
        display_name=full_name(**names)[:LONGEST_NAME],
        location=bill_to["country"],
        role=TenantRole.GLOBAL_ADMIN,
        **names,
        **with_temporary_password(password),
    )


def _begin(partner: Partner, admin: User, company: Company, actor: User) -> Customer:
    """The account of the partner with all that is known of it, and then that of its reseller."""
    tenant = admin.tenant
    assert tenant is not None  # noqa: S101 - the user was created in it
    beginning = Beginning(partner, tenant, True, company.bill_to, timezone.now())
    customer = begin_relationship(beginning, actor=actor)
    details: dict[str, Any] = {
        DOMAIN: customer.domain,
        LOCATION: tenant.country,
        USER: admin.principal_name,
        PRIVILEGES: True,
    }
    if company.reseller:
        details[RESELLER] = str(company.reseller)
    record(Deed.CUSTOMER_ADDED, partner=partner, actor=actor, customer=customer, details=details)
    if company.qualification:
        change_qualification(customer, company.qualification, seen=stated(customer), actor=actor)
    if company.agreement:
        attest_agreement(customer, company.agreement, seen={}, actor=actor)
    if company.tags:
        change_tags(partner, [tenant.pk], add=company.tags, remove=(), actor=actor)
    if company.reseller:  # whose account gets what is attested of the agreement
        both = Beginning(partner, tenant, True, company.bill_to, beginning.now, company.reseller)
        begin_relationship(both, actor=actor)
    return Customer.objects.select_related("partner__tenant", "tenant", "reseller__tenant").get(pk=customer.pk)


def _buy(draft: NewCustomer, customer: Customer, actor: User) -> None:
    """Place the order that was put together with the draft, if anything stands in it."""
    order = draft.order
    if order is None or not order.lines.exists():
        return
    order.customer = customer
    order.save(update_fields=["customer"])
    place_order(order, actor=actor)
