"""The process that moves a transfer dies by kill -9 at each of its statements: a thing has its old or its new owner."""

import os
import signal
import traceback
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from partnercenter.notifications.models import Notification
from partnercenter.partners.roles import Role
from subscriptions.models import Subscription, Transfer
from subscriptions.services import transfer_move
from subscriptions.services.transfer_clock import move_transfers_on
from tests.subscribing import azure_plan, azure_subscription, reserve
from tests.transferring import accept, agree, ask

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

State = Transfer.Status


def dies_at(number, job):
    """Whether a process of its own that works on a job came to its statement of this number, and died before it.

    A commit counts as a statement: between the last one and the commit is a moment as well.
    """
    connection.close()  # a child that dies must not end the connection of its parent
    child = os.fork()
    if not child:
        _work_until(number, job)
    _pid, status = os.waitpid(child, 0)
    end = os.waitstatus_to_exitcode(status)
    assert end in (0, -signal.SIGKILL)
    return end != 0


def _work_until(number, job):
    """The child: it never returns."""
    statements = count(1)

    def counted(execute, *args):
        if next(statements) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*args)

    code = 1
    try:
        commit = connection.commit
        connection.commit = lambda: counted(commit)
        with connection.execute_wrapper(counted):
            run_job(job.pk)
        code = 0
    except Exception:  # noqa: BLE001 - whatever it was, the report of the test shows it
        traceback.print_exc()
    finally:
        os._exit(code)


@pytest.fixture
def plan(azure):
    return azure["Test"].parent


def accepted(number, plan, source, target, people):
    """The job of a new transfer of three Azure subscriptions, and of a reservation for one of them alone."""
    finn, carla, ana = people
    things = [azure_subscription(plan, f"{name} {number}") for name in ("Production", "Shop", "Test")]
    reserved = reserve(source, things[0])
    transfer = ask(source, target, finn, token=f"transfer {number}")
    agree(transfer, carla)
    accept(transfer, ana, things, [reserved])
    return Job.objects.get(subject_id=transfer.pk)


def assert_each_has_one_owner(transfer):
    """What has moved is with the new partner whole, the rest with the old one whole, and the logs know what has moved."""
    items = transfer.items.select_related("subscription__parent", "reservation__azure")
    for item in items:
        thing, is_moved = item.subscription or item.reservation, item.status == "moved"
        assert thing.customer_id == (transfer.target_id if is_moved else transfer.source_id)
        if item.subscription:
            assert item.subscription.parent.customer_id == thing.customer_id
        lines = Activity.objects.filter(subject_id=thing.pk, deed__endswith="_transferred")
        assert {line.partner_id for line in lines} == (
            {transfer.source_partner_id, transfer.target_partner_id} if is_moved else set()
        )
        assert lines.count() == (2 if is_moved else 0)


def test_killed_at_any_statement_it_leaves_each_thing_with_one_owner_and_another_one_ends_it(
    plan, source, target, finn, carla, ana, monkeypatch
):
    monkeypatch.setattr(transfer_move, "CHUNK", 2)
    halfway = 0
    for number in count(1):
        job = accepted(number, plan, source, target, (finn, carla, ana))
        transfer = Transfer.objects.get(pk=job.subject_id)

        died = dies_at(number, job)

        assert_each_has_one_owner(transfer)
        halfway += 0 < transfer.items.filter(status="moved").count() < 4
        Job.objects.filter(pk=job.pk, leased_until__isnull=False).update(leased_until=timezone.now())
        run_job(job.pk)
        assert_it_has_ended_once(transfer)
        if not died:
            break

    # It did die in both chunks and after them, not only before the first one.
    assert number > 30
    assert halfway > 5


def assert_it_has_ended_once(transfer):
    transfer.refresh_from_db()
    assert transfer.status == State.COMPLETE
    assert set(transfer.items.values_list("status", flat=True)) == {"moved"}
    assert_each_has_one_owner(transfer)
    assert Activity.objects.filter(subject_id=transfer.pk, deed=Deed.TRANSFER_ENDED).count() == 2
    told = Notification.objects.filter(kind="transfer_ended", url__contains=str(transfer.pk))
    assert told.count() == told.values("user").distinct().count() == 3


def test_a_thing_that_the_database_refuses_stays_alone_and_the_others_move(
    plan, source, target, finn, carla, ana, caplog
):
    job = accepted(1, plan, source, target, (finn, carla, ana))
    transfer = Transfer.objects.get(pk=job.subject_id)
    broken = Subscription.objects.get(name="Production 1")
    with refused_by_the_database(broken):
        run_job(job.pk)

        states = {item.name: (item.status, item.code) for item in transfer.items.filter(subscription__isnull=False)}
        assert states == {
            "Production 1": ("waiting", "failed"), "Shop 1": ("moved", ""), "Test 1": ("moved", ""),
        }  # fmt: skip
        # The reservation is for the one that stays.
        assert transfer.items.get(reservation__isnull=False).code == "900145"
        assert_each_has_one_owner(transfer)
    assert "cannot move" in caplog.text

    move_transfers_on(timezone.now() + transfer_move.PAUSE)

    assert_it_has_ended_once(transfer)


@pytest.mark.parametrize(("days", "kind"), [(28, "transfer_ending"), (31, "transfer_expired")])
def test_a_transfer_that_the_database_refuses_keeps_no_other_from_its_turn(
    days, kind, source, asked, carla, make_partner, make_staff, make_customer, caplog
):
    trey = make_partner("Trey")
    other = make_customer(trey, "Litware", domain=source.domain, tenant=source.tenant)
    azure_plan(other)
    second = ask(source, other, make_staff(trey, "Tom", Role.GLOBAL_ADMIN))

    with refused_by_the_database(asked):
        move_transfers_on(timezone.now() + timedelta(days=days))

    [told] = Notification.objects.filter(kind=kind, user=carla)
    assert str(second.pk) in told.url
    assert str(asked.pk) in caplog.text


class refused_by_the_database:  # noqa: N801 - it reads as a sentence
    """As long as this lasts the database takes no change of one row."""

    def __init__(self, row):
        self.pk, self.table = row.pk, row._meta.db_table

    def __enter__(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'broken' USING ERRCODE = 'data_corrupted'; END $$"
            )
            cursor.execute(
                f"CREATE TRIGGER refuse BEFORE UPDATE ON {self.table} FOR EACH ROW "
                f"WHEN (OLD.id = '{self.pk}') EXECUTE FUNCTION refuse()"
            )

    def __exit__(self, *error):
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION refuse() CASCADE")
