"""Users who were deleted more than 30 days ago go for good."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from customers.models import Customer, PasswordHandout
from customers.services.passwords import start_handout
from customers.services.user_purge import purge_handouts, purge_users
from customers.tasks import purge_deleted_users
from partnercenter.activity.models import Activity, Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from tests.users import make_many_users

DAY = timedelta(days=1)


@pytest.fixture
def deleted(tailspin):
    """Make a user who was deleted so many days ago."""

    def make(name, days, **fields):
        moment = timezone.now() - days * DAY if days is not None else None
        fields = {"tenant": tailspin.tenant, **fields}
        return User.objects.create_user(f"{name}@tailspintoys.com", display_name=name, deleted_at=moment, **fields)

    return make


def names():
    return set(User.objects.filter(principal_name__endswith="@tailspintoys.com").values_list("display_name", flat=True))


def test_only_those_whose_thirty_days_are_over_go(deleted):
    deleted("here", None)
    deleted("yesterday", 1)
    deleted("almost", 29.9)
    deleted("over", 30.1)

    gone = purge_users()

    assert (gone, names()) == (1, {"here", "yesterday", "almost"})


def test_the_name_of_somebody_who_went_is_free_again(deleted):
    deleted("adele", 31)

    purge_users()

    assert deleted("adele", None).principal_name == "adele@tailspintoys.com"


def test_the_portal_itself_stands_in_the_log_with_the_number(deleted, tailspin):
    deleted("adele", 31)
    deleted("mika", 32)

    purge_users()

    line = Activity.objects.get(deed=Deed.USERS_PURGED)
    assert (line.customer_id, line.partner, line.actor, line.details) == (
        tailspin.tenant_id,
        tailspin.partner,
        None,
        {"Users": 2},
    )


def test_the_second_time_nothing_is_left_to_do(deleted):
    deleted("adele", 31)

    numbers = [purge_users(), purge_users()]

    assert numbers == [1, 0]
    assert Activity.objects.filter(deed=Deed.USERS_PURGED).count() == 1


def test_many_go_in_chunks_the_longest_deleted_first_and_the_next_time_goes_on(deleted):
    for number in range(5):
        deleted(f"kim{number}", 31 + number)

    first = purge_users(size=2, chunks=2)
    left = names()
    second = purge_users(size=2, chunks=2)

    assert (first, left, second) == (4, {"kim0"}, 1)


def test_staff_and_who_did_something_that_is_kept_stay(deleted, ana, tailspin):
    User.objects.filter(pk=ana.user_id).update(deleted_at=timezone.now() - 31 * DAY)
    actor = deleted("actor", 31)
    record(Deed.USER_EDITED, partner=ana.partner, actor=actor, customer=tailspin)

    gone = purge_users()

    assert (gone, names()) == (0, {"actor"})
    assert User.objects.filter(pk=ana.user_id).exists()


def test_partners_that_no_longer_serve_the_customer_read_nothing_of_it(deleted, tailspin):
    deleted("adele", 31)
    Customer.objects.filter(pk=tailspin.pk).update(ended_at=timezone.now())

    purge_users()

    assert Activity.objects.filter(deed=Deed.USERS_PURGED).count() == 0


def test_who_was_selected_for_new_passwords_is_forgotten_once_these_have_ended(tailspin, ana):
    ids = make_many_users(tailspin, 1)
    old, again, new = (start_handout(tailspin, ids, actor=ana.user) for _number in range(3))
    PasswordHandout.objects.filter(pk__in=[old.pk, again.pk]).update(requested_at=timezone.now() - 91 * DAY)
    PasswordHandout.objects.filter(pk=again.pk).update(handed_out_at=timezone.now() - 89 * DAY)

    purge_handouts()

    assert set(PasswordHandout.objects.values_list("pk", flat=True)) == {again.pk, new.pk}


def test_the_scheduler_does_it(deleted):
    deleted("adele", 31)

    gone = purge_deleted_users()

    tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert (gone, tasks.count(purge_deleted_users.name)) == (1, 1)
