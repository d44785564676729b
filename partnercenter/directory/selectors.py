"""Questions about organizations and their domains. A domain counts once it is verified: before, it is nobody's."""

from __future__ import annotations

from collections.abc import Iterable

from partnercenter.directory.dns import ascii_name
from partnercenter.directory.models import Domain, Tenant


def organization_with(domain: str, cloud: str) -> Tenant | None:
    """The organization of a cloud that has a domain; None where there is none, and for what is no domain at all."""
    try:
        name = ascii_name(domain)
    except ValueError:
        return None
    return Tenant.objects.filter(cloud=cloud, domains__name=name, domains__verified_at__isnull=False).first()


def taken_domains(names: Iterable[str]) -> set[str]:
    """Those of some domains that an organization of any cloud has; in one query."""
    verified = Domain.objects.filter(name__in=[*names], verified_at__isnull=False)
    return set(verified.values_list("name", flat=True))
