"""Questions about providers and resellers that work together. Each begins with one of the two."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db.models import Count, F, QuerySet

from customers.selectors.customers import customers_of
from partnercenter.directory.mail_domains import domain_of
from partnercenter.directory.models import Domain
from partnercenter.folding import fold
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import UNSTORABLE, Order
from relationships.models import Partnership

State = Partnership.Status

# The words of `sort=` in the list; an index of the table.
ORDERS: Final = {"invited": Order(("invited_at", "id"))}
# What has not ended.
CURRENT: Final = (State.INVITED, State.ACTIVE)
# Everybody whom pages name.
_PEOPLE: Final = ("provider__tenant", "reseller__tenant", "invited_by", "accepted_by", "ended_by")


def active_resellers_of(provider: Partner) -> QuerySet[Partner]:
    """The resellers that a provider works with now, each with its tenant, by name."""
    active = Partnership.objects.filter(provider=provider, status=State.ACTIVE)
    resellers = Partner.objects.filter(pk__in=active.values("reseller"))
    return resellers.select_related("tenant").order_by("tenant__name", "pk")


def work_together(provider: Partner, reseller: Partner) -> QuerySet[Partnership]:
    """The partnership of a provider and a reseller, if it is active."""
    return Partnership.objects.filter(provider=provider, reseller=reseller, status=State.ACTIVE)


def partnerships_of(partner: Partner) -> QuerySet[Partnership]:
    """The partnerships of a partner, also those that have ended: of a provider with all invitations it made.

    Of a reseller they are those that it answered.
    """
    side = "reseller" if partner.kind == Partner.Kind.RESELLER else "provider"
    return Partnership.objects.filter(**{side: partner}).select_related(*_PEOPLE)


def found_among(partnerships: QuerySet[Partnership], text: str) -> QuerySet[Partnership]:
    """The partnerships whose two names, partner ID or mail address have every word of a text.

    They are compared as `fold` does it, where they are: nobody works with so many partners that this takes long.
    """
    words = fold(text).split()
    if not words:
        return partnerships
    names = ("reseller__tenant__name", "reseller__partner_id", "provider__tenant__name", "provider__partner_id")
    rows = partnerships.order_by().values_list("pk", "email", *names)
    found = [pk for pk, *texts in rows if _has_all(words, texts)]
    return partnerships.filter(pk__in=found)


def _has_all(words: list[str], texts: Iterable[str | None]) -> bool:
    there = fold("\n".join(text for text in texts if text))
    return all(word in there for word in words)


def customers_served(partner: Partner, others: Iterable[UUID | None]) -> dict[UUID, int]:
    """How many customers a provider serves through each of some resellers, or a reseller through each provider.

    Partners without any are not among them. `others` are their Microsoft IDs; None is nobody.
    """
    between = "provider" if partner.kind == Partner.Kind.RESELLER else "reseller"
    served = customers_of(partner).filter(**{f"{between}__in": {*others} - {None}})
    counts = served.order_by().values(other=F(f"{between}_id")).annotate(number=Count("*"))  # of the index alone
    return {row["other"]: row["number"] for row in counts}


def invitations_waiting_for(provider: Partner, email: str) -> QuerySet[Partnership]:
    """The invitations of a provider to a mail address that wait for an answer, the newest one first."""
    waiting = Partnership.objects.filter(provider=provider, status=State.INVITED, email__iexact=email)
    return waiting.order_by("-invited_at", "-id")


def active_with_domain_of(provider: Partner, email: str) -> Partnership | None:
    """The active partnership of a provider with the organization whose domain a mail address has."""
    active = Partnership.objects.filter(provider=provider, status=State.ACTIVE).select_related(*_PEOPLE)
    domains = Domain.objects.filter(name=domain_of(email), verified_at__isnull=False)
    return active.filter(reseller__tenant__in=domains.values("tenant")).first()


def active_again(partnership: Partnership) -> Partnership | None:
    """The active partnership of the two sides of one that has ended, where they work together again."""
    if partnership.is_active or partnership.reseller_id is None:
        return None
    both = {"provider": partnership.provider_id, "reseller": partnership.reseller_id}
    return Partnership.objects.filter(**both, status=State.ACTIVE).first()


def invitations_with(token: str) -> QuerySet[Partnership]:
    """The invitation that a link leads to, whoever follows it; none for any other text."""
    return Partnership.objects.filter(token="" if set(token) & UNSTORABLE else token).select_related(*_PEOPLE)
