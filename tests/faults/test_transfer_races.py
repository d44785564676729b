"""Transfers when everything happens at once, and when the worker dies: each thing has one owner, and the list says so."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job, sweep
from partnercenter.partners.roles import Role
from subscriptions.models import Subscription, Transfer, TransferItem
from subscriptions.selectors.transfer_tree import movable
from subscriptions.services.subscriptions import reactivate_subscription, suspend_subscription
from subscriptions.services.transfer_clock import move_transfers_on
from subscriptions.services.transfer_review import accept_transfer
from subscriptions.services.transfers import BUSY, cancel_transfer
from tests.faults.waiting import has_begun, has_ended, row_is_waited_for, wait_until
from tests.racing import ROUNDS, at_once
from tests.subscribing import azure_plan, subscribe_many
from tests.transferring import accept, agree, ask, owner_of, signed

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

State = Transfer.Status
MANY = 10_000


def assert_items_are_reality(transfer):
    """What has moved is with the new partner, the rest is with the old one, and every move is in both logs once."""
    for item in TransferItem.objects.filter(transfer=transfer).select_related("subscription__parent"):
        is_moved = item.status == TransferItem.Status.MOVED
        assert item.subscription.customer_id == (transfer.target_id if is_moved else transfer.source_id)
        assert item.subscription.parent.customer_id == item.subscription.customer_id
    moved = transfer.items.filter(status="moved").count()
    assert Activity.objects.filter(deed=Deed.SUBSCRIPTION_TRANSFERRED).count() == 2 * moved


def test_cancel_against_accept_ends_in_one_of_both(source, target, azure, finn, carla, ana):
    for number in range(ROUNDS):
        transfer = ask(source, target, finn, token=f"round {number}")
        agree(transfer, carla)

        accepted, canceled = at_once(
            partial(accept, transfer, ana, [azure["Test"]]), partial(cancel_transfer, transfer, actor=finn.user)
        )

        transfer.refresh_from_db()
        assert (accepted is True) != (canceled is True)
        assert transfer.status == (State.IN_PROGRESS if accepted is True else State.CANCELED)
        assert transfer.items.filter(status="waiting").count() == (accepted is True)
        assert transfer.signatures.filter(party="source").count() == (accepted is True)
        # The next round begins as this one did.
        transfer.items.update(status="failed")
        Transfer.objects.filter(pk=transfer.pk).update(status=State.FAILED, ended_at=timezone.now())


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_two_partners_one_gets_a_subscription(
    agreed, azure, source, target, make_partner, make_staff, make_customer, carla, ana, _round
):
    trey = make_partner("Trey")
    other = make_customer(trey, "Litware", domain=source.domain, tenant=source.tenant)
    azure_plan(other)
    second = ask(source, other, make_staff(trey, "Tom", Role.GLOBAL_ADMIN))
    agree(second, carla)

    answers = at_once(*(partial(accept, one, ana, [azure["Test"]]) for one in (agreed, second)))

    assert sorted(answer is True for answer in answers) == [False, True]
    [item] = TransferItem.objects.filter(status="waiting")
    run_job(item.transfer.job_id)
    item.refresh_from_db()
    assert owner_of(azure["Test"]) == (target if item.transfer_id == agreed.pk else other)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_what_is_suspended_while_it_is_accepted_moves_once_it_is_active_again(
    agreed, azure, source, target, ana, _round
):
    one = azure["Test"]
    accepted, _suspended = at_once(
        partial(accept, agreed, ana, [one]), partial(suspend_subscription, one, customer=source, actor=ana.user)
    )
    if accepted is not True:  # it was suspended first
        assert "It is not active." in accepted or accepted == str(BUSY)
        assert owner_of(one) == source
        return
    agreed.refresh_from_db()
    run_job(agreed.job_id)
    assert_items_are_reality(agreed)
    if owner_of(one) == source:
        one.refresh_from_db()
        reactivate_subscription(one, customer=source, actor=ana.user)
        move_transfers_on(timezone.now() + timedelta(minutes=11))

    agreed.refresh_from_db()
    assert (agreed.status, owner_of(one)) == (State.COMPLETE, target)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_in_the_second_in_which_it_expires_it_is_accepted_or_expired_never_both(agreed, azure, ana, _round):
    end = timezone.now() + timedelta(milliseconds=30)
    Transfer.objects.update(expires_at=end)

    def clock():
        while timezone.now() <= end:
            pass
        return move_transfers_on(timezone.now())

    def late():
        while timezone.now() < end - timedelta(milliseconds=5):
            pass
        return accept(agreed, ana, [azure["Test"]])

    accepted, _moved_on = at_once(late, clock)

    agreed.refresh_from_db()
    assert agreed.status == (State.IN_PROGRESS if accepted is True else State.EXPIRED)
    assert TransferItem.objects.filter(status="waiting").count() == (accepted is True)


@pytest.fixture
def resting_worker(worker):
    """A worker that holds nothing for a moment after each chunk."""
    worker.kill()
    worker.start("tests.faults.resting")
    yield worker
    worker.kill()


@pytest.fixture
def large(agreed, source):
    """Very many Azure subscriptions of Litware at Contoso."""
    subscribe_many(source, MANY, "Azure subscription", name="Shop", parent=azure_plan(source))
    return Transfer.objects.select_related("source__partner__tenant", "target__partner__tenant").get(pk=agreed.pk)


def accept_all(transfer, ana):
    accept_transfer(transfer, movable(transfer), signed(ana), actor=ana.user)
    return Job.objects.get(pk=Transfer.objects.get(pk=transfer.pk).job_id)


def another_worker_goes_on(worker, job):
    """The lease of the job is over, as after some time, and somebody else hears of it."""
    worker.start()
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk, leased_until__isnull=False).update(leased_until=past)
    sweep()
    wait_until(has_ended(job))


def assert_all_have_moved(transfer):
    transfer.refresh_from_db()
    assert transfer.status == State.COMPLETE
    assert Subscription.objects.filter(customer=transfer.target, kind="azure").count() == MANY
    assert not Subscription.objects.filter(customer=transfer.source, kind="azure").exists()
    assert set(transfer.items.values_list("status", flat=True)) == {"moved"}
    assert Activity.objects.filter(deed=Deed.SUBSCRIPTION_TRANSFERRED).count() == 2 * MANY
    assert Activity.objects.filter(deed=Deed.TRANSFER_ENDED).count() == 2


def test_a_worker_killed_between_two_chunks_leaves_each_with_one_owner_and_another_one_ends_it(
    resting_worker, large, ana
):
    job = accept_all(large, ana)
    wait_until(has_begun(job))
    resting_worker.kill()

    job.refresh_from_db()
    assert 0 < job.succeeded < MANY
    assert large.items.filter(status="moved").count() == job.succeeded
    assert_items_are_reality(large)
    another_worker_goes_on(resting_worker, job)
    assert_all_have_moved(large)


def test_a_worker_killed_in_the_middle_of_a_chunk_is_the_same(resting_worker, large, source, ana):
    job = accept_all(large, ana)
    wait_until(has_begun(job))
    with transaction.atomic():
        rest = Subscription.objects.filter(customer=source, kind="azure")
        list(rest.order_by("pk").select_for_update(no_key=True).values_list("pk"))
        wait_until(row_is_waited_for())
        resting_worker.kill()

    assert_items_are_reality(large)
    another_worker_goes_on(resting_worker, job)
    assert_all_have_moved(large)
