"""Licenses of users who are deleted are free for others; restored users get theirs back where seats are left."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils import timezone

from customers import checks
from customers.forms.user_filters import user_filters
from customers.models import UserChange
from customers.services.followers import followers
from customers.services.user_changes import change_users, start_user_change
from customers.services.user_purge import purge_users
from partnercenter.activity.models import Activity
from partnercenter.directory.models import User
from partnercenter.jobs.services import run_job
from partnercenter.notifications.models import Notification
from subscriptions.models import License, LicenseResult, Subscription
from subscriptions.services.license_changes import change_licenses
from tests.subscribing import subscribe
from tests.users import make_many_users

E3 = "Office 365 Enterprise E3"


@pytest.fixture
def e3(tailspin):
    return subscribe(tailspin, E3, quantity=3)


@pytest.fixture
def users(tailspin):
    """Six people in one place."""
    return make_many_users(tailspin, 6, location="US")


@pytest.fixture
def assign(tailspin, ana, e3):
    def give(ids, product=e3):
        return change_licenses(tailspin, ids, assign=[product.pk], actor=ana.user)

    return give


@pytest.fixture
def change(tailspin, ana):
    def do(act, ids):
        return change_users(tailspin, ids, act, actor=ana.user)

    return do


def holders(product):
    return list(
        License.objects.filter(subscription=product, freed_at=None)
        .order_by("user_id")
        .values_list("user_id", flat=True)
    )


def assigned(product):
    return Subscription.objects.get(pk=product.pk).assigned


def test_the_seat_of_a_deleted_user_is_free_for_others(assign, change, users, e3):
    assign(users[:3])

    change("delete", users[:1])
    after = (holders(e3), assigned(e3))
    assign(users[3:])

    assert after == (sorted(users[1:3]), 2)
    assert holders(e3) == sorted([*users[1:3], users[3]])


def test_a_restored_user_gets_back_what_is_left(assign, change, users, e3):
    assign(users[:3])
    change("delete", users[:3])

    restored = change("restore", users[:3])

    assert restored.lost == 0
    assert (holders(e3), assigned(e3)) == (sorted(users[:3]), 3)


def test_who_is_restored_first_gets_the_seats_that_are_left(assign, change, users, e3):
    assign(users[:3])
    change("delete", users[:3])
    assign(users[3:5])
    in_this_order = [users[2], users[0], users[1]]

    restored = change("restore", in_this_order)

    assert (restored.changed, restored.lost) == (3, 2)
    assert holders(e3) == sorted([*users[3:5], users[2]])
    assert License.objects.filter(freed_at__isnull=False).count() == 0
    assert Activity.objects.get(deed="users_restored").details["Licenses not given back"] == 2


def test_who_got_nothing_back_is_given_a_license_like_anybody(assign, change, users, e3):
    assign(users[:3])
    change("delete", users[:1])
    assign(users[3:4])
    change("restore", users[:1])
    change("delete", users[3:4])

    again = assign(users[:1])

    assert LicenseResult.objects.get(change=again).outcome == "assigned"


def test_a_blocked_user_keeps_the_licenses(assign, change, users, e3):
    assign(users[:3])

    change("block", users[:3])

    assert (holders(e3), assigned(e3)) == (sorted(users[:3]), 3)


def test_who_was_deleted_for_thirty_days_has_nothing_any_more(assign, change, users, e3):
    assign(users[:3])
    change("delete", users[:2])
    User.objects.filter(pk__in=users[:2]).update(deleted_at=timezone.now() - timedelta(days=31))

    gone = purge_users()

    assert (gone, License.objects.count(), assigned(e3)) == (2, 1, 1)
    assert LicenseResult.objects.count() == 3


def test_licenses_of_every_partner_are_freed_and_given_back(
    assign, change, users, e3, finn, fabrikam, tailspin, make_customer
):
    theirs = make_customer(fabrikam, "Tailspin", tenant=tailspin.tenant)
    other = subscribe(theirs, E3, quantity=1)
    assign(users[:1])
    change_licenses(theirs, users[:1], assign=[other.pk], actor=finn.user)

    change("delete", users[:1])
    freed = (assigned(e3), assigned(other))
    change("restore", users[:1])

    assert freed == (0, 0)
    assert (assigned(e3), assigned(other)) == (1, 1)


def test_nothing_comes_back_of_a_subscription_that_was_canceled(assign, change, users, e3):
    assign(users[:1])
    change("delete", users[:1])
    License.objects.filter(subscription=e3).delete()

    restored = change("restore", users[:1])

    assert (restored.lost, holders(e3)) == (0, [])


def test_a_job_counts_what_restored_users_did_not_get_back(assign, change, users, e3, tailspin, ana):
    assign(users[:3])
    change("delete", users[:3])
    assign(users[3:5])

    job = start_user_change(tailspin, users[:3], "restore", url="/", actor=ana.user)
    run_job(job.pk)

    assert UserChange.objects.get().lost == 2
    assert Activity.objects.get(deed="users_restored").details == {"Users": 3, "Licenses not given back": 2}
    assert Notification.objects.get().sentence == (
        "3 users of Tailspin Toys were restored. 2 licenses that they had were not left."
    )


def test_whoever_restores_is_told_what_was_not_left(browse, assign, change, users, tailspin, ana):
    assign(users[:3])
    change("delete", users[:2])
    assign(users[3:5])
    restore = reverse("customers:restore_user", args=[tailspin.tenant_id, users[0]])
    many = reverse("customers:restore_users", args=[tailspin.tenant_id]) + "?deleted=1"

    one = browse(ana).post(restore, follow=True).content.decode()
    others = browse(ana).post(many, {"ids": [str(users[1])], "step": "apply"}, follow=True).content.decode()

    assert "1 license from before was not left." in one
    assert "1 license from before was not left." in others


def test_freeing_and_giving_back_ask_the_database_as_often_for_many_as_for_few(
    change, assign, users, e3, django_assert_max_num_queries
):
    assign(users)

    with django_assert_max_num_queries(13):
        change("delete", users)
    with django_assert_max_num_queries(13):
        change("restore", users)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("USER_FOLLOWERS", ["subscriptions.services.licenses.free_licenses"]),
        ("USER_FOLLOWERS", ["subscriptions.services.licenses.nothing"]),
        ("USER_FILTERS", {"license": "subscriptions.models.License"}),
        ("USER_FILTERS", {"license": "nowhere.Filter"}),
    ],
)
def test_the_portal_does_not_start_with_followers_or_filters_that_are_none(name, value, settings):
    setattr(settings, name, value)
    for read in (followers, user_filters):
        read.cache_clear()

    found = checks.what_settings_name_is_there()

    assert [one.id for one in found] == ["customers.E001"]
    with pytest.raises((ImproperlyConfigured, ImportError)):
        (followers if name == "USER_FOLLOWERS" else user_filters)()
    for read in (followers, user_filters):
        read.cache_clear()
