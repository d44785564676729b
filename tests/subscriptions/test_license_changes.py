"""Licenses that users get and lose: a result for each, never more than there are."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import cancel_job, run_job
from partnercenter.notifications.models import Notification
from subscriptions.models import License, LicenseChange, Subscription
from subscriptions.services.license_changes import change_licenses, change_next_licenses
from tests.licensing import E3, E5, assigned, holders, outcomes, results
from tests.subscribing import subscribe
from tests.users import make_many_users


@pytest.fixture
def e3(tailspin):
    return subscribe(tailspin, E3, quantity=5)


@pytest.fixture
def e5(tailspin):
    return subscribe(tailspin, E5, quantity=5)


@pytest.fixture
def ask(tailspin, ana):
    """Change licenses of users; what came of each, by user and product."""

    def start(ids, *, assign=(), revoke=(), customer=tailspin):
        change = change_licenses(
            customer, ids, assign=[one.pk for one in assign], revoke=[one.pk for one in revoke], actor=ana.user
        )
        return results(change)

    return start


def details():
    return [line.details for line in Activity.objects.filter(deed=Deed.LICENSES_CHANGED).order_by("id")]


def test_users_get_a_license_and_lose_it_again(ask, tailspin, e3):
    ids = make_many_users(tailspin, 3, location="US")

    got = ask(ids, assign=[e3])
    with_it = (holders(e3), assigned(e3))
    lost = ask(ids[:2], revoke=[e3])

    assert got == [(pk, "assigned") for pk in ids]
    assert with_it == (set(ids), 3)
    assert lost == [(pk, "revoked") for pk in ids[:2]]
    assert (holders(e3), assigned(e3)) == ({ids[2]}, 1)


def test_who_comes_first_gets_the_seats_that_are_left(ask, tailspin, e3):
    ids = make_many_users(tailspin, 7, location="US")
    in_this_order = [ids[number] for number in (6, 0, 5, 1, 4, 2, 3)]

    got = ask(in_this_order, assign=[e3])

    assert got == [(pk, "assigned") for pk in in_this_order[:5]] + [(pk, "no_seat") for pk in in_this_order[5:]]
    assert (holders(e3), assigned(e3)) == (set(in_this_order[:5]), 5)


def test_each_license_has_a_result_that_says_why(ask, tailspin, carla, e3):
    somewhere, nowhere, deleted, has_it, blocked = make_many_users(tailspin, 5, location="US")
    User.objects.filter(pk=nowhere).update(location="")
    User.objects.filter(pk=deleted).update(deleted_at=timezone.now())
    User.objects.filter(pk=blocked).update(blocked_at=timezone.now())
    ask([has_it], assign=[e3])

    got = ask([somewhere, nowhere, deleted, has_it, blocked, carla.pk], assign=[e3])
    lost = ask([nowhere, has_it], revoke=[e3])

    assert got == [
        (somewhere, "assigned"),
        (nowhere, "no_location"),
        (deleted, "gone"),
        (has_it, "had"),
        (blocked, "assigned"),
        (carla.pk, "gone"),
    ]
    assert lost == [(nowhere, "had_not"), (has_it, "revoked")]
    assert holders(e3) == {somewhere, blocked}


def test_whoever_cannot_get_a_license_takes_nobodys_seat(ask, tailspin, e3):
    nowhere, *others = make_many_users(tailspin, 6, location="US")
    User.objects.filter(pk=nowhere).update(location="")

    got = ask([nowhere, *others], assign=[e3])

    assert outcomes(got) == ["no_location"] + ["assigned"] * 5


@pytest.mark.parametrize("status", ["suspended", "expired", "disabled"])
def test_only_what_is_active_is_assigned_but_everything_is_revoked(status, ask, tailspin, e3):
    has_it, other = make_many_users(tailspin, 2, location="US")
    ask([has_it], assign=[e3])
    Subscription.objects.filter(pk=e3.pk).update(status=status)

    got = ask([has_it, other], assign=[e3])
    lost = ask([has_it, other], revoke=[e3])

    assert (outcomes(got), outcomes(lost)) == (["had", "not_active"], ["revoked", "had_not"])
    assert assigned(e3) == 0


def test_one_product_takes_the_place_of_another(ask, tailspin, e3, e5):
    ids = make_many_users(tailspin, 2, location="US")
    ask(ids, assign=[e3])

    changed = ask(ids, assign=[e5], revoke=[e3])

    assert sorted(outcomes(changed)) == ["assigned", "assigned", "revoked", "revoked"]
    assert (holders(e3), holders(e5)) == (set(), set(ids))


def test_whoever_is_chosen_twice_gets_one_license(ask, tailspin, e3):
    [kim] = make_many_users(tailspin, 1, location="US")

    got = ask([kim, kim], assign=[e3])

    assert got == [(kim, "assigned")]
    assert assigned(e3) == 1


@pytest.mark.parametrize("offer", ["Office 365 Extra File Storage", "Power BI Premium P1"])
def test_what_serves_the_whole_organization_is_not_assigned(offer, ask, tailspin):
    serves_all = subscribe(tailspin, offer)

    with pytest.raises(Refused, match="A product that you chose is not there any more"):
        ask(make_many_users(tailspin, 1, location="US"), assign=[serves_all])

    assert LicenseChange.objects.count() == 0


def test_what_another_partner_sold_is_not_assigned(ask, tailspin, finn, make_customer, fabrikam):
    theirs = subscribe(make_customer(fabrikam, "Tailspin", tenant=tailspin.tenant), E3)

    with pytest.raises(Refused, match="not there any more"):
        ask(make_many_users(tailspin, 1, location="US"), assign=[theirs])


def test_a_reseller_assigns_what_its_provider_sold_with_it_on_record(
    northwind, adatum, make_customer, make_staff, tailspin
):
    sold = make_customer(northwind, "Tailspin", tenant=tailspin.tenant, reseller=adatum)
    through = make_customer(adatum, "Tailspin", tenant=tailspin.tenant, provider=northwind)
    adam = make_staff(adatum, "Adam", "global_admin")
    with_it, without = subscribe(sold, E3), subscribe(sold, E5, reseller=None)
    ids = make_many_users(tailspin, 1, location="US")

    change = change_licenses(through, ids, assign=[with_it.pk], actor=adam.user)
    with pytest.raises(Refused):
        change_licenses(through, ids, assign=[without.pk], actor=adam.user)

    assert outcomes(results(change)) == ["assigned"]
    assert [line.partner for line in Activity.objects.filter(deed=Deed.LICENSES_CHANGED)] == [adatum]


def test_the_log_tells_numbers_products_and_the_names_of_a_few(ask, tailspin, e3, e5):
    ids = make_many_users(tailspin, 6, location="US")
    ask(ids[:1], assign=[e5])

    ask(ids, assign=[e3], revoke=[e5])

    assert details()[1] == {
        "Users": 6,
        "Selected": ", ".join(f"kim.{number}@tailspintoys.onmicrosoft.com" for number in range(6)),
        "To be assigned": E3,
        "To be revoked": E5,
        "Licenses assigned": 5,
        "Licenses revoked": 1,
        "Left as they were": 1,
    }


def test_a_line_about_one_product_belongs_to_its_history(ask, tailspin, e3, e5):
    ids = make_many_users(tailspin, 11, location="US")

    ask(ids, assign=[e3])
    ask(ids, assign=[e3, e5])

    subjects = Activity.objects.filter(deed=Deed.LICENSES_CHANGED).order_by("id").values_list("subject_id", flat=True)
    assert list(subjects) == [e3.pk, None]
    assert "Selected" not in details()[0]


def test_one_product_is_not_assigned_and_revoked_at_once(ask, tailspin, e3):
    with pytest.raises(ValueError, match="assigned or revoked"):
        ask(make_many_users(tailspin, 1), assign=[e3], revoke=[e3])


def test_the_database_lets_nobody_have_a_seat_that_is_not_there(ask, tailspin, e3):
    *ids, one_more = make_many_users(tailspin, 6, location="US")
    ask(ids, assign=[e3])

    with pytest.raises(IntegrityError, match="never_more_seats_than_bought"), transaction.atomic():
        License.objects.create(subscription=e3, user_id=one_more)

    assert assigned(e3) == 5


def test_a_change_asks_the_database_as_often_for_many_as_for_few(ask, tailspin, e3, e5, django_assert_max_num_queries):
    ids = make_many_users(tailspin, 900, location="US")

    with django_assert_max_num_queries(13):
        ask(ids, assign=[e3], revoke=[e5])


class TestByAJob:
    """More than a thousand users are changed by a job."""

    @pytest.fixture(autouse=True)
    def _in_chunks_of_three(self, monkeypatch):
        monkeypatch.setattr("subscriptions.services.license_changes.AT_ONCE", 2)
        monkeypatch.setattr("subscriptions.tasks.change_next_licenses", partial(change_next_licenses, size=3))

    @pytest.fixture
    def start(self, tailspin, ana, e3):
        def begin(ids, **options):
            options = options or {"assign": [e3.pk]}
            return change_licenses(tailspin, ids, actor=ana.user, **options)

        return begin

    def test_a_job_visits_each_user_once_and_says_so(self, start, tailspin, ana, e3):
        ids = make_many_users(tailspin, 8, location="US")
        change = start(ids)

        run_job(change.job.pk)
        run_job(change.job.pk)

        change.refresh_from_db()
        change.job.refresh_from_db()
        assert results(change) == [(pk, "assigned") for pk in ids[:5]] + [(pk, "no_seat") for pk in ids[5:]]
        assert (change.job.status, change.job.succeeded, change.job.failed) == (Job.Status.DONE, 5, 3)
        assert (change.user_ids, change.total, change.visited) == ([], 8, 8)
        assert details() == [
            {"Users": 8, "To be assigned": E3, "Licenses assigned": 5, "Left as they were": 3},
        ]
        notice = Notification.objects.get()
        assert (notice.user_id, notice.url) == (ana.user_id, change.job.url)
        assert notice.sentence == (
            "Licenses of users of Tailspin Toys: 5 assigned, 0 revoked. 3 were left: the results say why."
        )

    def test_one_wish_is_one_job(self, start, e3):
        ids = make_many_users(e3.customer, 8, location="US")

        changes = [start(ids, assign=[e3.pk], wish=wish) for wish in "112"]

        assert changes[0] == changes[1] != changes[2]
        assert Job.objects.count() == 2

    def test_a_user_who_got_only_some_counts_as_failed(self, start, tailspin, e3, e5):
        ids = make_many_users(tailspin, 6, location="US")
        change = start(ids, assign=[e3.pk, e5.pk])
        Subscription.objects.filter(pk=e5.pk).update(quantity=6)

        run_job(change.job.pk)

        change.job.refresh_from_db()
        assert (change.job.succeeded, change.job.failed) == (5, 1)

    def test_a_canceled_job_leaves_the_rest_as_they_were(self, monkeypatch, start, tailspin, e3):
        change = start(make_many_users(tailspin, 5, location="US"))

        def and_cancel(one):
            progress = change_next_licenses(one, size=2)
            Job.objects.filter(pk=change.job_id).update(cancel_requested_at="2026-01-01T00:00Z")
            return progress

        monkeypatch.setattr("subscriptions.tasks.change_next_licenses", and_cancel)

        run_job(change.job.pk)

        assert outcomes(results(change)) == ["assigned", "assigned"]
        assert details()[0]["Left as they were"] == 3

    def test_a_job_that_nobody_had_begun_changes_nobody_when_it_is_canceled(self, start, tailspin, ana, e3):
        change = start(make_many_users(tailspin, 5, location="US"))

        cancel_job(change.job, actor=ana.user)

        assert (results(change), assigned(e3)) == ([], 0)
        assert details()[0]["Left as they were"] == 5

    def test_a_chunk_that_failed_is_done_again_from_where_it_stood(self, monkeypatch, start, tailspin, e3):
        ids = make_many_users(tailspin, 5, location="US")
        change = start(ids)
        broken = iter([False, True])

        def and_break(one):
            progress = change_next_licenses(one, size=3)
            if next(broken, False):
                raise RuntimeError("the power went")
            return progress

        monkeypatch.setattr("subscriptions.tasks.change_next_licenses", and_break)

        run_job(change.job.pk)
        halfway = outcomes(results(change))
        Job.objects.update(due_at=timezone.now())
        run_job(change.job.pk)

        assert halfway == ["assigned"] * 3
        assert results(change) == [(pk, "assigned") for pk in ids]
        assert assigned(e3) == 5

    def test_nothing_is_assigned_any_more_once_the_relationship_has_ended(self, start, tailspin, e3):
        change = start(make_many_users(tailspin, 3, location="US"))
        type(tailspin).objects.filter(pk=tailspin.pk).update(ended_at=timezone.now())

        run_job(change.job.pk)

        change.job.refresh_from_db()
        assert (change.job.status, change.job.error) == ("failed", Job.Error.RELATIONSHIP_ENDED)
        assert results(change) == []
        assert assigned(e3) == 0

    def test_a_product_that_was_canceled_meanwhile_is_not_assigned(self, start, tailspin, e3):
        change = start(make_many_users(tailspin, 3, location="US"))
        Subscription.objects.filter(pk=e3.pk).update(status="canceled")

        run_job(change.job.pk)

        assert set(outcomes(results(change))) == {"not_active"}
