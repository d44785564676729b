"""Customers of a partner that may be the company which somebody is about to add once more (the product rules, 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from django.db.models import QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import BillTo, Customer
from customers.models.likeness import MailDomain, RegistrationKey
from customers.selectors.criteria import Criteria, SearchBy
from customers.selectors.customers import customers_of
from customers.selectors.finding import CustomersFound
from partnercenter.directory.mail_domains import domain_of, is_free_mail
from partnercenter.directory.names import core_words
from partnercenter.folding import fold
from partnercenter.partners.models import Partner

# So many are shown, and so many are looked at for it: neighbors in the alphabet, and those with the same words.
SHOWN: Final = 5
NEIGHBORS: Final = 200
WITH_WORDS: Final = 50
# How much of two names has to be the same, and how much of a name begins its neighbors.
SIMILAR: Final = 0.9
BEGINNING: Final = 0.6
SHORTEST_BEGINNING: Final = 3
# Short names of two companies often differ by a letter.
SHORTEST_TYPO: Final = 6
# Of long names the words that say most are enough to find them.
MOST_WORDS: Final = 4

SAME_NAME: Final = _("The name is the same or very similar.")
SAME_ID: Final = _("The registration ID is the same.")
SAME_MAIL: Final = _("The contact has an address in the same mail domain.")


@dataclass(frozen=True)
class Alike:
    """A customer, and why it may be the same company."""

    customer: Customer
    why: str | Promise


def customers_alike(partner: Partner, *, name: str, registration_id: str, email: str) -> list[Alike]:
    """Customers of a partner with the same registration ID, a very similar name or the same mail domain; some at most.

    Whatever is asked is read along an index, however many customers there are.
    """
    found: dict[int, Alike] = {}
    for why, customers in (
        (SAME_ID, _with_registration_id(partner, registration_id)),
        (SAME_NAME, _called_alike(partner, name)),
        (SAME_MAIL, _with_mail_domain(partner, email)),
    ):
        for customer in customers:
            found.setdefault(customer.pk, Alike(customer, why))
    return [*found.values()][:SHOWN]


def _with_registration_id(partner: Partner, registration_id: str) -> QuerySet[Customer]:
    key = RegistrationKey(Value(registration_id))
    bills = BillTo.objects.alias(key=RegistrationKey("registration_id")).exclude(registration_id="").filter(key=key)
    return _customers_with(partner, bills) if registration_id else Customer.objects.none()


def _with_mail_domain(partner: Partner, email: str) -> QuerySet[Customer]:
    domain = domain_of(email)
    if not domain or is_free_mail(domain):
        return Customer.objects.none()
    return _customers_with(partner, BillTo.objects.alias(domain=MailDomain("email")).filter(domain=domain))


def _customers_with(partner: Partner, bills: QuerySet[BillTo]) -> QuerySet[Customer]:
    theirs = bills.filter(customer__partner=partner, customer__ended_at=None).order_by()
    return Customer.objects.filter(pk__in=[*theirs.values_list("pk", flat=True)[:SHOWN]]).order_by("name_key")


def _called_alike(partner: Partner, name: str) -> Iterator[Customer]:
    """Customers whose names differ in their legal forms, in punctuation, in a typing error or in nothing."""
    words = core_words(name)
    core = "".join(words)
    if not core:
        return
    begin = fold(name)[: max(SHORTEST_BEGINNING, int(len(core) * BEGINNING))]
    neighbors = customers_of(partner).filter(name_key__startswith=begin).order_by("name_key", "tenant_id")
    by_words = Criteria(text=" ".join(sorted(words, key=len, reverse=True)[:MOST_WORDS]), by=SearchBy.COMPANY)
    found = CustomersFound(customers_of(partner), by_words, partner_id=partner.pk)
    ids = [*neighbors.values_list("pk", flat=True)[:NEIGHBORS], *found.first_ids(WITH_WORDS)]
    for customer in Customer.objects.filter(pk__in=ids).order_by("name_key"):
        if _is_alike(core, "".join(core_words(customer.name))):
            yield customer


def _is_alike(one: str, other: str) -> bool:
    if one == other:
        return True
    if len(one) < SHORTEST_TYPO or _digits(one) != _digits(other):  # branches are told apart by their numbers
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= SIMILAR and matcher.ratio() >= SIMILAR


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
