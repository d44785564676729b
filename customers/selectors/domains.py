"""Questions about the domains of a customer. Each begins with a customer that the partner already got."""

from __future__ import annotations

from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Count, QuerySet, Value

from customers.models import Customer, UserImportRow
from customers.selectors.user_imports import domain_in, open_imports
from customers.selectors.users import users_of
from partnercenter.directory.models import Domain, User


class UsersIn(NamedTuple):
    """How many user names lie in a domain: of users, and of deleted users as long as their rows are there."""

    users: int = 0
    deleted: int = 0

    @property
    def total(self) -> int:
        return self.users + self.deleted


NOBODY: Final = UsersIn()


def domains_of(customer: Customer) -> QuerySet[Domain]:
    """The domains of a customer's organization, also those that wait for proof: the primary one first, then by name."""
    return Domain.objects.filter(tenant_id=customer.tenant_id).order_by("-is_primary", "name")


def verified_names(tenant_id: UUID) -> list[str]:
    """The domains that an organization is found by, the primary one first."""
    verified = Domain.objects.filter(tenant_id=tenant_id, verified_at__isnull=False)
    return list(verified.order_by("-is_primary", "name").values_list("name", flat=True))


def users_by_domain(customer: Customer) -> dict[str, UsersIn]:
    """How many user names lie in each domain of a customer; domains in which there are none are left out.

    One query, answered from two indexes: a hundred thousand users take some hundredths of a second.
    """
    gone = User.objects.filter(tenant_id=customer.tenant_id, deleted_at__isnull=False)
    users, deleted = _counted(users_of(customer), deleted=False), _counted(gone, deleted=True)
    found: dict[str, UsersIn] = {}
    for name, is_deleted, count in users.union(deleted, all=True):
        field = "deleted" if is_deleted else "users"
        found[name] = found.get(name, NOBODY)._replace(**{field: count})
    return found


def _counted(users: QuerySet[User], *, deleted: bool) -> QuerySet[User, tuple[str, bool, int]]:
    grouped = users.annotate(domain=domain_in("principal_name"), gone=Value(deleted)).values("domain", "gone")
    return grouped.annotate(count=Count("*")).values_list("domain", "gone", "count")


def is_awaited(customer: Customer, name: str) -> bool:
    """Whether uploaded files are about to create users in a domain."""
    rows = UserImportRow.objects.filter(user_import__in=open_imports(customer), outcome=UserImportRow.Outcome.WAITING)
    return rows.filter(email__iendswith=f"@{name}").exists()
