"""What is done with many subscriptions at once: asked for in a moment, done by a job with a result for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.services.holding import hold_relationship
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import Progress, enqueue
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify
from partnercenter.partners.models import Partner
from partnercenter.web.templatetags.web import grouped
from subscriptions.models import Subscription, SubscriptionChange, SubscriptionChangeItem
from subscriptions.selectors.subscription_changes import done_by, is_waiting, next_waiting, outcomes_of
from subscriptions.selectors.subscriptions import why_not_reseller
from subscriptions.services.history import LEFT, RESELLER, SUBSCRIPTIONS, record_new_reseller
from subscriptions.services.holding import hold_accounts_of, hold_families
from subscriptions.services.states import reactivate_held, suspend_held

# As many can be changed in one go as a file can bring users.
MOST: Final = 100_000
# Subscriptions in one transaction: a fraction of a second, far below the lease of a job.
CHUNK: Final = 2_000

NOTHING: Final = gettext_lazy("No subscription is selected. Tick the boxes of some, or select all that match.")
TOO_MANY: Final = gettext_lazy(
    "At most %(limit)s subscriptions can be changed in one go. Filter the list, and change them part by part."
)

Act = SubscriptionChange.Act
Outcome = SubscriptionChangeItem.Outcome


@dataclass(frozen=True)
class Doing:
    """What an act means: the job that does it, its line in the log, and what is asked of each subscription.

    `asks` are the further branches of a CASE in SQL, of which the first one that is true says why the subscription `s`
    with the parent `p` stays as it is.
    """

    kind: Job.Kind
    deed: Deed
    asks: str


DOINGS: Final[Mapping[str, Doing]] = {
    Act.SUSPEND: Doing(
        Job.Kind.SUSPEND_SUBSCRIPTIONS,
        Deed.SUBSCRIPTIONS_SUSPENDED,
        """
        WHEN s.status = 'suspended' THEN 'same' WHEN s.status <> 'active' THEN 'not_active'
        WHEN s.due_at <= %(now)s THEN 'due'
        """,
    ),
    Act.REACTIVATE: Doing(
        Job.Kind.REACTIVATE_SUBSCRIPTIONS,
        Deed.SUBSCRIPTIONS_REACTIVATED,
        """
        WHEN NOT 'cloud_reseller' = ANY (c.relationships) THEN 'gone'
        WHEN s.status = 'active' THEN 'same' WHEN s.status <> 'suspended' THEN 'not_suspended'
        WHEN p.status <> 'active' THEN 'parent' WHEN s.due_at <= %(now)s THEN 'due'
        """,
    ),
    Act.RESELLER: Doing(
        Job.Kind.CHANGE_RESELLER,
        Deed.SUBSCRIPTIONS_RESELLER_CHANGED,
        """
        WHEN s.reseller_id IS NOT DISTINCT FROM %(reseller)s THEN 'same' WHEN NOT %(sells)s THEN 'reseller'
        """,
    ),
}

# What belongs to something is visited after it; else they are in the order in which people read the results.
_ITEMS: Final = """
    INSERT INTO subscriptions_subscriptionchangeitem (change_id, subscription_id, outcome)
    SELECT %s, s.id, 'waiting'
    FROM subscriptions_subscription AS s
        JOIN customers_customer AS c ON c.id = s.customer_id
        LEFT JOIN subscriptions_subscription AS p ON p.id = s.parent_id
        LEFT JOIN subscriptions_subscription AS g ON g.id = p.parent_id
    WHERE s.id IN ({chosen})
    ORDER BY s.parent_id IS NOT NULL, p.parent_id IS NOT NULL, g.parent_id IS NOT NULL, c.name_key, s.name_key, s.id
"""
_DECIDE: Final = """
    UPDATE subscriptions_subscriptionchangeitem AS i SET outcome = CASE
        WHEN s.partner_id <> %(partner)s OR c.ended_at IS NOT NULL THEN 'gone'
        WHEN s.status IN ('deleted', 'canceled') THEN 'ended'
        {asks} ELSE 'done' END
    FROM subscriptions_subscription AS s
        JOIN customers_customer AS c ON c.id = s.customer_id
        LEFT JOIN subscriptions_subscription AS p ON p.id = s.parent_id
    WHERE i.change_id = %(change)s AND i.subscription_id = ANY (%(ids)s::uuid[]) AND i.outcome = 'waiting'
        AND s.id = i.subscription_id
    RETURNING i.subscription_id, i.outcome
