"""Licenses that users of a customer get and lose, one or many users and products at a time. Very many are a job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Customer
from customers.selectors.users import names_of
from customers.services.holding import hold_organization, hold_relationship, organization_held
from customers.services.user_changes import AT_ONCE, CHOSEN, CHUNK, LEFT, NAMED, USERS
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import Progress, enqueue
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify
from subscriptions.models import LicenseChange, LicenseResult
from subscriptions.selectors.licenses import license_changes_of, outcome_counts, products_in, products_of
from subscriptions.services.holding import hold_subscriptions

# What a line of the log tells; translated when it is read.
ASSIGNED: Final = gettext_noop("Licenses assigned")
REVOKED: Final = gettext_noop("Licenses revoked")
TO_ASSIGN: Final = gettext_noop("To be assigned")
TO_REVOKE: Final = gettext_noop("To be revoked")

# Everything about a chunk of users in one statement, while their organization and the subscriptions are held: what
# comes of each user and product, the licenses that are assigned and revoked, and how many users did not get what they
# should. Seats go to users in the order of their selection. A user is looked up by the key alone, and what else is
# asked of them stands outside, for the reason that `customers.selectors.users.by_keys` tells.
_CHANGE: Final = """
    WITH asked AS (
        SELECT c.place, c.user_id, s.id AS subscription_id, s.assigns, s.is_seen, s.is_active, s.seats,
            u.tenant_id = %(tenant)s AND u.deleted_at IS NULL AS is_there, u.location <> '' AS has_location,
            l.id IS NOT NULL AS has_it
        FROM unnest(%(users)s::uuid[]) WITH ORDINALITY AS c (user_id, place)
            CROSS JOIN unnest(
                %(ids)s::uuid[], %(assigns)s::bool[], %(seen)s::bool[], %(active)s::bool[], %(seats)s::int[]
            ) AS s (id, assigns, is_seen, is_active, seats)
            LEFT JOIN directory_user AS u ON u.id = c.user_id
            LEFT JOIN subscriptions_license AS l
                ON l.subscription_id = s.id AND l.user_id = c.user_id AND l.freed_at IS NULL
    ), judged AS (
        SELECT *, CASE
            WHEN is_there IS NOT TRUE THEN 'gone'
            WHEN NOT is_seen THEN 'not_active'
            WHEN NOT assigns THEN CASE WHEN has_it THEN 'revoked' ELSE 'had_not' END
            WHEN has_it THEN 'had'
            WHEN NOT is_active THEN 'not_active'
            WHEN NOT has_location THEN 'no_location'
            ELSE 'no_seat' END AS outcome
        FROM asked
    ), told AS (
        INSERT INTO subscriptions_licenseresult (change_id, user_id, subscription_id, outcome)
        SELECT %(change)s, user_id, subscription_id, CASE
            WHEN outcome = 'no_seat'
                AND row_number() OVER (PARTITION BY subscription_id, outcome ORDER BY place) <= seats
            THEN 'assigned' ELSE outcome END
        FROM judged ORDER BY place, subscription_id
        RETURNING user_id, subscription_id, outcome
    ), assigned AS (
        INSERT INTO subscriptions_license (subscription_id, user_id, assigned_at)
        SELECT subscription_id, user_id, %(now)s FROM told WHERE outcome = 'assigned'
    ), revoked AS (
        DELETE FROM subscriptions_license AS l USING told AS t
        WHERE t.outcome = 'revoked' AND l.subscription_id = t.subscription_id AND l.user_id = t.user_id
    )
    SELECT count(DISTINCT user_id) FROM told WHERE outcome = ANY (%(left)s)
