"""Questions about uploaded files of users. Each begins with a customer that the partner already got."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Case, Count, F, Func, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Lower
from django.utils import timezone

from customers.models import Customer, UserImport, UserImportRow
from customers.selectors.users import KEPT_FOR
from customers.userfiles import TELLING, ProblemCode, UserRow, telling_rows
from partnercenter.csvfiles import guess_encoding
from partnercenter.directory.models import Domain

# A byte order mark or zero bytes say how these are written.
_PROVED: Final = frozenset({"utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"})
_LOOKED_AT: Final = 500  # rows among which those to be shown are found


class Reading(NamedTuple):
    """One way to read a file, and some of its rows in it (names, address and line)."""

    encoding: str
    rows: Sequence[UserImportRow | UserRow]


def user_imports_of(customer: Customer) -> QuerySet[UserImport]:
    """The files of users that were uploaded for a customer, newest first, without their bytes."""
    imports = UserImport.objects.filter(customer=customer).order_by("-uploaded_at", "-id")
    return imports.select_related("job", "uploaded_by", "customer__tenant").defer("content")


def latest_imports_of(customer: Customer, count: int) -> QuerySet[UserImport]:
    """The first files that a person wants to see: those that wait for a decision, then the newest."""
    waits_first = Case(When(status=UserImport.Status.CHECKED, then=0), default=1)
    return user_imports_of(customer).order_by(waits_first, "-uploaded_at", "-id")[:count]


def faulty_rows(user_import: UserImport) -> QuerySet[UserImportRow]:
    """The rows of a file that have a problem."""
    return UserImportRow.objects.filter(user_import=user_import, outcome=UserImportRow.Outcome.FAULTY)


def is_doubtful(user_import: UserImport) -> bool:
    """Whether nothing in the bytes of a file proves how it is written, so that a person has to say it."""
    if user_import.encoding in _PROVED:
        return False
    return not guess_encoding(bytes(user_import.content)).certain


def readings_of(user_import: UserImport) -> list[Reading]:
    """How the first rows of a checked file look as it was read, and in doubt in each other possible way as well.

    Rows with characters outside of ASCII come first: they show whether a reading is right.
    """
    if not is_doubtful(user_import):
        return [Reading(user_import.encoding, _first_rows(user_import))]
    content = bytes(user_import.content)
    encodings = dict.fromkeys((user_import.encoding, *guess_encoding(content).encodings))
    readings = [Reading(name, telling_rows(content, name, user_import.delimiter)) for name in encodings]
    return [reading for reading in readings if reading.rows or reading.encoding == user_import.encoding]


def _first_rows(user_import: UserImport) -> Sequence[UserImportRow]:
    rows = UserImportRow.objects.filter(user_import=user_import, number__lte=_LOOKED_AT).order_by("number")
    first = list(rows.only("line", "first_name", "last_name", "display_name", "email"))
    telling = [row for row in first if not f"{row.first_name}{row.last_name}{row.display_name}".isascii()]
    return (telling or first)[:TELLING]


class Elsewhere(NamedTuple):
    """Another upload that users of a file wait in, and whether it is the very same file."""

    upload: UserImport
    is_same: bool


def waiting_elsewhere(user_import: UserImport) -> Elsewhere | None:
    """The customer's other upload that has most of the users whom a checked file has to leave to another one.

    The first such rows tell it; None if there are none, or what has them is an upload of another partner.
    """
    code = {"code": ProblemCode.EMAIL_IN_OTHER_FILE.value}
    left = faulty_rows(user_import).filter(problems__contains=[code]).order_by("number")
    names = [email.lower() for email in left.values_list("email", flat=True)[:_LOOKED_AT]]
    open_ones = Q(status__in=(UserImport.Status.CHECKED, UserImport.Status.CREATING))
    others = user_imports_of(user_import.customer).filter(open_ones).exclude(pk=user_import.pk)
    waiting = UserImportRow.objects.filter(user_import__in=others, outcome=UserImportRow.Outcome.WAITING)
    found = waiting.alias(name=Lower("email")).filter(name__in=names).values("user_import")
    most = found.annotate(users=Count("id")).order_by("-users", "user_import").first() if names else None
    if most is None:
        return None
    upload = others.get(pk=most["user_import"])
    content = Subquery(UserImport.objects.filter(pk=user_import.pk).values("content"))
    return Elsewhere(upload, UserImport.objects.filter(pk=upload.pk, content=content).exists())


def verified_domains(customer: Customer) -> frozenset[str]:
    """The domains in which a customer's users can have their addresses."""
    names = Domain.objects.filter(tenant_id=customer.tenant_id, verified_at__isnull=False)
    return frozenset(names.values_list("name", flat=True))


def lost_domains(user_import: UserImport) -> list[str]:
    """Domains in which a file is about to create users although they are none of the customer's any more."""
    rows = UserImportRow.objects.filter(user_import=user_import, outcome=UserImportRow.Outcome.WAITING)
    names = rows.order_by().values_list(Lower(domain_in("email")), flat=True).distinct()
    return sorted({*names} - verified_domains(user_import.customer))


def domain_in(address: str) -> Func:
    """The domain of the address in this column."""
    return Func(F(address), Value("@"), Value(2), function="split_part", output_field=TextField())


def open_imports(customer: Customer) -> QuerySet[UserImport]:
    """Files that are about to create users of a customer's organization.

    Those that wait for a decision count only for the partner who has them: another one could neither see nor discard
    them.
    """
    waits = Q(status=UserImport.Status.CHECKED, customer=customer)
    creates = Q(status=UserImport.Status.CREATING, customer__tenant_id=customer.tenant_id)
    return UserImport.objects.filter(waits | creates)


_WAITING_IN: Final = """
    SELECT lower(email) FROM customers_userimportrow
    WHERE user_import_id = ANY(%s::uuid[]) AND outcome = 'waiting' AND lower(email) = ANY(%s)
"""


def waiting_names(
    customer: Customer, principal_names: Iterable[str], *, besides: UserImport | None = None
) -> frozenset[str]:
    """Those of the lower-case names that other files of the tenant are about to create users with.

    `besides` is the file that asks. Two files that are checked at the very same time do not see each other;
    then the one that is created first gets the address.
    """
    files = open_imports(customer)
    if besides:
        files = files.exclude(pk=besides.pk)
    if not (pks := list(files.values_list("pk", flat=True))):
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_WAITING_IN, [list(map(str, pks)), list(principal_names)])
        return frozenset(name for (name,) in cursor.fetchall())


def taken_names(principal_names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Those of the lower-case names that users have already, and those of deleted users who can be restored.

    Users who cannot be restored any more have theirs until the purge. One query for any number of names. It asks all
    tenants, since a name is unique in the whole directory.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT principal_name, deleted_at FROM directory_user WHERE principal_name = ANY(%s)",
            [list(principal_names)],
        )
        deleted_at = dict(cursor.fetchall())
    since = timezone.now() - KEPT_FOR
    deleted = frozenset(name for name, moment in deleted_at.items() if moment and moment > since)
    return frozenset(deleted_at) - deleted, deleted
