"""Creating the users of an uploaded file."""

import pytest

from customers.models import UserImport, UserImportRow
from customers.services.user_creation import create_next_users
from customers.services.user_imports import start_creation
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import TenantRole, User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import Progress, cancel_job, run_job
from partnercenter.notifications.models import Notification
from tests.uploads import content_of, people, uploaded

Outcome = UserImportRow.Outcome


@pytest.fixture
def started(browse, ana, tailspin):
    """A file of five people whose creation was started, as a row of the database."""
    user_import = uploaded(browse(ana), tailspin, people(5))
    return start_creation(user_import, location="DE", skip_faulty=False, actor=ana.user)


def names(tailspin):
    return sorted(User.objects.filter(tenant=tailspin.tenant).values_list("principal_name", flat=True))


def outcomes(user_import):
    return list(user_import.rows.order_by("number").values_list("outcome", flat=True))


def test_a_row_becomes_a_user_who_can_not_sign_in_before_a_password_was_handed_out(browse, ana, tailspin):
    content = content_of(("Kim", "Park", "Kim Park", "Kim.Park@TailspinToys.com", ""))
    user_import = uploaded(browse(ana), tailspin, content)
    started = start_creation(user_import, location="DE", skip_faulty=False, actor=ana.user)

    run_job(started.job_id)

    user = User.objects.get(tenant=tailspin.tenant)
    assert (user.first_name, user.last_name, user.display_name) == ("Kim", "Park", "Kim Park")
    assert (user.principal_name, user.email) == ("kim.park@tailspintoys.com", "kim.park@tailspintoys.com")
    assert (user.location, user.role) == ("DE", TenantRole.USER)
    assert (user.has_usable_password(), user.must_change_password, user.last_login) == (False, True, None)
    assert (user.is_superuser, user.is_active) == (False, True)


def test_the_rows_of_a_file_are_created_in_chunks(started):
    chunks = [create_next_users(started, size=2) for _chunk in range(3)]

    assert chunks == [Progress(2, 0, more=True), Progress(2, 0, more=True), Progress(1, 0, more=False)]


def test_a_finished_file_is_not_created_again(started, tailspin):
    create_next_users(started)
    before = names(tailspin)

    again = create_next_users(started)

    assert again == Progress(0, 0, more=False)
    assert names(tailspin) == before == [f"kim{number}@tailspintoys.com" for number in range(1, 6)]


def test_an_address_that_was_taken_in_the_meantime_is_reported_and_left_alone(started, tailspin):
    User.objects.create_user("kim3@tailspintoys.com", display_name="Another Kim", tenant=tailspin.tenant)

    progress = create_next_users(started)

    assert progress == Progress(4, 1, more=False)
    assert outcomes(started) == [Outcome.CREATED, Outcome.CREATED, Outcome.TAKEN, Outcome.CREATED, Outcome.CREATED]
    assert User.objects.get(principal_name="kim3@tailspintoys.com").display_name == "Another Kim"


def test_a_finished_job_ends_its_file_and_tells_the_log_and_the_person(started, ana):
    run_job(started.job_id)

    started.refresh_from_db()
    job = started.job
    line = Activity.objects.get(deed=Deed.USERS_CREATED)
    notification = Notification.objects.get()
    assert (started.status, job.status) == (UserImport.Status.DONE, Job.Status.DONE)
    assert (job.total, job.succeeded, job.failed) == (5, 5, 0)
    assert line.details == {"File": "users.csv", "Created": 5, "Not created": 0}
    assert (line.actor, line.customer_name) == (ana.user, "Tailspin Toys")
    assert (notification.user, notification.sentence) == (ana.user, "5 users of Tailspin Toys were created.")
    assert notification.url == f"/customers/{started.customer.tenant_id}/users/uploads/{started.pk}/"


def test_who_started_a_file_of_somebody_else_is_told_as_well(browse, ana, uri, tailspin):
    user_import = uploaded(browse(ana), tailspin, people(1))
    started = start_creation(user_import, location="DE", skip_faulty=False, actor=uri.user)

    run_job(started.job_id)

    assert set(Notification.objects.values_list("user", flat=True)) == {ana.user.pk, uri.user.pk}


def test_a_canceled_job_cancels_its_file(started, ana, tailspin):
    cancel_job(started.job, actor=ana.user)

    started.refresh_from_db()
    assert started.status == UserImport.Status.CANCELED
    assert outcomes(started) == [Outcome.WAITING] * 5
    assert names(tailspin) == []
    assert Notification.objects.count() == 0
    assert Activity.objects.get(deed=Deed.USERS_CREATED).details == {
        "File": "users.csv",
        "Created": 0,
        "Not created": 5,
    }


def test_two_files_with_the_same_people_create_each_of_them_once(browse, ana, tailspin):
    files = [uploaded(browse(ana), tailspin, people(5)) for _file in range(2)]
    # As if both had been checked at the very same time: then neither knows of the other.
    files[1].rows.update(outcome=Outcome.WAITING, problems=[])
    UserImport.objects.filter(pk=files[1].pk).update(good=5)
    first, second = (start_creation(file, location="DE", skip_faulty=False, actor=ana.user) for file in files)

    run_job(first.job_id)
    run_job(second.job_id)

    assert len(names(tailspin)) == 5
    assert (outcomes(first), outcomes(second)) == ([Outcome.CREATED] * 5, [Outcome.TAKEN] * 5)
