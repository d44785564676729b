"""Questions about providers and resellers that work together. Each begins with one of the two."""

from __future__ import annotations

from django.db.models import QuerySet

from partnercenter.partners.models import Partner
from relationships.models import Partnership


def active_resellers_of(provider: Partner) -> QuerySet[Partner]:
    """The resellers that a provider works with now, each with its tenant, by name."""
    active = Partnership.objects.filter(provider=provider, status=Partnership.Status.ACTIVE)
    resellers = Partner.objects.filter(pk__in=active.values("reseller"))
    return resellers.select_related("tenant").order_by("tenant__name", "pk")
