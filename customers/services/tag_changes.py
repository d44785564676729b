"""Putting tags on many customers and taking them off: asked for in a moment, done by a job, chunk by chunk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext_noop

from customers.models import Customer, Tag, TagChange
from customers.selectors.criteria import Criteria, SearchBy
from customers.selectors.customers import customers_of
from customers.services.marking import Marking, discard
from customers.services.naming import NameTaken, save_named
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import Progress, enqueue
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify
from partnercenter.partners.models import Partner

# Customers in one transaction: a fraction of a second, far below the lease of a job.
CHUNK: Final = 4_000
# So many customers are looked at in one transaction, where few of them are among those wanted.
FAR: Final = 10_000
# The position of a change that has visited everybody.
BEYOND_ALL: Final = UUID(int=2**128 - 1)
_SUBJECT_LENGTH: Final = 255

# What a line of the log tells; translated when it is read.
CUSTOMERS: Final = gettext_noop("Customers")
PUT_ON: Final = gettext_noop("Put on")
TAKEN_OFF: Final = gettext_noop("Taken off")
OVER_LIMIT: Final = gettext_noop("Unchanged, they would have more tags than a customer can have")


def start_change(
    partner: Partner,
    customers: Sequence[UUID] | Criteria,
    *,
    total: int,
    add: Sequence[Tag] = (),
    remove: Sequence[Tag] = (),
    retires: Tag | None = None,
    url: str,
    actor: User,
) -> Job:
    """Let a worker put tags on customers and take tags off, in the caller's transaction.

    `customers` are Microsoft IDs, or what a customer has to be when the worker comes to it; `total` is how many there
    are now. `retires` is a tag that goes when no customer has it any more. `url` is the list they were chosen in.
    """
    change = TagChange(
        id=uuid4(),
        partner=partner,
        add_ids=[tag.pk for tag in add],
        remove_ids=[tag.pk for tag in remove],
        tenant_ids=[] if isinstance(customers, Criteria) else sorted(customers),
        query=_written(customers) if isinstance(customers, Criteria) else "",
        retires=retires,
        requested_by=actor,
    )
    change.job = enqueue(
        Job.Kind.TAG_CHANGE,
        subject_id=change.pk,
        subject=Truncator(_told(add, remove)).chars(_SUBJECT_LENGTH),
        total=total,
        url=url,
        partner=partner,
        actor=actor,
    )
    change.save(force_insert=True)
    return change.job


def _told(add: Sequence[Tag], remove: Sequence[Tag]) -> str:
    """A change in signs that need no language: + VIP, − Retail."""
    return ", ".join([*(f"+ {tag}" for tag in add), *(f"− {tag}" for tag in remove)])


def change_next_tags(change: TagChange, *, size: int = CHUNK) -> Progress:
    """Change the tags of the next `size` customers at most, in the caller's transaction.

    They are visited in the order of their Microsoft IDs, each once; whoever is added behind the position meanwhile is
    not visited. A customer that cannot take the tags counts as failed. Running this on a finished change does
    nothing.
    """
    tags = [tag.pk for tag in hold_tags(change.add_ids)]
    rows, last = _next_customers(change, size)
    marked = Marking(tags, change.remove_ids).apply(rows)
    change.position = last or BEYOND_ALL
    change.over_limit += marked.over_limit
    change.save(update_fields=["position", "over_limit"])
    return Progress(succeeded=marked.visited - marked.over_limit, failed=marked.over_limit, more=last is not None)


def hold_tags(ids: Sequence[int]) -> list[Tag]:
    """Those of these tags that are in use, held for this transaction: none of them goes while a customer gets it."""
    return list(Tag.objects.select_for_update(no_key=True).filter(pk__in=ids, retired_at=None).order_by("pk"))


def _next_customers(change: TagChange, size: int) -> tuple[QuerySet[Customer], UUID | None]:
    """The customers to change next, and the Microsoft ID of the last one that is looked at; None: up to the end."""
    customers = customers_of(change.partner)
    if not change.query:
        left = [one for one in sorted(change.tenant_ids) if change.position is None or one > change.position]
        return customers.filter(tenant_id__in=left[:size]), left[size - 1] if len(left) > size else None
    # Those that have ended are walked over as well: the index alone then tells where a chunk ends.
    everybody = Customer.objects.filter(partner=change.partner)
    if change.position:
        everybody, customers = (rows.filter(tenant_id__gt=change.position) for rows in (everybody, customers))
    last = _nth(everybody, FAR)
    if last:
        customers = customers.filter(tenant_id__lte=last)
    customers = _read(change.query).apply(customers)
    nearer = _nth(customers, size)
    return (customers.filter(tenant_id__lte=nearer), nearer) if nearer else (customers, last)


def _nth(customers: QuerySet[Customer], number: int) -> UUID | None:
    return customers.order_by("tenant_id").values_list("tenant_id", flat=True)[number - 1 : number].first()


def finish_change(change: TagChange, *, job: Job) -> None:
    """Say how a change ended, as its `job` did; the log and whoever asked for it are told.

    A tag that was to go is gone now. If the job did not come to its end, it is in use again, for the customers that
    still have it.
    """
    told = change.retires is not None and job.status == Job.Status.DONE
    if not told:
        _record(change, job)
    if change.retires is not None:
        _settle(change.retires, gone=job.status == Job.Status.DONE)
    kinds = {Job.Status.DONE: Notification.Kind.TAGS_CHANGED, Job.Status.FAILED: Notification.Kind.JOB_FAILED}
    if kind := kinds.get(Job.Status(job.status)):
        facts = {
            "subject": job.subject,
            "customers": job.succeeded,
            "over_limit": change.over_limit,
            "limit": Tag.MOST_ON_A_CUSTOMER,
        }
        notify(job.requested_by, kind, facts=facts, url=job.url)


def _settle(tag: Tag, *, gone: bool) -> None:
    if gone:
        discard(tag)
    else:
        _bring_back(tag)


def _bring_back(tag: Tag) -> None:
    """Let a tag be in use again, with a number if another one got its name meanwhile."""
    tag.retired_at = None
    for name in _names_like(tag.name):
        tag.name = name
        with suppress(NameTaken):
            save_named(tag, fields=["name", "retired_at"])
            return


def _names_like(name: str) -> Iterator[str]:
    """The name itself, then with a number."""
    yield name
    for number in range(2, 1_000_000):
        end = f" ({number})"
        yield name[: Tag.LONGEST_NAME - len(end)].rstrip() + end


def _record(change: TagChange, job: Job) -> None:
    names = dict(Tag.objects.filter(pk__in=[*change.add_ids, *change.remove_ids]).values_list("pk", "name"))
    add, remove = ([names[pk] for pk in ids if pk in names] for ids in (change.add_ids, change.remove_ids))
    details = details_of_change(add, remove, customers=job.succeeded, over_limit=change.over_limit)
    record(Deed.TAGS_CHANGED, partner=change.partner, actor=change.requested_by, details=details)


def details_of_change(
    add: Sequence[str], remove: Sequence[str], *, customers: int = 0, over_limit: int = 0
) -> dict[str, Any]:
    """What a line of the log tells of a change: names of tags, and how many customers where it is not about one."""
    details = {
        CUSTOMERS: customers,
        PUT_ON: ", ".join(add),
        TAKEN_OFF: ", ".join(remove),
        OVER_LIMIT: over_limit,
    }
    return {name: value for name, value in details.items() if value}


def _written(criteria: Criteria) -> str:
    """Criteria as text: with tags by their keys and days as moments, so that they mean the same to a worker."""
    return json.dumps(asdict(criteria), default=str)


def _read(text: str) -> Criteria:
    kept = json.loads(text)
    moments = {name: datetime.fromisoformat(kept[name]) for name in ("added_from", "added_before") if kept[name]}
    return Criteria(
        text=kept["text"],
        by=SearchBy(kept["by"]),
        tags=tuple(kept["tags"]),
        all_tags=kept["all_tags"],
        without=tuple(kept["without"]),
        resellers=tuple(map(UUID, kept["resellers"])),
        relationships=tuple(kept["relationships"]),
        **moments,
    )
