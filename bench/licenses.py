"""Licenses that very many users get and lose as a job."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from bench.rows import Figures, Row
from bench.stage import Stage
from bench.timing import seconds_of
from customers.models import Customer
from customers.selectors.customers import customers_of
from partnercenter.directory.models import User
from partnercenter.jobs.services import run_job
from subscriptions.catalog import CATALOG, Offer
from subscriptions.models import License, LicenseChange, Subscription
from subscriptions.selectors.licenses import outcome_counts
from subscriptions.services.license_changes import change_licenses
from subscriptions.services.subscriptions import new_subscription

# The loop is slow: so many users tell enough.
LOOP: Final = 1_000
# Of a hundred users one gets no license, since none is left.
SHORT: Final = 100


@cache
def _customer(stage: Stage) -> Customer:
    """Whose users they are; nobody else is measured with them."""
    return (
        customers_of(stage.partner)
        .select_related("partner")
        .filter(admin_privileges_at__isnull=False)
        .order_by("pk")[stage.size.customers // 2]
    )


@cache
def _users(stage: Stage) -> list[UUID]:
    """As many users as a file can bring, each with a location."""
    domain, tenant_id = _customer(stage).domain, _customer(stage).tenant_id
    users = User.objects.bulk_create(
        (_user(number, tenant_id=tenant_id, domain=domain) for number in range(stage.size.people)), batch_size=5_000
    )
    return [user.pk for user in users]


def _user(number: int, *, tenant_id: UUID, domain: str) -> User:
    name, address = f"Robin Licensed {number}", f"robin.{number}@{domain}"
    keys = User.keys(name, "", "", address)
    return User(tenant_id=tenant_id, principal_name=address, display_name=name, location="US", **keys)


@cache
def _product(stage: Stage) -> Subscription:
    """A product with fewer seats than there are users."""
    return _bought(stage, seats=_seats(stage))


def _seats(stage: Stage) -> int:
    return stage.size.people - stage.size.people // SHORT


def _bought(stage: Stage, *, seats: int) -> Subscription:
    subscription = new_subscription(_customer(stage), _offer(), now=timezone.now())
    subscription.quantity = seats
    subscription.save(force_insert=True)
    return subscription


def _offer() -> Offer:
    return next(one for one in CATALOG.values() if one.is_assigned and one.maximum >= 1_000_000 and not one.is_trial)


@cache
def _assigned(stage: Stage) -> float:
    """Seconds until everybody has a license for whom there is one."""
    product, users = _product(stage), _users(stage)
    changes: list[LicenseChange] = []
    seconds = seconds_of(lambda: changes.append(_change(stage, users, assign=[product.pk])))
    _check(changes, {"assigned": _seats(stage), "no_seat": len(users) - _seats(stage)}, product, _seats(stage))
    return seconds


def _change(
    stage: Stage, users: list[UUID], *, assign: Sequence[UUID] = (), revoke: Sequence[UUID] = ()
) -> LicenseChange:
    """From the press of a button to the notice that it is done; `assign` and `revoke` are products."""
    change = change_licenses(_customer(stage), users, assign=assign, revoke=revoke, actor=stage.admin)
    if change.job is not None:
        run_job(change.job.pk)
    return change


def _check(changes: list[LicenseChange], outcomes: dict[str, int], product: Subscription, assigned: int) -> None:
    """That what was measured was done: figures of something else are worth nothing."""
    product.refresh_from_db()
    if [outcome_counts(change) for change in changes] != [outcomes]:
        raise ValueError(f"the results are not {outcomes}")
    if (product.assigned, License.objects.filter(subscription=product).count()) != (assigned, assigned):
        raise ValueError(f"{product.assigned} licenses are assigned")


def assign(stage: Stage) -> Figures:
    """Users a second that get a license, with a result for each, until no seat is left."""
    ours = _assigned(stage)
    users, few = _users(stage), _users(stage)[:LOOP]
    theirs = seconds_of(partial(_loop, _bought(stage, seats=LOOP), few))
    limit = seconds_of(partial(_inserted, _bought(stage, seats=len(users)), users))
    return Figures(len(users) / ours, len(few) / theirs, len(users) / limit, f"{len(users):,} users")


def _loop(product: Subscription, users: list[UUID]) -> None:
    for user_id in users:
        with transaction.atomic():
            held = Subscription.objects.select_for_update().get(pk=product.pk)
            if held.available:
                License(subscription=held, user_id=user_id).save()


def _inserted(product: Subscription, users: list[UUID]) -> None:
    """The same licenses in a single INSERT, taken back at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO subscriptions_license (subscription_id, user_id, assigned_at) "
            "SELECT %s, unnest(%s::uuid[]), now()",
            [product.pk, users],
        )
        transaction.set_rollback(True)


def revoke(stage: Stage) -> Figures:
    """Users a second that lose it again."""
    _assigned(stage)
    product, users = _product(stage), _users(stage)
    limit = seconds_of(partial(_deleted, product))
    few = _bought(stage, seats=LOOP)
    _loop(few, users[:LOOP])
    licenses = list(License.objects.filter(subscription=few))
    theirs = seconds_of(lambda: [one.delete() for one in licenses])
    changes: list[LicenseChange] = []
    ours = seconds_of(lambda: changes.append(_change(stage, users, revoke=[product.pk])))
    _check(changes, {"revoked": _seats(stage), "had_not": len(users) - _seats(stage)}, product, 0)
    return Figures(len(users) / ours, len(licenses) / theirs, _seats(stage) / limit, f"{len(users):,} users")


def _deleted(product: Subscription) -> None:
    """The same licenses in a single DELETE, taken back at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM subscriptions_license WHERE subscription_id = %s", [product.pk])
        transaction.set_rollback(True)


ROWS: Final = (
    Row(
        "licenses assigned to many users, never more than there are, as a job", "users/s", "≥ 10,000/s",
        lambda figures: figures.ours >= 10_000, assign,
        limit_is="one INSERT statement for all of them; off the shelf is a loop with save()",
    ),
    Row(
        "licenses revoked from many users, as a job", "users/s", "≥ 10,000/s",
        lambda figures: figures.ours >= 10_000, revoke,
        limit_is="one DELETE statement for all of them; off the shelf is a loop with delete()",
    ),
)  # fmt: skip