"""


def start_subscription_change(
    partner: Partner,
    chosen: QuerySet[Subscription],
    act: str,
    *,
    customer: Customer | None = None,
    reseller: Partner | None = None,
    actor: User,
    wish: str = "",
) -> SubscriptionChange:
    """Let a worker suspend or reactivate chosen subscriptions, or give them another reseller of record, or none.

    `customer` is whose they all are, if it is about one. `wish` is any text that tells one wish of a person from the
    next: for the same one there is one change, however often somebody clicks. Raises `Refused` for nothing, for too
    many, for somebody who cannot be a reseller, and where the relationship with the customer has ended.
    """
    if act == Act.RESELLER and (denied := why_not_reseller(partner, reseller)):
        raise Refused(denied)
    change = SubscriptionChange(partner=partner, customer=customer, act=act, reseller=reseller, requested_by=actor)
    if wish:
        change.pk = uuid5(actor.pk, wish)
    with transaction.atomic():
        # Of two clicks at once the second one waits here for the first.
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        if there := SubscriptionChange.objects.select_related("job").filter(pk=change.pk).first():
            return there
        if customer:
            hold_relationship(customer)
        change.job = enqueue(
            DOINGS[act].kind,
            subject_id=change.pk,
            subject=customer.name if customer else str(partner),
            total=0,
            url=reverse("subscriptions:change_result", args=[change.pk]),
            partner=partner,
            customer=customer,
            actor=actor,
        )
        change.save(force_insert=True)
        change.job.total = _write_items(change, chosen)
        change.job.save(update_fields=["total"])
    return change


UNDONE_BY: Final[Mapping[str, str]] = {Act.SUSPEND: Act.REACTIVATE, Act.REACTIVATE: Act.SUSPEND}


def undo_subscription_change(change: SubscriptionChange, *, actor: User) -> SubscriptionChange:
    """Let a worker do the contrary with those that a change has changed; asked twice, it is done once.

    Raises `Refused` for a change that goes on, and for one of which there is no contrary.
    """
    if change.job.is_open or change.act not in UNDONE_BY:
        raise Refused(_("Only what was suspended or reactivated, and has come to its end, can be undone."))
    chosen = Subscription.objects.filter(pk__in=done_by(change))
    return start_subscription_change(
        change.partner, chosen, UNDONE_BY[change.act], customer=change.customer, actor=actor, wish=f"undo {change.pk}"
    )


def _write_items(change: SubscriptionChange, chosen: QuerySet[Subscription]) -> int:
    try:
        sql, params = chosen.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet as error:
        raise Refused(NOTHING) from error
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS.format(chosen=sql), [change.pk, *params])
        count = int(cursor.rowcount)
    if not count:
        raise Refused(NOTHING)
    if count > MOST:
        raise Refused(TOO_MANY % {"limit": grouped(MOST)})
    return count


def change_next_subscriptions(change: SubscriptionChange, *, size: int = CHUNK) -> Progress:
    """Change the next `size` subscriptions at most that wait, in the caller's transaction.

    What is changed together with one that it belongs to is done with it. Those that were like that already count as
    succeeded, whatever had to be left as failed.
    """
    ids = next_waiting(change, size)
    now = timezone.now()
    outcomes = Counter[str]()
    if ids:
        hold_accounts_of(ids)
        hold_families(ids)
        decided = _decide(change, ids, now)
        outcomes.update(decided.values())
        done = [pk for pk, outcome in decided.items() if outcome == Outcome.DONE]
        outcomes[Outcome.DONE] += _change(change, done, now)
    succeeded = outcomes[Outcome.DONE] + outcomes[Outcome.SAME]
    return Progress(succeeded=succeeded, failed=outcomes.total() - succeeded, more=is_waiting(change))


def _decide(change: SubscriptionChange, ids: Collection[UUID], now: datetime) -> dict[UUID, str]:
    """The outcome of each of some subscriptions that are held, which is written down; `done` is what is done next."""
    words: dict[str, Any] = {"change": change.pk, "partner": change.partner_id, "reseller": change.reseller_id}
    words |= {"ids": [*ids], "now": now, "sells": not why_not_reseller(change.partner, change.reseller)}
    with connection.cursor() as cursor:
        cursor.execute(_DECIDE.format(asks=DOINGS[change.act].asks), words)
        return dict(cursor.fetchall())


def _change(change: SubscriptionChange, ids: list[UUID], now: datetime) -> int:
    """Change subscriptions that are held; how many others of the same change were done with them."""
    if not ids:
        return 0
    actor = change.requested_by
    if change.act == Act.RESELLER:
        record_new_reseller(ids, change.reseller, at=now, actor=actor)
        Subscription.objects.filter(pk__in=ids).update(reseller=change.reseller, version=F("version") + 1)
        return 0
    followers = (suspend_held if change.act == Act.SUSPEND else reactivate_held)(ids, now=now, actor=actor)
    waiting = change.items.filter(outcome=Outcome.WAITING, subscription__in=followers)
    return waiting.update(outcome=Outcome.DONE)


def finish_subscription_change(change: SubscriptionChange, *, job: Job) -> None:
    """Say how a change ended, as its `job` did: the log and whoever asked for it are told."""
    outcomes = outcomes_of(change)
    changed = outcomes.get(Outcome.DONE, 0)
    left = sum(outcomes.values()) - changed
    _record(change, changed=changed, left=left)
    kinds = {Job.Status.DONE: Notification.Kind.SUBSCRIPTIONS_CHANGED, Job.Status.FAILED: Notification.Kind.JOB_FAILED}
    if kind := kinds.get(Job.Status(job.status)):
        facts: dict[str, Any] = {"subject": job.subject, "act": change.act, "changed": changed, "left": left}
        if change.customer:
            facts["customer"] = change.customer.name
        notify(change.requested_by, kind, facts=facts, url=job.url)


def _record(change: SubscriptionChange, *, changed: int, left: int) -> None:
    details: dict[str, Any] = {SUBSCRIPTIONS: changed}
    if left:
        details[LEFT] = left
    if change.act == Act.RESELLER:
        details[RESELLER] = str(change.reseller or "")
    record(
        DOINGS[change.act].deed,
        partner=change.partner,
        actor=change.requested_by,
        customer=change.customer,
        details=details,
    )
