from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from partnercenter.activity.models import Activity, Deed
from subscriptions.models import License, Subscription
from subscriptions.services.life_cycle import move_on
from subscriptions.services.states import reactivate_held, suspend_held
from subscriptions.tasks import move_subscriptions_on
from tests.subscribing import subscribe
from tests.users import make_many_users

E3, CONFERENCING, TRIAL = "Office 365 Enterprise E3", "Audio Conferencing", "Office 365 Enterprise E3 Trial"
BOUGHT = datetime(2023, 3, 15, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def after(years=0, days=0):
    return BOUGHT.replace(year=BOUGHT.year + years) + days * DAY


def state(subscription):
    subscription.refresh_from_db()
    return subscription.status


def deeds(subscription):
    lines = Activity.objects.filter(subject_id=subscription.pk).order_by("at", "id")
    return [(line.deed, line.at) for line in lines]


@pytest.fixture
def e3(tailspin):
    return subscribe(tailspin, E3, quantity=10, now=BOUGHT)


def test_nothing_happens_before_the_end_of_a_term(e3):
    assert move_on(after(years=1) - timedelta(seconds=1)) == 0
    assert state(e3) == "active"


def test_a_term_is_renewed_at_its_end(e3):
    taken = move_on(after(years=1))

    e3.refresh_from_db()
    assert (taken, e3.status, e3.terms) == (1, "active", 2)
    assert (e3.term_begun_at, e3.term_ends_at, e3.due_at) == (after(1), after(2), after(2))
    assert deeds(e3) == [(Deed.SUBSCRIPTION_RENEWED, after(1))]


def test_what_is_not_renewed_expires_is_disabled_and_deleted(e3):
    Subscription.objects.update(auto_renew=False)
    seen = {}

    for days in (0, 29, 30, 119, 120, 121):
        move_on(after(years=1, days=days))
        seen[days] = state(e3)

    assert seen == {0: "expired", 29: "expired", 30: "disabled", 119: "disabled", 120: "deleted", 121: "deleted"}
    assert deeds(e3) == [
        (Deed.SUBSCRIPTION_EXPIRED, after(1)),
        (Deed.SUBSCRIPTION_DISABLED, after(1, days=30)),
        (Deed.SUBSCRIPTION_DELETED, after(1, days=120)),
    ]
    assert e3.due_at is None


def test_what_is_suspended_at_the_end_of_its_term_is_disabled_for_thirty_days(e3, ana):
    suspend_held([e3.pk], now=after(days=200), actor=ana.user)
    seen = {}

    for days in (-1, 0, 29, 30):
        move_on(after(years=1, days=days))
        seen[days] = state(e3)

    assert seen == {-1: "suspended", 0: "disabled", 29: "disabled", 30: "deleted"}


def test_a_trial_expires_after_its_month(tailspin):
    trial = subscribe(tailspin, TRIAL, now=BOUGHT)

    move_on(datetime(2023, 4, 15, 10, tzinfo=UTC))

    assert state(trial) == "expired"


def test_a_clock_that_stood_still_for_years_takes_every_step_when_it_was_due(e3):
    taken = move_on(after(years=5, days=1))

    e3.refresh_from_db()
    assert (taken, e3.terms, e3.term_ends_at) == (5, 6, after(6))
    assert deeds(e3) == [(Deed.SUBSCRIPTION_RENEWED, after(years)) for years in (1, 2, 3, 4, 5)]


def test_a_clock_that_stood_still_also_ends_what_should_have_ended(e3):
    Subscription.objects.update(auto_renew=False)

    move_on(after(years=2))

    assert state(e3) == "deleted"
    assert [at for _deed, at in deeds(e3)] == [after(1), after(1, days=30), after(1, days=120)]


def test_an_add_on_is_renewed_together_with_its_base(e3, tailspin):
    add_on = subscribe(tailspin, CONFERENCING, parent=e3, quantity=5, now=after(days=100))

    move_on(after(years=3, days=1))

    e3.refresh_from_db()
    add_on.refresh_from_db()
    assert (add_on.status, add_on.term_ends_at, add_on.due_at) == ("active", e3.term_ends_at, e3.due_at)
    assert e3.term_ends_at == after(4)
    assert [at for _deed, at in deeds(add_on)] == [after(1), after(2), after(3)]


def test_an_add_on_goes_the_way_of_its_base(e3, tailspin):
    add_on = subscribe(tailspin, CONFERENCING, parent=e3, now=after(days=100))
    Subscription.objects.filter(pk=e3.pk).update(auto_renew=False)
    seen = []

    for days in (0, 30, 120):
        move_on(after(years=1, days=days))
        seen.append((state(e3), state(add_on)))

    assert seen == [("expired", "expired"), ("disabled", "disabled"), ("deleted", "deleted")]
    assert [line.details["Together with"] for line in Activity.objects.filter(subject_id=add_on.pk)] == [E3] * 3


def test_an_add_on_that_is_not_renewed_leaves_its_base_alone(e3, tailspin):
    add_on = subscribe(tailspin, CONFERENCING, parent=e3, now=after(days=100), auto_renew=False)

    move_on(after(years=1))

    assert (state(e3), state(add_on)) == ("active", "expired")


def test_an_add_on_suspended_by_itself_is_disabled_while_its_base_goes_on(e3, tailspin, ana):
    add_on = subscribe(tailspin, CONFERENCING, parent=e3, now=after(days=100))
    suspend_held([add_on.pk], now=after(days=200), actor=ana.user)

    move_on(after(years=1))

    assert (state(e3), state(add_on)) == ("active", "disabled")


def test_what_was_reactivated_is_renewed_as_if_nothing_had_been(e3, tailspin, ana):
    add_on = subscribe(tailspin, CONFERENCING, parent=e3, now=after(days=100))
    suspend_held([e3.pk], now=after(days=200), actor=ana.user)
    e3.refresh_from_db()
    reactivate_held([e3.pk], now=after(days=200), actor=ana.user)

    move_on(after(years=1))

    assert (state(e3), state(add_on)) == ("active", "active")
    assert (e3.term_ends_at, add_on.term_ends_at) == (after(2), after(2))


def test_what_is_deleted_has_no_licenses_any_more(e3, tailspin):
    users = make_many_users(tailspin, 3)
    License.objects.bulk_create(License(subscription=e3, user_id=user) for user in users)
    Subscription.objects.filter(pk=e3.pk).update(auto_renew=False)
    counts = []

    for days in (0, 30, 120):
        move_on(after(years=1, days=days))
        e3.refresh_from_db()
        counts.append((e3.assigned, License.objects.count()))

    assert counts == [(3, 3), (3, 3), (0, 0)]


def test_what_goes_on_without_a_term_never_becomes_due(tailspin):
    plan = subscribe(tailspin, "Azure plan", now=BOUGHT)

    taken = move_on(after(years=50))

    assert (taken, state(plan)) == (0, "active")


def test_many_are_moved_in_chunks_and_in_a_fixed_number_of_questions(tailspin, django_assert_max_num_queries):
    for number in range(12):
        subscribe(tailspin, E3, now=BOUGHT + timedelta(minutes=number))

    with django_assert_max_num_queries(6 * 4 + 6):
        taken = move_on(after(years=1, days=1), size=3)

    assert taken == 12
    assert set(Subscription.objects.values_list("terms", flat=True)) == {2}


def test_a_go_that_is_limited_leaves_the_rest_for_the_next_one(tailspin):
    for number in range(5):
        subscribe(tailspin, E3, now=BOUGHT + timedelta(minutes=number))

    taken = [move_on(after(years=1, days=1), size=2, chunks=1) for _go in range(4)]

    assert taken == [2, 2, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_what_somebody_holds_waits_for_the_next_go(e3):
    with transaction.atomic():
        Subscription.objects.select_for_update().get(pk=e3.pk)
        taken = _in_another_connection(lambda: move_on(after(years=1)))

    assert (taken, move_on(after(years=1))) == (0, 1)


def _in_another_connection(act):
    from concurrent.futures import ThreadPoolExecutor

    def go():
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(go).result(timeout=20)


def test_the_clock_takes_the_steps_that_are_due_now(tailspin):
    gone = subscribe(tailspin, E3, now=BOUGHT, auto_renew=False)

    move_subscriptions_on()

    assert state(gone) == "deleted"
