"""Users who were deleted more than 30 days ago go for good (the product rules, section 10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import PROTECT, Exists, OuterRef, QuerySet
from django.db.models.deletion import get_candidate_relations_to_delete
from django.utils import timezone
from django.utils.translation import gettext_noop

from customers.models import Customer, PasswordHandout
from customers.selectors.users import KEPT_FOR
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.directory.passwords import TEMPORARY_PASSWORD_LIFETIME
from partnercenter.partners.models import Staff

# Users in one transaction, and transactions in one go: the clock that calls this has other things to do as well.
CHUNK: Final = 1_000
CHUNKS: Final = 20

# What a line of the log tells; translated when it is read.
USERS: Final = gettext_noop("Users")


def purge_users(*, size: int = CHUNK, chunks: int = CHUNKS) -> int:
    """Remove users who cannot be restored any more, the longest deleted first; how many went.

    At most `chunks` transactions of `size` users each: the next call goes on. The log of each partner that serves their
    organizations gets a line. Called twice at once, each user goes once. Staff of partners are not removed, nor is who
    did something that is kept under their name.
    """
    gone = 0
    for _chunk in range(chunks):
        found = _purge_next(size)
        gone += found
        if found < size:
            break
    return gone


def purge_handouts() -> int:
    """Forget who was selected for new passwords, once these have ended; how many selections went."""
    over = timezone.now() - TEMPORARY_PASSWORD_LIFETIME
    handouts = PasswordHandout.objects.filter(requested_at__lte=over).exclude(handed_out_at__gt=over)
    return handouts.delete()[0]


def _purge_next(size: int) -> int:
    with transaction.atomic():
        users = _due().order_by("deleted_at").select_for_update(skip_locked=True, of=("self",))
        found = list(users.values_list("pk", "tenant_id")[:size])
        User.objects.filter(pk__in=[pk for pk, _tenant in found]).delete()
        _record(Counter(tenant for _pk, tenant in found))
    return len(found)


def _due() -> QuerySet[User]:
    """Users whose time is over, but for those whom other rows need."""
    due = User.objects.filter(deleted_at__isnull=False, deleted_at__lte=timezone.now() - KEPT_FOR)
    due = due.exclude(Exists(Staff.objects.filter(user=OuterRef("pk"))))
    for rows in _needed_by():
        due = due.exclude(Exists(rows))
    return due


def _needed_by() -> Iterator[QuerySet[Any]]:
    """The rows of each kind that must not lose the user of an outer query."""
    options: Any = User._meta
    relations: Any = get_candidate_relations_to_delete(options)
    for relation in relations:
        if relation.on_delete is PROTECT:
            yield relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})


def _record(counts: Counter[UUID | None]) -> None:
    tenants = [tenant for tenant in counts if tenant]
    customers = Customer.objects.filter(tenant_id__in=tenants, ended_at=None)
    for customer in customers.select_related("partner"):
        details = {USERS: counts[customer.tenant_id]}
        record(Deed.USERS_PURGED, partner=customer.partner, actor=None, customer=customer, details=details)
