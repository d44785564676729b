"""Changing very many users by a job: each once, chunk by chunk."""

from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.forms.user_selection import VALUE_FORMS
from customers.models import UserChange
from customers.services import user_changes
from customers.services.user_changes import change_next_users, start_user_change
from customers.views.user_acts import DONE
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import cancel_job, run_job
from partnercenter.notifications.models import Notification
from tests.conftest import PASSWORD
from tests.users import make_many_users

LIST = "/customers/x/users/?q=kim"


@pytest.fixture
def in_chunks_of_three(monkeypatch):
    monkeypatch.setattr("customers.tasks.change_next_users", partial(change_next_users, size=3))


@pytest.fixture
def ask(tailspin, ana):
    """Ask for a change of users; the job."""

    def start(ids, act="block", **options):
        return start_user_change(tailspin, ids, act, url=LIST, actor=ana.user, **options)

    return start


def done(job):
    run_job(job.pk)
    job.refresh_from_db()
    return job.status, job.succeeded, job.failed


def lines(*deeds):
    return list(Activity.objects.filter(deed__in=deeds).order_by("id").values_list("deed", "details"))


def blocked(customer):
    return User.objects.filter(tenant=customer.tenant, blocked_at__isnull=False).count()


def test_more_than_a_thousand_are_changed_by_a_job(browse, ana, tailspin):
    make_many_users(tailspin, 1_001)
    url = reverse("customers:block_users", args=[tailspin.tenant_id]) + "?q=kim"

    question = browse(ana).post(url, {"all": "1"}).content.decode()
    answer = browse(ana).post(url, {"all": "1", "count": "1001", "step": "apply"}, follow=True).content.decode()

    job = Job.objects.get()
    assert "Block the sign-in of 1,001 users?" in question
    assert "A job does it, which can be watched and canceled." in question
    assert "A job changes 1,001 users. You are told when it has ended." in answer
    assert reverse("jobs:job", args=[job.pk]) in answer
    assert (job.kind, job.subject, job.total, blocked(tailspin)) == ("block_users", tailspin.name, 1_001, 0)


def test_a_job_changes_each_user_once_and_says_so(in_chunks_of_three, ask, tailspin, ana):
    job = ask(make_many_users(tailspin, 10))

    ended = done(job)
    again = done(job)

    assert ended == again == (Job.Status.DONE, 10, 0)
    assert blocked(tailspin) == 10
    assert lines(Deed.USERS_BLOCKED) == [(Deed.USERS_BLOCKED, {"Users": 10})]
    notice = Notification.objects.get()
    assert (notice.user_id, notice.url) == (ana.user_id, LIST)
    assert notice.sentence == f"The sign-in of 10 users of {tailspin.name} is blocked now."


@pytest.mark.parametrize(
    ("act", "value", "sentence"),
    [
        ("allow", "", "2 users of Tailspin Toys can sign in again."),
        ("delete", "", "2 users of Tailspin Toys were deleted."),
        ("restore", "", "2 users of Tailspin Toys were restored."),
        ("role", "helpdesk", "2 users of Tailspin Toys have another role now."),
        ("location", "DE", "2 users of Tailspin Toys have another location now."),
    ],
)
def test_whoever_asked_reads_what_became_of_it(act, value, sentence, ask, tailspin):
    before = {"allow": {"blocked_at": timezone.now()}, "restore": {"deleted_at": timezone.now()}}
    job = ask(make_many_users(tailspin, 2, **before.get(act, {})), act, value=value)

    done(job)

    assert Notification.objects.get().sentence == sentence


def test_who_was_left_is_counted_by_the_reason(in_chunks_of_three, ask, tailspin, carla):
    ids = make_many_users(tailspin, 5)
    User.objects.filter(pk=ids[0]).update(role="global_admin", password="temporary$x$y")
    User.objects.filter(pk=ids[1]).update(tenant=tailspin.tenant, is_superuser=True)
    User.objects.filter(pk=ids[2]).update(blocked_at="2026-01-01T00:00Z")

    ended = done(ask([*ids, carla.pk]))

    change = UserChange.objects.get()
    assert ended == (Job.Status.DONE, 3, 3)
    assert (change.same, change.staff, change.gone, change.admin) == (1, 1, 1, "Kim 0")
    assert lines(Deed.USERS_BLOCKED) == [(Deed.USERS_BLOCKED, {"Users": 2, "Left as they were": 4})]
    assert Notification.objects.get().sentence == (
        "The sign-in of 2 users of Tailspin Toys is blocked now. Left as they were: 1 of partners, 1 who are not there "
        "any more. Kim 0 had to stay as the last Global admin."
    )


def test_of_many_admins_the_first_one_there_stays(in_chunks_of_three, browse, ana, tailspin, monkeypatch):
    monkeypatch.setattr("customers.views.user_selection.AT_ONCE", 3)
    admins = [
        User.objects.create_user(
            f"admin{number}@{tailspin.domain}",
            PASSWORD,
            display_name=f"Admin {number}",
            tenant=tailspin.tenant,
            role="global_admin",
        )
        for number in range(7)
    ]
    url = reverse("customers:delete_users", args=[tailspin.tenant_id])
    browse(ana).post(url, {"all": "1", "count": "7", "step": "apply"})

    ended = done(Job.objects.get())

    assert ended == (Job.Status.DONE, 6, 1)
    assert User.objects.get(tenant=tailspin.tenant, deleted_at=None).pk == admins[0].pk


def test_a_canceled_job_leaves_the_rest_as_they_were(monkeypatch, ask, tailspin):
    job = ask(make_many_users(tailspin, 10))

    def and_cancel(change):
        progress = change_next_users(change, size=4)
        Job.objects.filter(pk=job.pk).update(cancel_requested_at="2026-01-01T00:00Z")
        return progress

    monkeypatch.setattr("customers.tasks.change_next_users", and_cancel)

    ended = done(job)

    assert ended == (Job.Status.CANCELED, 4, 0)
    assert blocked(tailspin) == 4
    assert lines(Deed.USERS_BLOCKED) == [(Deed.USERS_BLOCKED, {"Users": 4, "Left as they were": 6})]


def test_a_job_that_nobody_had_begun_changes_nobody_when_it_is_canceled(ask, tailspin, ana):
    job = ask(make_many_users(tailspin, 2))

    cancel_job(job, actor=ana.user)

    assert blocked(tailspin) == 0
    assert lines(Deed.USERS_BLOCKED) == [(Deed.USERS_BLOCKED, {"Users": 0, "Left as they were": 2})]


def test_no_more_are_taken_than_one_file_can_bring(browse, ana, tailspin, monkeypatch):
    monkeypatch.setattr("customers.forms.user_selection.MOST_SELECTED", 5)
    make_many_users(tailspin, 6)
    url = reverse("customers:delete_users", args=[tailspin.tenant_id])

    answer = browse(ana).post(url, {"all": "1", "count": "6", "step": "apply"}, follow=True).content.decode()

    assert "At most 5 users can be changed in one go." in answer
    assert Job.objects.count() == 0


def test_a_chunk_asks_the_database_as_often_for_many_as_for_few(ask, tailspin, django_assert_max_num_queries):
    ask(make_many_users(tailspin, 500))
    change = UserChange.objects.select_related("customer__partner").get()

    with django_assert_max_num_queries(10):
        change_next_users(change)


def test_every_act_has_words_for_whoever_asked():
    assert set(user_changes.ACTS) == set(UserChange.Act.values) == {*DONE, *VALUE_FORMS}
