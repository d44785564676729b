"""Suspending, reactivating and giving another reseller to many subscriptions: a job with a result for each."""

from functools import partial

import pytest
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from partnercenter.notifications.models import Notification
from partnercenter.partners.roles import Role
from subscriptions.models import Subscription, SubscriptionChange
from subscriptions.services.subscription_changes import change_next_subscriptions, start_subscription_change
from subscriptions.services.subscriptions import reactivate_subscription, suspend_subscription
from tests.subscribing import subscribe

E3 = "Office 365 Enterprise E3"


@pytest.fixture
def in_chunks_of_three(monkeypatch):
    monkeypatch.setattr("subscriptions.tasks.change_next_subscriptions", partial(change_next_subscriptions, size=3))


@pytest.fixture
def ask(contoso, ana):
    """Ask for a change of subscriptions; the change."""

    def start(act, *subscriptions, partner=contoso, actor=ana.user, **options):
        chosen = Subscription.objects.filter(pk__in=[one.pk for one in subscriptions])
        return start_subscription_change(partner, chosen, act, actor=actor, **options)

    return start


@pytest.fixture
def plan(tailspin):
    return subscribe(tailspin, "Azure plan")


@pytest.fixture
def azure(tailspin, plan):
    return [subscribe(tailspin, "Azure subscription", parent=plan, name=f"Azure {number}") for number in range(3)]


def done(change):
    run_job(change.job_id)
    change.job.refresh_from_db()
    return change.job.status, change.job.succeeded, change.job.failed


def outcomes(change):
    """The outcome of each subscription, by its name."""
    return dict(change.items.values_list("subscription__name", "outcome"))


def statuses(*subscriptions):
    return [Subscription.objects.get(pk=one.pk).status for one in subscriptions]


def lines(*deeds):
    return list(Activity.objects.filter(deed__in=deeds).order_by("id").values_list("deed", "details"))


def many(customer, count, **fields):
    return [subscribe(customer, E3, name=f"Office {number:03}", **fields) for number in range(count)]


def test_many_are_suspended_each_once_with_a_line_for_each_and_one_for_all(in_chunks_of_three, ask, ana, tailspin):
    subscriptions = many(tailspin, 7)
    change = ask("suspend", *subscriptions, customer=tailspin)

    ended = done(change)
    again = done(change)

    assert ended == again == (Job.Status.DONE, 7, 0)
    assert set(statuses(*subscriptions)) == {"suspended"}
    assert set(outcomes(change).values()) == {"done"}
    each = Activity.objects.filter(deed=Deed.SUBSCRIPTION_SUSPENDED).values_list("subject_id", flat=True)
    assert sorted(each) == sorted(one.pk for one in subscriptions)
    assert lines(Deed.SUBSCRIPTIONS_SUSPENDED) == [(Deed.SUBSCRIPTIONS_SUSPENDED, {"Subscriptions": 7})]
    notice = Notification.objects.get()
    assert (notice.user_id, notice.url) == (ana.user_id, f"/subscriptions/changes/{change.pk}/")
    assert notice.sentence == "7 subscriptions are suspended now."


def test_what_cannot_be_suspended_is_left_and_it_is_said_why(
    in_chunks_of_three, ask, tailspin, fabrikam, make_customer
):
    names = {"active": "done", "suspended": "same", "expired": "not_active", "disabled": "not_active"}
    names |= {"deleted": "ended", "canceled": "ended"}
    subscriptions = [subscribe(tailspin, E3, name=state, status=state) for state in names]
    strange = subscribe(make_customer(fabrikam, "Wingtip Toys"), E3, name="gone")
    change = ask("suspend", *subscriptions, strange)

    ended = done(change)

    assert ended == (Job.Status.DONE, 2, 5)
    assert outcomes(change) == names | {"gone": "gone"}
    assert statuses(strange) == ["active"]
    assert lines(Deed.SUBSCRIPTIONS_SUSPENDED) == [
        (Deed.SUBSCRIPTIONS_SUSPENDED, {"Subscriptions": 1, "Left as they were": 6})
    ]
    assert Notification.objects.get().sentence == ("1 subscription is suspended now. 6 were left: the results say why.")


