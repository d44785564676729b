"""Changing many users of a customer at once: sign-in, deletion, role."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from customers.models import Customer
from customers.selectors.users import can_sign_in, deleted_users_of, users_of
from customers.services.users import EDITABLE, end_sessions
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import Tenant, TenantRole, User
from partnercenter.partners.models import Staff

# So many users are changed while a person waits.
AT_ONCE: Final = 1_000

# What a line of the log tells; translated when it is read.
USERS: Final = gettext_noop("Users")
LEFT: Final = gettext_noop("Left as they were")


@dataclass(frozen=True)
class Act:
    """Something that is done with many users: `values` is what they get, `same` tells who has it already.

    `among` are the users it can be done with. `takes_admin` says whether a global admin is none afterwards, or cannot
    sign in; what they are signed in with ends if `ends_sessions`.
    """

    deed: Deed
    values: Callable[[str], Mapping[str, Any]]
    same: Callable[[str], Q] = lambda _role: Q(pk=None)
    among: Callable[[Customer], QuerySet[User]] = users_of
    takes_admin: Callable[[str], bool] = lambda _role: False
    ends_sessions: bool = False


def _always(_role: str) -> bool:
    return True


ACTS: Final[Mapping[str, Act]] = {
    "block": Act(
        Deed.USERS_BLOCKED,
        lambda _role: {"blocked_at": timezone.now()},
        same=lambda _role: Q(blocked_at__isnull=False),
        takes_admin=_always,
        ends_sessions=True,
    ),
    "allow": Act(Deed.USERS_ALLOWED, lambda _role: {"blocked_at": None}, same=lambda _role: Q(blocked_at=None)),
    "delete": Act(
        Deed.USERS_DELETED,
        lambda _role: {"deleted_at": timezone.now()},
        takes_admin=_always,
        ends_sessions=True,
    ),
    "restore": Act(Deed.USERS_RESTORED, lambda _role: {"deleted_at": None}, among=deleted_users_of),
    "role": Act(
        Deed.USERS_ROLE_CHANGED,
        lambda role: {"role": role},
        same=lambda role: Q(role=role),
        takes_admin=lambda role: role != TenantRole.GLOBAL_ADMIN,
    ),
}


@dataclass(frozen=True)
class Changed:
    """What came of it, in numbers of users: who has changed, and who was left and why.

    `same` were like that already, `staff` work for a partner, `gone` are not there any more; `admin` is the name of the
    last global admin who can sign in, if that one had to stay.
    """

    changed: int
    same: int
    staff: int
    gone: int
    admin: str


def change_users(customer: Customer, ids: Collection[UUID], act: str, *, role: str = "", actor: User) -> Changed:
    """Do one of `ACTS` with the users of a customer that have these ids; the log gets one line with the numbers.

    `role` is the new one, where roles change. Of all global admins who can sign in, the one who is there longest stays.
    """
    doing = ACTS[act]
    with transaction.atomic():
        Tenant.objects.select_for_update(no_key=True).get(pk=customer.tenant_id)
        rows = doing.among(customer).filter(pk__in=ids).order_by("pk")
        held = list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
        works = Q(is_superuser=True) | Exists(Staff.objects.filter(user=OuterRef("pk"), removed_at=None))
        others = User.objects.filter(pk__in=held).exclude(works)
        wanted = others.exclude(doing.same(role))
        stays = _admin_who_stays(customer, wanted) if doing.takes_admin(role) else None
        changing = [pk for pk in wanted.values_list("pk", flat=True) if stays is None or pk != stays.pk]
        number = others.count()
        if doing.ends_sessions:
            end_sessions(changing)
        User.objects.filter(pk__in=changing).update(**doing.values(role))
        changed = Changed(
            changed=len(changing),
            same=number - len(changing) - bool(stays),
            staff=len(held) - number,
            gone=len({*ids}) - len(held),
            admin=stays.display_name if stays else "",
        )
        if changing:
            _record(doing.deed, customer, changed, role, left=len({*ids}) - len(changing), actor=actor)
    return changed


def _admin_who_stays(customer: Customer, users: QuerySet[User]) -> User | None:
    """The global admin who cannot be one of `users`, since nobody else would be left who can sign in."""
    admins = users_of(customer).filter(can_sign_in(), role=TenantRole.GLOBAL_ADMIN)
    if admins.exclude(pk__in=users.values("pk")).exists():
        return None
    return admins.order_by("created_at", "pk").first()


def _record(deed: Deed, customer: Customer, changed: Changed, role: str, *, left: int, actor: User) -> None:
    details: dict[str, Any] = {USERS: changed.changed}
    if left:
        details[LEFT] = left
    if role:
        with translation.override("en"):
            details[EDITABLE["role"]] = str(TenantRole(role).label)
    record(deed, partner=customer.partner, actor=actor, customer=customer, details=details)
