"""Delegated admin privileges are taken back while something runs or begins: nothing happens afterwards."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from customers import tasks as customer_tasks
from customers.models import Customer, PasswordHandout, UserImport
from customers.services import passwords, user_creation
from customers.services.holding import NO_PRIVILEGES, WithoutPrivileges
from customers.services.passwords import hand_out_to_selected, start_handout
from customers.services.privileges import take_back_privileges
from customers.services.user_changes import start_user_change
from customers.services.user_imports import start_creation, upload_users
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import Tenant, User
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from partnercenter.notifications.models import Notification
from subscriptions import tasks as subscription_tasks
from subscriptions.models import License
from subscriptions.services import license_changes
from subscriptions.services.license_changes import change_licenses
from tests.faults.waiting import row_is_waited_for, wait_until
from tests.licensing import E3
from tests.subscribing import subscribe
from tests.uploads import people
from tests.users import make_many_users

pytestmark = pytest.mark.faults


class TestJobs:
    """What runs stops at the next chunk, and says why; what was done stays."""

    def ended(self, job):
        job.refresh_from_db()
        return job.status, job.error, job.succeeded

    def stops_after_the_first_chunk(self, monkeypatch, module, name, customer):
        """Let the customer take the privileges back between the first chunk of a job and the next one."""
        real, chunks = getattr(module, name), []

        def work(subject):
            chunks.append(subject)
            progress = real(subject, size=2)
            Customer.objects.filter(pk=customer.pk).update(admin_privileges_ended_at=timezone.now())
            return progress

        monkeypatch.setattr(module, name, work)
        return chunks

    def test_the_creation_of_users(self, tailspin, ana, monkeypatch):
        file = upload_users(tailspin, file_name="users.csv", content=people(5), actor=ana.user)
        job = start_creation(file, location="US", skip_faulty=False, actor=ana.user).job
        chunks = self.stops_after_the_first_chunk(monkeypatch, customer_tasks, "create_next_users", tailspin)

        run_job(job.pk)
        run_job(job.pk)

        assert (self.ended(job), len(chunks)) == ((Job.Status.FAILED, Job.Error.NO_PRIVILEGES, 2), 2)
        assert UserImport.objects.get(pk=file.pk).status == UserImport.Status.FAILED
        assert User.objects.filter(tenant=tailspin.tenant, principal_name__startswith="kim").count() == 2
        line = Activity.objects.get(deed=Deed.USERS_CREATED)
        assert (line.details["Created"], line.details["Not created"]) == (2, 3)
        assert Notification.objects.get(user=ana.user).kind == Notification.Kind.JOB_FAILED

    def test_a_change_of_many_users(self, tailspin, ana, monkeypatch):
        ids = make_many_users(tailspin, 5)
        job = start_user_change(tailspin, ids, "block", url="/", actor=ana.user)
        chunks = self.stops_after_the_first_chunk(monkeypatch, customer_tasks, "change_next_users", tailspin)

        run_job(job.pk)

        assert (self.ended(job), len(chunks)) == ((Job.Status.FAILED, Job.Error.NO_PRIVILEGES, 2), 2)
        assert User.objects.filter(pk__in=ids, blocked_at__isnull=False).count() == 2

    def test_licenses_of_many_users(self, tailspin, ana, monkeypatch):
        monkeypatch.setattr(license_changes, "AT_ONCE", 1)
        e3 = subscribe(tailspin, E3, quantity=5)
        ids = make_many_users(tailspin, 5, location="US")
        job = change_licenses(tailspin, ids, assign=[e3.pk], actor=ana.user).job
        chunks = self.stops_after_the_first_chunk(monkeypatch, subscription_tasks, "change_next_licenses", tailspin)

        run_job(job.pk)

        assert (self.ended(job), len(chunks)) == ((Job.Status.FAILED, Job.Error.NO_PRIVILEGES, 2), 2)
        assert License.objects.count() == 2

    def test_the_page_of_the_job_says_why(self, tailspin, ana, tara, browse):
        job = start_user_change(tailspin, make_many_users(tailspin, 2), "block", url="/", actor=ana.user)
        take_back_privileges(tailspin, actor=tara)

        run_job(job.pk)

        page = browse(ana).get(reverse("jobs:job", args=[job.pk])).content.decode()
        assert "The customer took the delegated admin privileges back." in page

    def test_passwords_that_are_handed_out_meanwhile(self, tailspin, ana, tara, monkeypatch):
        monkeypatch.setattr(passwords, "CHUNK", 1)
        kims = make_many_users(tailspin, 3)
        lines = hand_out_to_selected(start_handout(tailspin, kims, actor=ana.user), seen=None, actor=ana.user)
        first = next(lines)

        take_back_privileges(tailspin, actor=tara)

        with pytest.raises(WithoutPrivileges):
            next(lines)
        assert authenticate(None, username=first.principal_name, password=first.password)
        assert User.objects.filter(pk__in=kims, password_ends_at__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
class TestWhoeverComesFirst:
    """Both wait for the organization, in this order: nothing happens after the privileges were taken back."""

    @pytest.fixture(autouse=True)
    def _patient(self, monkeypatch):
        monkeypatch.setattr("partnercenter.locks.PATIENCE", "60s")

    def in_this_order(self, tenant, *acts):
        """What each returned, or its refusal."""

        def go(act):
            try:
                return act()
            except Refused as refused:
                return str(refused)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(acts)) as threads:
            with transaction.atomic():
                Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
                done = []
                for number, act in enumerate(acts, start=1):
                    done.append(threads.submit(go, act))
                    wait_until(row_is_waited_for(by=number), seconds=30)
            return [one.result() for one in done]

    @pytest.fixture
    def take_back(self, tailspin, tara):
        return partial(take_back_privileges, tailspin, actor=tara)

    @pytest.fixture
    def start(self, tailspin, ana):
        file = upload_users(tailspin, file_name="users.csv", content=people(3), actor=ana.user)
        return partial(start_creation, file, location="US", skip_faulty=False, actor=ana.user)

    @pytest.fixture
    def hand_out(self, tailspin, ana):
        handout = start_handout(tailspin, make_many_users(tailspin, 3), actor=ana.user)
        return partial(hand_out_to_selected, handout, seen=None, actor=ana.user)

    def test_an_import_that_comes_second_does_not_start(self, tailspin, take_back, start):
        assert self.in_this_order(tailspin.tenant, take_back, start) == [True, str(NO_PRIVILEGES)]
        assert (Job.objects.count(), UserImport.objects.get().status) == (0, UserImport.Status.CHECKED)

    def test_an_import_that_comes_first_creates_nobody_afterwards(self, tailspin, take_back, start):
        started, taken_back = self.in_this_order(tailspin.tenant, start, take_back)
        run_job(started.job_id)

        assert taken_back is True
        assert Job.objects.get().error == Job.Error.NO_PRIVILEGES
        assert not User.objects.filter(principal_name__startswith="kim").exists()

    def test_passwords_that_come_second_are_not_made(self, tailspin, take_back, hand_out):
        assert self.in_this_order(tailspin.tenant, take_back, hand_out) == [True, str(NO_PRIVILEGES)]
        assert PasswordHandout.objects.get().handed_out_at is None
        assert not Activity.objects.filter(deed=Deed.PASSWORDS_HANDED_OUT).exists()

    def test_passwords_that_come_first_are_not_made_afterwards(self, tailspin, take_back, hand_out):
        lines, taken_back = self.in_this_order(tailspin.tenant, hand_out, take_back)

        assert taken_back is True
        with pytest.raises(WithoutPrivileges):
            next(lines)
        assert not User.objects.filter(password_ends_at__isnull=False).exists()

    def test_a_chunk_that_has_begun_is_waited_for(self, tailspin, ana, take_back, start):
        file = start()

        with ThreadPoolExecutor(1) as threads:
            with transaction.atomic():
                user_creation.create_next_users(UserImport.objects.select_related("customer").get(pk=file.pk))
                waiting = threads.submit(self.in_this_order_alone, take_back)
                wait_until(row_is_waited_for(), seconds=30)
                waited = not waiting.done()
            assert (waited, waiting.result()) == (True, True)

        taken_back_at = Customer.objects.get(pk=tailspin.pk).admin_privileges_ended_at
        assert User.objects.filter(principal_name__startswith="kim", created_at__lt=taken_back_at).count() == 3

    def in_this_order_alone(self, act):
        try:
            return act()
        finally:
            connection.close()