def test_what_cannot_be_reactivated_is_left_and_it_is_said_why(ask, tailspin, plan):
    names = {"active": "same", "suspended": "done", "expired": "not_suspended", "disabled": "not_suspended"}
    names |= {"deleted": "ended", "canceled": "ended"}
    subscriptions = [subscribe(tailspin, E3, name=state, status=state) for state in names]
    Subscription.objects.filter(pk=plan.pk).update(status="suspended")
    child = subscribe(tailspin, "Azure subscription", parent=plan, name="child", status="suspended", with_parent=True)
    change = ask("reactivate", *subscriptions, child)

    ended = done(change)

    assert ended == (Job.Status.DONE, 2, 5)
    assert outcomes(change) == names | {"child": "parent"}


def test_an_account_that_has_ended_is_left(ask, tailspin):
    subscription = subscribe(tailspin, E3, status="suspended")
    type(tailspin).objects.filter(pk=tailspin.pk).update(ended_at=timezone.now())
    change = ask("reactivate", subscription)

    done(change)

    assert outcomes(change) == {subscription.name: "gone"}


@pytest.mark.parametrize("size", [1, 2, 100])
def test_children_selected_with_their_parent_go_and_come_back_with_it(size, monkeypatch, ask, plan, azure):
    monkeypatch.setattr("subscriptions.tasks.change_next_subscriptions", partial(change_next_subscriptions, size=size))
    suspended = ask("suspend", *azure, plan)

    ended = done(suspended)
    following = Subscription.objects.filter(parent=plan, status="suspended", with_parent=True).count()
    reactivated = ask("reactivate", *azure, plan)
    back = done(reactivated)

    assert ended == back == (Job.Status.DONE, 4, 0)
    assert following == 3
    assert set(outcomes(suspended).values()) == set(outcomes(reactivated).values()) == {"done"}
    assert set(statuses(plan, *azure)) == {"active"}


def test_children_that_were_not_selected_go_along_and_are_no_result(ask, plan, azure):
    change = ask("suspend", plan)

    done(change)

    assert set(statuses(plan, *azure)) == {"suspended"}
    assert outcomes(change) == {"Azure plan": "done"}
    assert Activity.objects.filter(deed=Deed.SUBSCRIPTION_SUSPENDED).count() == 4


def test_a_child_alone_is_suspended_without_its_parent(ask, plan, azure):
    change = ask("suspend", azure[0])

    done(change)

    assert statuses(plan, *azure) == ["active", "suspended", "active", "active"]


def test_a_canceled_job_leaves_the_rest_waiting(monkeypatch, ask, tailspin):
    change = ask("suspend", *many(tailspin, 10))

    def and_cancel(found):
        progress = change_next_subscriptions(found, size=4)
        Job.objects.filter(pk=change.job_id).update(cancel_requested_at=timezone.now())
        return progress

    monkeypatch.setattr("subscriptions.tasks.change_next_subscriptions", and_cancel)

    ended = done(change)

    assert ended == (Job.Status.CANCELED, 4, 0)
    assert change.items.filter(outcome="waiting").count() == 6
    assert Subscription.objects.filter(status="suspended").count() == 4
    assert lines(Deed.SUBSCRIPTIONS_SUSPENDED) == [
        (Deed.SUBSCRIPTIONS_SUSPENDED, {"Subscriptions": 4, "Left as they were": 6})
    ]


@pytest.fixture
def provider(northwind, adatum, make_customer, make_staff):
    """The customer of a provider, whose reseller is Adatum, and the provider's admin."""
    customer = make_customer(northwind, "Proseware", reseller=adatum)
    return customer, make_staff(northwind, "Nora", Role.GLOBAL_ADMIN).user