"""


def change_licenses(
    customer: Customer,
    ids: Iterable[UUID],
    *,
    assign: Iterable[UUID] = (),
    revoke: Iterable[UUID] = (),
    actor: User,
    wish: str = "",
) -> LicenseChange:
    """Give users of a customer licenses of the subscriptions `assign`, and take those of `revoke` from them.

    Up to `AT_ONCE` users are changed when this returns, more by the `job` of the change; its results say what came of
    each license. Where too few seats are left, those who come first in `ids` get one (the product rules, section 10).
    `wish` is any text that tells one wish of a person from the next: for the same one there is one change, however
    often somebody clicks. Raises `Refused` for subscriptions whose seats this account cannot assign.
    """
    users = [*dict.fromkeys(ids)]
    change = LicenseChange(
        customer=customer, user_ids=[], total=len(users), assign=[*assign], revoke=[*revoke], requested_by=actor
    )
    if wish:
        change.pk = _id_of(customer, actor, wish)
    _check(change)
    if len(users) > AT_ONCE:
        return _start(change, users)
    with organization_held(customer):
        # Of two clicks at once the second one waited for the first.
        if wish and (there := _made_before(change)):
            return there
        change.visited = len(users)
        change.save(force_insert=True)
        _change(change, users)
        names = names_of(customer, users) if len(users) <= NAMED else []
        _record(change, names)
    return change


def change_of_wish(customer: Customer, *, actor: User, wish: str) -> LicenseChange | None:
    """What a person has made of a wish already."""
    return license_changes_of(customer).filter(pk=_id_of(customer, actor, wish)).first() if wish else None


def _id_of(customer: Customer, actor: User, wish: str) -> UUID:
    return uuid5(actor.pk, f"{customer.pk}\n{wish}")


def _made_before(change: LicenseChange) -> LicenseChange | None:
    return license_changes_of(change.customer).filter(pk=change.pk).first()


def _check(change: LicenseChange) -> None:
    wanted = {*change.assign, *change.revoke}
    if len(wanted) < len(change.assign) + len(change.revoke):
        raise ValueError("a license is assigned or revoked, once")
    if products_of(change.customer).filter(pk__in=wanted).count() < len(wanted):
        raise Refused(
            _("A product that you chose is not there any more. Look at the products as they are now and choose again.")
        )


def _start(change: LicenseChange, users: list[UUID]) -> LicenseChange:
    customer = change.customer
    change.user_ids = users
    with transaction.atomic():
        # The organization may be held for long by a job; of two clicks of a person the second one waits here.
        User.objects.select_for_update(no_key=True).get(pk=change.requested_by_id)
        if there := _made_before(change):
            return there
        hold_relationship(customer)
        change.job = enqueue(
            Job.Kind.CHANGE_LICENSES,
            subject_id=change.pk,
            subject=customer.name,
            total=change.total,
            url=reverse("subscriptions:license_change", args=[customer.tenant_id, change.pk]),
            partner=customer.partner,
            customer=customer,
            actor=change.requested_by,
        )
        change.save(force_insert=True)
    return change


def change_next_licenses(change: LicenseChange, *, size: int = CHUNK) -> Progress:
    """Change the licenses of the next `size` users at most, in the caller's transaction; nothing if all were visited.

    A user who could not get everything counts as failed.
    """
    hold_organization(change.customer)
    ids = change.ids_between(change.visited, change.visited + size)
    failed = _change(change, ids)
    change.visited += len(ids)
    change.save(update_fields=["visited"])
    return Progress(succeeded=len(ids) - failed, failed=failed, more=change.visited < change.total)


def finish_license_change(change: LicenseChange, *, job: Job) -> None:
    """Say how a change ended, as its `job` did: the log and whoever asked for it are told.

    Who was chosen is forgotten; what came of each license stays.
    """
    LicenseChange.objects.filter(pk=change.pk).update(user_ids=[])
    counts = _record(change)
    kinds = {Job.Status.DONE: Notification.Kind.LICENSES_CHANGED, Job.Status.FAILED: Notification.Kind.JOB_FAILED}
    if kind := kinds.get(Job.Status(job.status)):
        facts = {"subject": job.subject, "customer": change.customer.name, "left": counts[LEFT]}
        facts |= {"assigned": counts[ASSIGNED], "revoked": counts[REVOKED]}
        notify(change.requested_by, kind, facts=facts, url=job.url)


def _change(change: LicenseChange, users: Sequence[UUID]) -> int:
    """Change the licenses of users of an organization that the caller's transaction holds; how many were left."""
    wanted = [*change.revoke, *change.assign]
    products = products_of(change.customer).filter(pk__in=wanted)
    seen = {one.pk: one for one in hold_subscriptions(products)}
    found = [seen.get(pk) for pk in wanted]
    parameters: dict[str, Any] = {
        "change": change.pk,
        "tenant": change.customer.tenant_id,
        "users": [*users],
        "ids": wanted,
        "assigns": [pk in change.assign for pk in wanted],
        "seen": [one is not None for one in found],
        "active": [one is not None and one.is_active for one in found],
        "seats": [one.available if one else 0 for one in found],
        "now": timezone.now(),
        "left": [*LicenseResult.LEFT],
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHANGE, parameters)
        [(left,)] = cursor.fetchall()
    return int(left)


def _record(change: LicenseChange, names: Sequence[str] = ()) -> dict[str, int]:
    """Write the line of the log; the numbers in it. Users whom nobody came to were left as well."""
    counts = outcome_counts(change)
    left = sum(counts.get(outcome, 0) for outcome in LicenseResult.LEFT) + change.total - change.visited
    numbers = {ASSIGNED: counts.get("assigned", 0), REVOKED: counts.get("revoked", 0), LEFT: left}
    products = products_in([change])
    details: dict[str, Any] = {USERS: change.total, CHOSEN: ", ".join(names)}
    for label, ids in ((TO_ASSIGN, change.assign), (TO_REVOKE, change.revoke)):
        details[label] = ", ".join(name for pk, name in products.items() if pk in ids)
    details |= numbers
    record(
        Deed.LICENSES_CHANGED,
        partner=change.customer.partner,
        actor=change.requested_by,
        customer=change.customer,
        details={label: told for label, told in details.items() if told},
        subject=next(iter(products)) if len(products) == 1 else None,
    )
    return numbers
