"""The domains of a customer's organization: one is added, verified, made the primary one, removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from customers.models import Customer
from customers.selectors.domains import NOBODY, UsersIn, is_awaited, users_by_domain, verified_names
from customers.services.holding import organization_held
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.clouds import CLOUDS
from partnercenter.directory.dns import NoAnswer, NoSuchDomain, text_records
from partnercenter.directory.models import Domain, User
from partnercenter.errors import Refused
from partnercenter.web.templatetags.web import grouped

# Of one organization, with those that wait for proof: a page shows them all.
MOST_DOMAINS: Final = 100

ELSEWHERE: Final = gettext_lazy(
    "%(name)s belongs to another organization, which has verified it. If it should be this customer's, it has to be "
    "removed there first."
)
# What a line of the log tells; translated when it is read.
DOMAIN: Final = gettext_noop("Domain")
PRIMARY: Final = gettext_noop("Primary domain")

_GIVEN: Final = tuple(facts.domain_suffix for facts in CLOUDS.values())


def is_given(name: str) -> bool:
    """Whether a domain is one that a cloud gives to an organization when it is made."""
    return f".{name}".endswith(_GIVEN)


def add_domain(customer: Customer, name: str, *, actor: User) -> Domain:
    """Add a domain, which waits for proof until it is verified; `name` is its name in ASCII.

    Raises `Refused` for domains of a cloud, for one that this customer has or another organization has verified, and
    for more than `MOST_DOMAINS`.
    """
    with _held(customer) as domains:
        if why := _why_not_added(domains, name):
            raise Refused(why)
        domain = domains.create(tenant_id=customer.tenant_id, name=name, verified_at=None, added_at=timezone.now())
        _record(Deed.DOMAIN_ADDED, customer, actor, {DOMAIN: name})
    return domain


def _why_not_added(domains: QuerySet[Domain], name: str) -> str:
    if is_given(name):
        return _("Domains of Microsoft's clouds are given to an organization when it is made. Add one of its own.")
    if domains.filter(name=name).exists():
        return _("This customer has the domain %(name)s already.") % {"name": name}
    if Domain.objects.filter(name=name, verified_at__isnull=False).exists():
        return ELSEWHERE % {"name": name}
    if domains.count() >= MOST_DOMAINS:
        sentence = _("This customer has %(most)s domains, and more are not possible. Remove one that is not needed.")
        return sentence % {"most": MOST_DOMAINS}
    return ""


def verify_domain(customer: Customer, domain: Domain, *, actor: User) -> None:
    """Ask the domain name system for the proof of a domain; once it is found, the domain is the customer's.

    Nothing is held while it is asked. Raises `Refused` with what to do where the proof is not found, and for a domain
    that another organization has verified. One that is verified stays so.
    """
    if domain.verified_at is not None:
        return
    _look_for_proof(domain)
    try:
        with _held(customer) as domains:
            held = _current(domains, domain)
            if held.verified_at is None:
                held.verified_at = timezone.now()
                held.save(update_fields=["verified_at"])
                _find_by_domains(customer)
                _record(Deed.DOMAIN_VERIFIED, customer, actor, {DOMAIN: held.name})
    except IntegrityError as error:
        raise Refused(ELSEWHERE % {"name": domain.name}) from error


def _look_for_proof(domain: Domain) -> None:
    """Return if the proof is among the TXT records of a domain; raises `Refused` with what was found instead."""
    told: dict[str, Any] = {"name": domain.name}
    try:
        found = text_records(domain.name)
    except NoSuchDomain as error:
        sentence = _(
            "The Internet knows no domain %(name)s. Check its spelling; a domain that was registered or changed a "
            "short while ago can take up to 72 hours to be seen."
        )
        raise Refused(sentence % told) from error
    except NoAnswer as error:
        sentence = _("The name servers of %(name)s do not answer. Nothing has changed: try again in a few minutes.")
        raise Refused(sentence % told) from error
    if not found:
        sentence = _(
            "%(name)s has no TXT record. Add the one below where the domain is managed; it can take up to 72 hours to "
            "be seen."
        )
        raise Refused(sentence % told)
    if domain.proof not in found:
        sentence = ngettext(
            "%(name)s has %(count)s TXT record, but not the one below. Add it where the domain is managed, and leave "
            "the other one; a change can take up to 72 hours to be seen.",
            "%(name)s has %(count)s TXT records, but not the one below. Add it where the domain is managed, and leave "
            "the others; a change can take up to 72 hours to be seen.",
            len(found),
        )
        raise Refused(sentence % (told | {"count": len(found)}))


def make_primary(customer: Customer, domain: Domain, *, actor: User) -> None:
    """Let a verified domain be the one by which the customer stands in the lists of all its partners.

    Users keep their names. Raises `Refused` for a domain that is not verified. The primary one stays so.
    """
    with _held(customer) as domains:
        held = _current(domains, domain)
        if held.verified_at is None:
            raise Refused(_("Only a verified domain can be the primary one. Verify %(name)s first.") % {"name": held})
        if held.is_primary:
            return
        old = domains.filter(is_primary=True).first()
        domains.filter(is_primary=True).update(is_primary=False)
        domains.filter(pk=held.pk).update(is_primary=True)
        _find_by_domains(customer, domain=held.name)
        told = {PRIMARY: [old.name if old else None, held.name]}
        _record(Deed.DOMAIN_MADE_PRIMARY, customer, actor, told)


def remove_domain(customer: Customer, domain: Domain, *, actor: User) -> None:
    """Remove a domain, which another organization can then verify. Raises `Refused` for one that is needed."""
    with _held(customer) as domains:
        held = _current(domains, domain)
        if why := why_needed(customer, held):
            raise Refused(why)
        held.delete()
        if held.verified_at is not None:
            _find_by_domains(customer)
        _record(Deed.DOMAIN_REMOVED, customer, actor, {DOMAIN: domain.name})


def why_needed(customer: Customer, domain: Domain) -> str:
    """Why a domain cannot be removed; empty if it can."""
    if why := why_kept(domain, users_by_domain(customer).get(domain.name, NOBODY)):
        return why
    if is_awaited(customer, domain.name):
        return _(
            "An uploaded file is about to create users with names in this domain. Let it finish, or discard the file."
        )
    return ""


def why_kept(domain: Domain, users: UsersIn) -> str:
    """Why a domain cannot be removed, as far as it is known once its users are counted; empty if nothing is."""
    if domain.is_primary:
        return _("The primary domain stays. Make another one primary first.")
    if is_given(domain.name):
        return _("This domain came with the organization and stays.")
    if users.total:
        sentence = ngettext(
            "%(count)s user has a name in this domain. Names of deleted users count until they are gone for good.",
            "%(count)s users have names in this domain. Names of deleted users count until they are gone for good.",
            users.total,
        )
        return sentence % {"count": grouped(users.total)}
    return ""


@contextmanager
def _held(customer: Customer) -> Iterator[QuerySet[Domain]]:
    """The domains of a customer's organization, which is held for one transaction: one person changes them at a time.

    Raises `Refused` where somebody does not let go of it in time.
    """
    with organization_held(customer):
        yield Domain.objects.filter(tenant_id=customer.tenant_id)


def _current(domains: QuerySet[Domain], domain: Domain) -> Domain:
    held = domains.filter(pk=domain.pk).first()
    if held is None:
        raise Refused(_("%(name)s was removed a moment ago.") % {"name": domain.name})
    return held


def _find_by_domains(customer: Customer, **values: str) -> None:
    """Let the accounts of all partners be found by the domains as they are now; `values` are further columns."""
    names = verified_names(customer.tenant_id)
    accounts = Customer.objects.filter(tenant_id=customer.tenant_id).order_by("pk")
    for account in accounts.select_for_update(no_key=True):
        keys = Customer.keys(account.name, account.tenant_id, *names)
        Customer.objects.filter(pk=account.pk).update(**keys, **values)


def _record(deed: Deed, customer: Customer, actor: User, details: Mapping[str, Any]) -> None:
    """A line for each partner that serves the organization; strangers do not read whose person did it."""
    serving = Customer.objects.filter(Q(ended_at=None) | Q(pk=customer.pk), tenant_id=customer.tenant_id)
    for account in serving.select_related("partner").order_by("pk"):
        who = actor if account.pk == customer.pk else None
        record(deed, partner=account.partner, actor=who, customer=account, details=details)
