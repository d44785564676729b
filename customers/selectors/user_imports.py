"""Questions about uploaded files of users. Each begins with a customer that the partner already got."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from customers.models import Customer, UserImport, UserImportRow
from partnercenter.directory.models import Domain, User


def user_imports_of(customer: Customer) -> QuerySet[UserImport]:
    """The files of users that were uploaded for a customer, newest first, without their bytes."""
    imports = UserImport.objects.filter(customer=customer).order_by("-uploaded_at", "-id")
    return imports.select_related("job", "uploaded_by", "customer__tenant").defer("content")


def faulty_rows(user_import: UserImport) -> QuerySet[UserImportRow]:
    """The rows of a file that have a problem."""
    return UserImportRow.objects.filter(user_import=user_import, outcome=UserImportRow.Outcome.FAULTY)


def users_without_own_password(user_import: UserImport) -> QuerySet[User]:
    """The users of a file whom temporary passwords are for: created, not deleted, never signed in.

    Whoever chose an own password by a mail, before the first sign-in, is not one of them.
    """
    created = UserImportRow.objects.filter(user_import=user_import, outcome=UserImportRow.Outcome.CREATED)
    users = User.objects.filter(id__in=created.values("user_id"), must_change_password=True)
    return users.filter(last_login=None, deleted_at=None)


def verified_domains(customer: Customer) -> frozenset[str]:
    """The domains in which a customer's users can have their addresses."""
    names = Domain.objects.filter(tenant_id=customer.tenant_id, verified_at__isnull=False)
    return frozenset(names.values_list("name", flat=True))


def taken_names(principal_names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Those of the lower-case names that users have already, and those that deleted users keep.

    One query for any number of names. It asks all tenants, since a name is unique in the whole directory.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT principal_name, deleted_at FROM directory_user WHERE principal_name = ANY(%s)",
            [list(principal_names)],
        )
        deleted_at = dict(cursor.fetchall())
    deleted = frozenset(name for name, moment in deleted_at.items() if moment)
    return frozenset(deleted_at) - deleted, deleted
