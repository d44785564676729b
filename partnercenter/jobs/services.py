"""Asking for long work, canceling it, and doing it exactly once."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import takewhile
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from partnercenter import doorbell
from partnercenter.activity.models import Deed
from partnercenter.activity.services import Account, record
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.selectors import due, due_and_not_rung, partners_in_turn
from partnercenter.locks import without_long_waits
from partnercenter.partners.models import Partner

logger = logging.getLogger(__name__)

# What a line of the log tells of a job; translated when it is read.
SUBJECT: Final = gettext_noop("Job")
PROCESSED: Final = gettext_noop("Processed")

# A message that waited this long has been sent again by the sweep; workers drop it unread.
MESSAGE_SECONDS: Final = 300

# So long a job keeps its worker while another partner waits for one.
TURN: Final = timedelta(seconds=10)

# After trouble of the database, which is nobody's fault.
DATABASE_PAUSE: Final = timedelta(seconds=5)


@dataclass(frozen=True)
class Progress:
    """What one chunk did: numbers of items, and whether anything still waits."""

    succeeded: int = 0
    failed: int = 0
    more: bool = True


@dataclass(frozen=True)
class Handler:
    """What a kind of job means.

    `work(job)` does the next chunk of what still waits, in a few seconds and in the transaction it is called in,
    and says what it did; running it on a finished thing does nothing. `finish(job)` is called once, in the
    transaction that ends the job, whatever its end: done, failed or canceled.
    """

    work: Callable[[Job], Progress]
    finish: Callable[[Job], None]


class _Customer(NamedTuple):
    """The customer of a job, as the log wants it."""

    partner: Partner
    tenant_id: uuid.UUID
    name: str


class LeaseLost(Exception):
    """Somebody else works on this job now, or it has ended."""


class NotAnyMore(Refused):
    """What was asked for may not be done any more, whoever tries again.

    A job in whose `work` it is raised fails at once, with `error` as the reason; the chunk is undone.
    """

    def __init__(self, sentence: str | Promise, error: Job.Error) -> None:
        super().__init__(sentence)
        self.error = error


@cache
def handler_of(kind: str) -> Handler:
    """The handler that settings name for a kind. Raises ImproperlyConfigured for one that is not named."""
    try:
        handler = import_string(settings.JOB_HANDLERS[kind])
    except KeyError as error:
        raise ImproperlyConfigured(f"JOB_HANDLERS names no handler for {kind}") from error
    if not isinstance(handler, Handler):
        raise ImproperlyConfigured(f"JOB_HANDLERS[{kind!r}] is not a Handler")
    return handler


def enqueue(
    kind: str,
    *,
    subject_id: uuid.UUID,
    subject: str,
    total: int,
    url: str,
    partner: Partner,
    customer: Account | None = None,
    actor: User,
) -> Job:
    """Write a job in the caller's transaction; a worker hears of it after the commit.

    `total` is the number of items; `url` the page of the thing; `customer` the one it is about, if it is about one.
    One job for a thing: asking again gives the job that is there.
    """
    job, created = Job.objects.get_or_create(
        kind=kind,
        subject_id=subject_id,
        defaults={
            "partner": partner,
            "customer_id": customer.tenant_id if customer else None,
            "customer_name": customer.name if customer else "",
            "requested_by": actor,
            "subject": subject,
            "total": total,
            "url": url,
        },
    )
    if created:
        transaction.on_commit(lambda: ring(job.id))
    return job


def ring(job_id: uuid.UUID) -> bool:
    """Tell the workers of a job. False when the queue is away, which is no error: the sweep sends what is due."""
    return doorbell.ring("jobs.run", str(job_id), expires=MESSAGE_SECONDS)


def cancel_job(job: Job, *, actor: User) -> Job:
    """Stop a job between two chunks; what is done stays done.

    A job that nobody has begun ends at once; a running one at its next chunk. Asking twice is asking once.
    Raises `Refused` for one that has ended, for one whose kind is never canceled, and for one whose chunk does not let
    go of the row in time.
    """
    if not job.is_cancelable:
        raise Refused(_("A transfer that was accepted cannot be stopped: what was chosen moves to its end."))
    with without_long_waits(_("The job is busy with a step right now. Try again in a moment.")):
        held = Job.objects.select_for_update().get(pk=job.pk)
        if not held.is_open:
            ended = _("This job has already ended: %(status)s. There is nothing left to stop.")
            raise Refused(ended % {"status": held.get_status_display()})
        if held.cancel_requested_at:
            return held
        held.cancel_requested_at = timezone.now()
        held.save(update_fields=["cancel_requested_at"])
        if held.status == Job.Status.QUEUED:
            _end(held, Job.Status.CANCELED)
        details = {SUBJECT: held.subject, PROCESSED: held.processed}
        record(Deed.JOB_CANCELED, partner=held.partner, actor=actor, customer=_customer_of(held), details=details)
    return held


def _customer_of(job: Job) -> _Customer | None:
    return _Customer(job.partner, job.customer_id, job.customer_name) if job.customer_id else None


def run_job(named: uuid.UUID) -> None:
    """Work on a due job until it is done, somebody cancels it, or the lease is lost. Harmless if nothing is to be done.

    A message permits to do one job and names one: which it is, is decided now, so that nobody waits behind the many
    jobs of somebody else. As many messages as jobs do all of them, in whatever order they come.
    """
    taken = _take(named)
    if taken is None:
        return
    job_id, lease = taken
    over_at = time.monotonic() + TURN.total_seconds()
    try:
        while _work_once(job_id, lease):
            if time.monotonic() > over_at and _make_way(job_id, lease):
                return
    except LeaseLost:
        logger.info("job %s: another worker has it", job_id)
    except NotAnyMore as reason:
        _fail(job_id, lease, reason.error)
    except (OperationalError, InterfaceError):
        logger.warning("job %s: trouble with the database, it is tried again soon", job_id, exc_info=True)
        _give_back(job_id, lease)
    except Exception:
        logger.exception("job %s failed in a chunk", job_id)
        _fail_or_retry(job_id, lease)


def _take(named: uuid.UUID) -> tuple[uuid.UUID, int] | None:
    """Lease the job whose turn it is, and say its id and the lease; the attempt is counted before the work."""
    now = timezone.now()
    with transaction.atomic():
        job = _next(now, named)
        if job is None:
            return None
        if job.attempts >= Job.MAX_ATTEMPTS:
            _give_up(job, Job.Error.STOPS_WORKERS)
            return None
        lease = job.lease_number + 1
        changes = {
            "lease_number": lease,
            "leased_until": now + Job.LEASE,
            "attempts": job.attempts + 1,
            "rung_at": None,
        }
        if job.status == Job.Status.QUEUED:
            job.move_to(Job.Status.RUNNING, started_at=job.started_at or now, **changes)
        else:
            Job.objects.filter(pk=job.pk).update(**changes)
        return job.pk, lease


def _next(now: datetime, named: uuid.UUID) -> Job | None:
    """The job whose turn it is, held: of the partner whose turn it is the one that was named, or waits longest.

    Jobs that others take at this moment are passed over.
    """
    for partner in partners_in_turn(now):
        theirs = due(now).filter(partner=partner).select_for_update(skip_locked=True)
        if job := theirs.filter(pk=named).first() or theirs.first():
            return job
    return None


def _work_once(job_id: uuid.UUID, lease: int) -> bool:
    """One chunk and its progress in one transaction; False when the job has come to its end."""
    with transaction.atomic():
        job = _hold(job_id, lease)
        if job.cancel_requested_at:
            _end(job, Job.Status.CANCELED)
            return False
        progress = handler_of(job.kind).work(job)
        job.succeeded += progress.succeeded
        job.failed += progress.failed
        # What a job works on may have grown since it was counted.
        job.total = max(job.total, job.processed)
        Job.objects.filter(pk=job.pk).update(
            total=job.total,
            succeeded=job.succeeded,
            failed=job.failed,
            leased_until=timezone.now() + Job.LEASE,
            attempts=1,
        )
        if not progress.more:
            _end(job, Job.Status.DONE)
        return progress.more


def _make_way(job_id: uuid.UUID, lease: int) -> bool:
    """Give a job back whose turn is over, if another partner waits; it goes on by turns with theirs."""
    with transaction.atomic():
        job = _hold(job_id, lease)
        if not partners_in_turn(timezone.now()).exclude(pk=job.partner_id).exists():
            return False
        job.move_to(Job.Status.QUEUED, leased_until=None, attempts=0)
        transaction.on_commit(lambda: ring(job_id))
    return True


def _hold(job_id: uuid.UUID, lease: int) -> Job:
    """The job, locked for this transaction. Raises LeaseLost when the fencing number is no longer ours."""
    job = Job.objects.select_for_update().filter(pk=job_id, lease_number=lease, status=Job.Status.RUNNING).first()
    if job is None:
        raise LeaseLost
    return job


def _give_back(job_id: uuid.UUID, lease: int) -> None:
    """After a deadlock or a lost connection: another worker may go on soon, and the attempt did not count.

    Best effort: Django opens a new connection after a lost one; while the database is away the lease ends by itself.
    """
    try:
        with transaction.atomic():
            job = _hold(job_id, lease)
            due_at = timezone.now() + DATABASE_PAUSE
            job.move_to(Job.Status.QUEUED, leased_until=None, due_at=due_at, attempts=job.attempts - 1)
    except LeaseLost:
        logger.info("job %s: another worker has it", job_id)
    except (OperationalError, InterfaceError):
        logger.warning("job %s: the database is still away, the lease ends by itself", job_id)


def _fail_or_retry(job_id: uuid.UUID, lease: int) -> None:
    """After a chunk that raised: give the job back for later, or give it up after the last attempt."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, lease_number=lease).first()
        if job is None or not job.is_open:
            return
        if job.attempts >= Job.MAX_ATTEMPTS:
            _give_up(job, Job.Error.UNEXPECTED)
        else:
            pause = timedelta(seconds=5 * 3**job.attempts)
            job.move_to(Job.Status.QUEUED, leased_until=None, due_at=timezone.now() + pause)