def test_a_provider_gives_subscriptions_another_reseller_and_the_log_tells_both(
    in_chunks_of_three, ask, provider, northwind, adatum
):
    customer, nora = provider
    subscriptions = [subscribe(customer, E3, name=f"Office {number}", reseller=None) for number in range(4)]
    has_it = subscribe(customer, E3, name="Has it")
    change = ask("reseller", *subscriptions, has_it, partner=northwind, actor=nora, reseller=adatum)

    ended = done(change)

    assert ended == (Job.Status.DONE, 5, 0)
    assert outcomes(change)["Has it"] == "same"
    assert {one.reseller_id for one in Subscription.objects.all()} == {adatum.pk}
    assert lines(Deed.SUBSCRIPTION_CHANGED) == [
        (Deed.SUBSCRIPTION_CHANGED, {"Subscription": name, "Reseller": ["", "Adatum"]})
        for name in [details["Subscription"] for _deed, details in lines(Deed.SUBSCRIPTION_CHANGED)]
    ]
    assert len(lines(Deed.SUBSCRIPTION_CHANGED)) == 4
    assert lines(Deed.SUBSCRIPTIONS_RESELLER_CHANGED) == [
        (
            Deed.SUBSCRIPTIONS_RESELLER_CHANGED,
            {"Subscriptions": 4, "Left as they were": 1, "Reseller": "Adatum"},
        )
    ]


def test_a_reseller_can_be_taken_away(ask, provider, northwind):
    customer, nora = provider
    subscription = subscribe(customer, E3)
    change = ask("reseller", subscription, partner=northwind, actor=nora, reseller=None)

    done(change)

    subscription.refresh_from_db()
    assert (subscription.reseller, subscription.version) == (None, 2)
    assert lines(Deed.SUBSCRIPTION_CHANGED)[0][1]["Reseller"] == ["Adatum", ""]


def test_only_providers_choose_a_reseller_and_only_one_of_theirs(ask, provider, northwind, contoso, fabrikam, tailspin):
    customer, nora = provider

    with pytest.raises(Refused, match="Only indirect providers sell through resellers"):
        ask("reseller", subscribe(tailspin, E3))
    with pytest.raises(Refused, match="Fabrikam is not one of your resellers any more"):
        ask("reseller", subscribe(customer, E3), partner=northwind, actor=nora, reseller=fabrikam)

    assert Job.objects.count() == 0


def test_nothing_and_too_many_are_refused(monkeypatch, ask, tailspin):
    monkeypatch.setattr("subscriptions.services.subscription_changes.MOST", 2)

    with pytest.raises(Refused, match="No subscription is selected"):
        ask("suspend")
    with pytest.raises(Refused, match="At most 2 subscriptions"):
        ask("suspend", *many(tailspin, 3))

    assert (Job.objects.count(), SubscriptionChange.objects.count()) == (0, 0)


def test_each_subscription_is_as_one_alone_would_be(ask, ana, tailspin):
    one, other = many(tailspin, 2)
    suspend_subscription(one, customer=tailspin, actor=ana.user)
    done(ask("suspend", other))
    suspended = kept(one, other)
    reactivate_subscription(one, customer=tailspin, actor=ana.user)
    done(ask("reactivate", other))

    reactivated = kept(one, other)

    assert suspended[0] == suspended[1]
    assert reactivated[0] == reactivated[1]


def kept(*subscriptions):
    """What a row has after a change, but for moments of each alone."""
    names = ("status", "with_parent", "version", "quantity", "auto_renew", "reseller_id")
    rows = [Subscription.objects.get(pk=one.pk) for one in subscriptions]
    return [
        [getattr(row, name) for name in names] + [row.due_at == row.term_ends_at, row.status_at is not None]
        for row in rows
    ]


def test_a_chunk_asks_the_database_as_often_for_many_as_for_few(ask, tailspin, django_assert_max_num_queries):
    change = ask("suspend", *many(tailspin, 60))

    with django_assert_max_num_queries(9):
        change_next_subscriptions(change)
