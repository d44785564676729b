"""What is known of a domain while somebody types it: whether it can be had, what else could be, whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.utils.translation import gettext as _

from customers.models import Customer
from customers.selectors.customers import customers_of
from partnercenter.directory.mail_domains import domain_of, is_free_mail
from partnercenter.directory.prefixes import check_prefix, given_domain, normalize_prefix, prefix_ideas
from partnercenter.directory.selectors import taken_domains
from partnercenter.partners.models import Partner
from relationships.selectors.requests import organization_of

SUGGESTED: Final = 3


@dataclass(frozen=True)
class Known:
    """A domain that an organization has; `customer` is the account that the partner has for it, if it has one."""

    domain: str
    customer: Customer | None


@dataclass(frozen=True)
class Answer:
    """What is said of a prefix: why it cannot be had, if it cannot, and then which ones can."""

    domain: str
    problem: str = ""
    known: Known | None = None
    suggestions: tuple[str, ...] = ()


def known_organization(partner: Partner, domain: str) -> Known | None:
    """The organization of the partner's cloud that has verified a domain."""
    tenant = organization_of(domain, partner.cloud)
    if tenant is None:
        return None
    return Known(domain, customers_of(partner).filter(tenant=tenant).first())


def organization_of_contact(partner: Partner, email: str) -> Known | None:
    """The organization that a contact seems to belong to by their mail address. Free mail says nothing."""
    domain = domain_of(email)
    return None if not domain or is_free_mail(domain) else known_organization(partner, domain)


def answer_for(partner: Partner, prefix: str, *, name: str, country: str) -> Answer:
    """What to say of a prefix that somebody has typed for a company of this name."""
    prefix = normalize_prefix(prefix, partner.cloud)
    domain = given_domain(prefix, partner.cloud)
    if problem := check_prefix(prefix):
        return Answer(domain, problem.sentence, None, free_prefixes(partner, prefix, name=name, country=country))
    if not taken_domains([domain]):
        return Answer(domain)
    sentence = _("An organization has the domain %(domain)s already. Choose another prefix.") % {"domain": domain}
    known = known_organization(partner, domain)
    return Answer(domain, sentence, known, free_prefixes(partner, prefix, name=name, country=country))


def free_prefixes(partner: Partner, prefix: str, *, name: str, country: str) -> tuple[str, ...]:
    """Three prefixes that nobody has, made from what was typed; all of them are looked up at once."""
    ideas = prefix_ideas(name, prefix, country)
    taken = taken_domains(given_domain(idea, partner.cloud) for idea in ideas)
    free = (idea for idea in ideas if given_domain(idea, partner.cloud) not in taken)
    return tuple(islice(free, SUGGESTED))
