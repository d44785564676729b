"""Questions about domains of organizations."""

from __future__ import annotations

from collections.abc import Iterable

from partnercenter.directory.models import Domain


def taken_domains(names: Iterable[str]) -> set[str]:
    """Those of some domains that an organization of any cloud has verified; in one query."""
    verified = Domain.objects.filter(name__in=[*names], verified_at__isnull=False)
    return set(verified.values_list("name", flat=True))
