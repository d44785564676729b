"""What is done with users of a customer, one or many: sign-in, deletion, role, location. Very many are a job."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Customer, UserChange
from customers.selectors.users import by_keys, can_sign_in, known, names_of, people_of_partners, present, users_of
from customers.services.followers import followers
from customers.services.holding import hold_organization, hold_relationship, organization_held
from customers.services.users import DELETED_MEANWHILE, EDITABLE, LAST_ADMIN, OF_A_PARTNER, USER, end_sessions
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import TenantRole, User
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import Progress, enqueue
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify

# So many users are changed while a person waits; more are changed by a job.
AT_ONCE: Final = 1_000
# Users in one transaction of a job: a fraction of a second, far below its lease.
CHUNK: Final = 2_000

# What a line of the log tells; translated when it is read.
USERS: Final = gettext_noop("Users")
LEFT: Final = gettext_noop("Left as they were")
CHOSEN: Final = gettext_noop("Selected")
LOST: Final = gettext_noop("Licenses not given back")
# So many are called by their names.
NAMED: Final = 10


@dataclass(frozen=True)
class Act:
    """What an act does: `values` is what users get, `same` tells who has it already.

    `among` is the condition for users it can be done with. `takes_admin` says whether a global admin is none after it,
    or cannot sign in; what they are signed in with ends if `ends_sessions`. `deed` stands in the log for many,
    `deed_of_one` for one; `kind` is the job that does it with very many.
    """

    deed: Deed
    deed_of_one: Deed
    kind: Job.Kind
    values: Callable[[str], Mapping[str, Any]]
    same: Callable[[str], Mapping[str, Any]]
    among: Callable[[Customer], Q] = present
    takes_admin: Callable[[str], bool] = lambda _value: False
    ends_sessions: bool = False


def _always(_value: str) -> bool:
    return True


ACTS: Final[Mapping[str, Act]] = {
    "block": Act(
        Deed.USERS_BLOCKED,
        Deed.USER_BLOCKED,
        Job.Kind.BLOCK_USERS,
        values=lambda _value: {"blocked_at": timezone.now()},
        same=lambda _value: {"blocked_at__isnull": False},
        takes_admin=_always,
        ends_sessions=True,
    ),
    "allow": Act(
        Deed.USERS_ALLOWED,
        Deed.USER_ALLOWED,
        Job.Kind.ALLOW_USERS,
        values=lambda _value: {"blocked_at": None},
        same=lambda _value: {"blocked_at": None},
    ),
    "delete": Act(
        Deed.USERS_DELETED,
        Deed.USER_DELETED,
        Job.Kind.DELETE_USERS,
        values=lambda _value: {"deleted_at": timezone.now()},
        same=lambda _value: {"deleted_at__isnull": False},
        takes_admin=_always,
        ends_sessions=True,
    ),
    "restore": Act(
        Deed.USERS_RESTORED,
        Deed.USER_RESTORED,
        Job.Kind.RESTORE_USERS,
        values=lambda _value: {"deleted_at": None},
        same=lambda _value: {"deleted_at": None},
        among=known,
    ),
    "role": Act(
        Deed.USERS_ROLE_CHANGED,
        Deed.USER_EDITED,
        Job.Kind.CHANGE_ROLES,
        values=lambda value: {"role": value},
        same=lambda value: {"role": value},
        takes_admin=lambda value: value != TenantRole.GLOBAL_ADMIN,
    ),
    "location": Act(
        Deed.USERS_LOCATION_CHANGED,
        Deed.USER_EDITED,
        Job.Kind.CHANGE_LOCATIONS,
        values=lambda value: {"location": value},
        same=lambda value: {"location": value},
    ),
}


@dataclass(frozen=True)
class Changed:
    """What came of it, in numbers of users: who has changed, and who was left and why.

    `same` were like that already, `staff` work for a partner, `gone` are not there any more; `admin` is the name of the
    last global admin who can sign in, if that one had to stay. `lost` counts what restored users had and did not get
    back.
    """

    changed: int
    same: int
    staff: int
    gone: int
    admin: str
    lost: int = 0

    @property
    def left(self) -> int:
        """How many were left, for whatever reason."""
        return self.same + self.staff + self.gone + bool(self.admin)


def change_user(customer: Customer, user: User, act: str, *, actor: User) -> Changed:
    """Do one of `ACTS` that needs no value with one user; somebody who is like that already stays so.

    Raises `Refused` for the last global admin who can sign in, for people of partners, and for somebody who is not
    there any more.
    """
    with organization_held(customer):
        changed = _change(customer, [user.pk], act)
        if changed.admin:
            raise Refused(LAST_ADMIN % {"name": changed.admin})
        if changed.staff:
            raise Refused(OF_A_PARTNER)
        if changed.gone:
            too_late = _("This user was deleted more than 30 days ago and cannot be restored any more.")
            raise Refused(too_late if act == "restore" else DELETED_MEANWHILE)
        if changed.changed:
            details: dict[str, Any] = {USER: user.principal_name}
            if changed.lost:
                details[LOST] = changed.lost
            record(ACTS[act].deed_of_one, partner=customer.partner, actor=actor, customer=customer, details=details)
    return changed


def change_users(customer: Customer, ids: Collection[UUID], act: str, *, value: str = "", actor: User) -> Changed:
    """Do one of `ACTS` with the users of a customer that have these ids; the log gets one line with the numbers.

    `value` is the new role or location, where those change. Of all global admins who can sign in, the one who is there
    longest stays.
    """
    with organization_held(customer):
        changed = _change(customer, ids, act, value)
        if changed.changed:
            names = names_of(customer, ids) if len(ids) <= NAMED else []
            numbers = {USERS: changed.changed, LEFT: changed.left, LOST: changed.lost}
            _record(customer, act, value, numbers, names=names, actor=actor)
    return changed


def start_user_change(
    customer: Customer, ids: Collection[UUID], act: str, *, value: str = "", url: str, actor: User
) -> Job:
    """Let a worker do one of `ACTS` with very many users; `url` is the list they were chosen in.

    Of all global admins one who comes last in `ids` stays. Raises `Refused` where the relationship has ended.
    """
    change = UserChange(customer=customer, act=act, value=value, user_ids=[*ids], total=len(ids), requested_by=actor)
    with transaction.atomic():
        hold_relationship(customer)
        change.job = enqueue(
            ACTS[act].kind,
            subject_id=change.pk,
            subject=customer.name,
            total=change.total,
            url=url,
            partner=customer.partner,
            customer=customer,
            actor=actor,
        )
        change.save(force_insert=True)
    return change.job


def change_next_users(change: UserChange, *, size: int = CHUNK) -> Progress:
    """Change the next `size` users at most, in the caller's transaction; nothing if all were visited before.

    Those who were like that already count as succeeded, whoever had to be left as failed.
    """
    hold_organization(change.customer)
    ids = change.ids_between(change.visited, change.visited + size)
    changed = _change(change.customer, ids, change.act, change.value)
    change.visited += len(ids)
    change.same += changed.same
    change.staff += changed.staff
    change.gone += changed.gone
    change.lost += changed.lost
    change.admin = changed.admin or change.admin
    change.save(update_fields=["visited", "same", "staff", "gone", "lost", "admin"])
    return Progress(
        succeeded=changed.changed + changed.same,
        failed=changed.staff + changed.gone + bool(changed.admin),
        more=change.visited < change.total,
    )


def finish_user_change(change: UserChange, *, job: Job) -> None:
    """Say how a change ended, as its `job` did: the log and whoever asked for it are told.

    Who was chosen is forgotten.
    """
    customer, actor = change.customer, change.requested_by
    UserChange.objects.filter(pk=change.pk).update(user_ids=[])
    changed = job.succeeded - change.same
    numbers = {USERS: changed, LEFT: job.total - changed, LOST: change.lost}
    _record(customer, change.act, change.value, numbers, actor=actor)
    kinds = {Job.Status.DONE: Notification.Kind.USERS_CHANGED, Job.Status.FAILED: Notification.Kind.JOB_FAILED}
    if kind := kinds.get(Job.Status(job.status)):
        facts = {"subject": job.subject, "customer": customer.name, "act": change.act, "changed": changed}
        facts |= {name: getattr(change, name) for name in ("same", "staff", "gone", "admin", "lost")}
        notify(actor, kind, facts=facts, url=job.url)


def _change(customer: Customer, ids: Collection[UUID], act: str, value: str = "") -> Changed:
    """Change users of an organization that the caller's transaction holds: of two admins who go at once one stays."""
    doing = ACTS[act]
    users = by_keys(ids).order_by("pk").select_for_update(no_key=True)
    asked = {"is_there": doing.among(customer), "of_partner": people_of_partners(), "has_it": Q(**doing.same(value))}
    found = users.annotate(**asked).values_list("pk", *asked)
    held = [(pk, of_partner, has_it) for pk, is_there, of_partner, has_it in found if is_there]
    staff = sum(of_partner for _pk, of_partner, _has_it in held)
    wanted = {pk for pk, of_partner, has_it in held if not of_partner and not has_it}
    stays = _admin_who_stays(customer, wanted) if doing.takes_admin(value) else None
    changing = wanted - {stays.pk} if stays else wanted
    if doing.ends_sessions:
        end_sessions(changing)
    by_keys(changing).update(**doing.values(value))
    lost = _follow(act, [pk for pk in dict.fromkeys(ids) if pk in changing])
    return Changed(
        changed=len(changing),
        same=len(held) - staff - len(wanted),
        staff=staff,
        gone=len({*ids}) - len(held),
        admin=stays.display_name if stays else "",
        lost=lost,
    )


def _follow(act: str, ids: Sequence[UUID]) -> int:
    """What follows users who are deleted or restored, in the order of their selection; how much was lost."""
    if act == "delete":
        for follower in followers():
            follower.deleted(ids)
    return sum(follower.restored(ids) for follower in followers()) if act == "restore" else 0


def _admin_who_stays(customer: Customer, going: Collection[UUID]) -> User | None:
    """The global admin who cannot be one of those who go, since nobody else would be left who can sign in."""
    admins = users_of(customer).filter(can_sign_in(), role=TenantRole.GLOBAL_ADMIN)
    first = list(admins.order_by("created_at", "pk").only("display_name")[: len(going) + 1])
    return first[0] if first and all(admin.pk in going for admin in first) else None


def _record(
    customer: Customer, act: str, value: str, numbers: Mapping[str, int], *, names: Sequence[str] = (), actor: User
) -> None:
    details: dict[str, Any] = {name: number for name, number in numbers.items() if number or name == USERS}
    if names:
        details[CHOSEN] = ", ".join(names)
    if value:
        with translation.override("en"):
            details[EDITABLE[act]] = str(TenantRole(value).label) if act == "role" else value
    record(ACTS[act].deed, partner=customer.partner, actor=actor, customer=customer, details=details)
