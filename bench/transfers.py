"""A transfer of very many Azure subscriptions: from the acceptance to the notices that it is done."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils import timezone

from bench.rows import Figures, Row
from bench.stage import Stage
from bench.timing import seconds_of
from customers.models import Agreement, Customer
from partnercenter.directory.models import TenantRole, User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from partnercenter.partners.models import Partner
from subscriptions.catalog import AZURE_PLAN, AZURE_SUBSCRIPTION, CATALOG
from subscriptions.models import Party, Subscription
from subscriptions.selectors.transfer_tree import Chosen
from subscriptions.services.subscriptions import new_subscription
from subscriptions.services.transfer_review import accept_transfer
from subscriptions.services.transfers import Signature, Wish, agree_to_transfer, ask_for_transfer

# As many as one customer may have (the product rules, section 9).
MOST: Final = 10_000
LOOP: Final = 500


def transfer(stage: Stage) -> Figures:
    """One transfer of many; off the shelf is a loop that saves one after another, without any history."""
    count = min(MOST, stage.size.selected)
    source, target = _accounts(stage)
    ids = _azure(source, count)
    job = _accepted(source, target, ids, stage)
    # Jobs of others that were measured without a worker would have their turn as well.
    Job.objects.filter(status=Job.Status.QUEUED).exclude(pk=job.pk).update(status=Job.Status.CANCELED)
    ours = seconds_of(lambda: run_job(job.pk))
    if Subscription.objects.filter(pk__in=ids, customer=target).count() != count:
        raise ValueError("not everything has moved")
    few = list(Subscription.objects.filter(pk__in=ids[:LOOP]))
    theirs = seconds_of(lambda: _loop(few, source))
    limit = seconds_of(lambda: Subscription.objects.filter(pk__in=ids).update(customer=source, parent=None))
    note = f"{count:,} subscriptions, with the history of both partners"
    return Figures(count / ours, len(few) / theirs, count / limit, note)


def _accounts(stage: Stage) -> tuple[Customer, Customer]:
    """The accounts of two partners for one organization: the one it is with, and the one with a plan."""
    accounts = Customer.objects.select_related("partner__tenant", "tenant", "bill_to")
    source = accounts.filter(partner=stage.partner).earliest("pk")
    new: Partner = stage.admin_of_few.staff.partner
    target = Customer.objects.create(
        partner=new, tenant=source.tenant, name=source.name, tenant_name=source.name, domain=source.domain,
        admin_privileges_at=timezone.now(), **Customer.keys(source.name, source.tenant_id, source.domain),
    )  # fmt: skip
    Agreement.objects.create(
        customer=target, first_name="A", last_name="B", email="a@b.example", accepted_on=timezone.localdate()
    )
    for account in (source, target):
        new_subscription(account, CATALOG[AZURE_PLAN], now=timezone.now()).save(force_insert=True)
    return source, target


def _azure(source: Customer, count: int) -> list[UUID]:
    plan, now = Subscription.objects.get(customer=source, offer_id=AZURE_PLAN), timezone.now()
    offer = CATALOG[AZURE_SUBSCRIPTION]
    rows = [new_subscription(source, offer, parent=plan, name=f"Azure {number:05}", now=now) for number in range(count)]
    for row in rows:
        for name, value in Subscription.keys(row.name, offer.id).items():
            setattr(row, name, value)
    return [row.pk for row in Subscription.objects.bulk_create(rows, batch_size=2_000)]


def _accepted(source: Customer, target: Customer, ids: list[UUID], stage: Stage) -> Job:
    """The job of a transfer of all of it, with the signatures of all three."""
    admin = User.objects.create(
        tenant=source.tenant, principal_name=f"transfer@{source.domain}", display_name="Admin",
        role=TenantRole.GLOBAL_ADMIN,
    )  # fmt: skip
    new, old = stage.admin_of_few, stage.admin
    asked = ask_for_transfer(Wish(source, target, Party.TARGET, "bench"), Signature(new.display_name), actor=new)
    agree_to_transfer(asked, Signature(admin.display_name), actor=admin)
    accept_transfer(asked, Chosen(ids), Signature(old.display_name), actor=old)
    return Job.objects.get(subject_id=asked.pk)


def _loop(subscriptions: list[Subscription], owner: Customer) -> None:
    for one in subscriptions:
        one.customer, one.parent = owner, None
        one.save()


ROWS: Final = (
    Row(
        "transfer of 10,000 subscriptions, as a job", "rows/s", "≥ 2,000/s",
        lambda figures: figures.ours >= 2_000, transfer, limit_is="one UPDATE statement for all of them",
    ),
)  # fmt: skip