def _fail(job_id: uuid.UUID, lease: int, error: str) -> None:
    """After a chunk that may not be done any more: what was done before stays, and nobody tries again."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, lease_number=lease).first()
        if job is not None and job.is_open:
            _give_up(job, error)


def _end(job: Job, status: str) -> None:
    _close(job, status)
    handler_of(job.kind).finish(job)


def _give_up(job: Job, error: str) -> None:
    """End a job that is not tried again, even if its handler cannot tell so: no sweep may meet it again."""
    _close(job, Job.Status.FAILED, error=error)
    try:
        with transaction.atomic():
            handler_of(job.kind).finish(job)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("job %s was given up, and its end could not be told", job.pk)


def _close(job: Job, status: str, **changes: Any) -> None:
    job.move_to(status, finished_at=timezone.now(), leased_until=None, **changes)


def sweep(now: datetime | None = None) -> int:
    """Send what is due and held by nobody: lost messages, dead workers, a queue that was away.

    Each job is sent again after `Job.RING_AGAIN` at the earliest, so that messages do not pile up while all
    workers are busy. Returns how many jobs were sent; stops at the first one that the queue does not take.
    """
    now = now or timezone.now()
    chosen = _note_ringing(now)
    sent = list(takewhile(ring, chosen))
    Job.objects.filter(pk__in=chosen[len(sent) :], rung_at=now).update(rung_at=None)
    return len(sent)


def _note_ringing(now: datetime) -> list[uuid.UUID]:
    """The next jobs to ring, noted and committed first: a worker that hears of one must find its row free.

    A row that a frozen worker still holds is passed over; it is rung as soon as the database let it go.
    """
    with transaction.atomic():
        quiet = due_and_not_rung(now).select_for_update(skip_locked=True)
        chosen = list(quiet.values_list("id", flat=True)[:1_000])
        Job.objects.filter(pk__in=chosen).update(rung_at=now)
    return chosen
