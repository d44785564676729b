"""Whatever begins at the moment at which a relationship ends comes before the end, and stops it, or not at all."""

import pytest

from customers.models import Customer, UserImport
from customers.services.user_changes import start_user_change
from customers.services.user_imports import start_creation, upload_users
from partnercenter.activity.models import Activity, Deed
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from partnercenter.notifications.models import Notification
from relationships.models import PastRelationship
from relationships.services.removal import remove_relationship
from subscriptions.models import Order, Subscription
from subscriptions.services.orders import add_line, draft_for, place_order
from subscriptions.services.subscription_changes import start_subscription_change
from subscriptions.services.subscriptions import reactivate_subscription
from tests.racing import ROUNDS, at_once
from tests.subscribing import OFFERS, subscribe
from tests.uploads import people

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

E3 = "Office 365 Enterprise E3"


def done_at_once(*acts):
    """Which of some acts were done that begin in the same moment."""
    return [outcome is not False and not isinstance(outcome, str) for outcome in at_once(*acts)]


def remove(customer, staff):
    return lambda: remove_relationship(customer, reason="They buy elsewhere.", actor=staff.user)


def has_ended(customer):
    return Customer.objects.get(pk=customer.pk).ended_at is not None


@pytest.fixture
def customers(contoso, make_customer):
    """A customer for each round."""
    return [make_customer(contoso, f"Customer {number}") for number in range(ROUNDS)]


def test_a_purchase_and_the_removal_exclude_each_other(customers, ana):
    for customer in customers:
        add_line(customer, OFFERS[E3], actor=ana.user)
        draft = draft_for(customer, actor=ana.user)

        bought, removed = done_at_once(lambda: place_order(draft, actor=ana.user), remove(customer, ana))  # noqa: B023

        assert bought != removed
        assert Subscription.objects.filter(customer=customer).exists() == bought
        assert Order.objects.filter(customer=customer).exists() == bought
        assert has_ended(customer) == removed


def test_a_reactivation_and_the_removal_exclude_each_other(customers, ana):
    for customer in customers:
        office = subscribe(customer, E3, status="suspended")

        def reactivate(office=office, customer=customer):
            reactivate_subscription(office, customer=customer, actor=ana.user)

        reactivated, removed = done_at_once(reactivate, remove(customer, ana))

        office.refresh_from_db()
        assert reactivated != removed
        assert (office.status == "active") == reactivated
        assert has_ended(customer) == removed


def test_a_job_that_reactivates_and_the_removal_exclude_each_other(customers, ana, contoso):
    for customer in customers[:20]:
        office = subscribe(customer, E3, status="suspended")
        chosen = Subscription.objects.filter(pk=office.pk)
        change = start_subscription_change(contoso, chosen, "reactivate", actor=ana.user)

        _ran, removed = done_at_once(lambda: run_job(change.job_id), remove(customer, ana))  # noqa: B023

        office.refresh_from_db()
        assert (office.status == "suspended") == removed
        assert has_ended(customer) == removed


def test_an_upload_that_is_started_and_the_removal_exclude_each_other(customers, ana):
    for customer in customers:
        content = people(2).replace(b"tailspintoys.com", customer.domain.encode())
        file = upload_users(customer, file_name="users.csv", content=content, actor=ana.user)

        def start(file=file):
            start_creation(file, location="US", skip_faulty=False, actor=ana.user)

        started, removed = done_at_once(start, remove(customer, ana))

        assert started != removed
        assert UserImport.objects.get(pk=file.pk).status == ("creating" if started else "checked")
        assert Job.objects.filter(subject_id=file.pk).exists() == started
        assert has_ended(customer) == removed


def test_a_change_of_many_users_and_the_removal_exclude_each_other(customers, ana):
    for customer in customers[:20]:

        def start(customer=customer):
            start_user_change(customer, [], "block", url="/", actor=ana.user)

        started, removed = done_at_once(start, remove(customer, ana))

        assert started != removed
        assert Job.objects.filter(customer=customer.tenant_id).exists() == started


def test_of_two_removals_at_once_there_is_one(customers, ana):
    for customer in customers[:20]:
        removed = done_at_once(remove(customer, ana), remove(customer, ana))

        assert sorted(removed) == [False, True]
        assert PastRelationship.objects.filter(customer=customer).count() == 1
        lines = Activity.objects.filter(customer=customer.tenant_id, deed=Deed.RELATIONSHIP_REMOVED)
        assert lines.count() == 1


def test_of_twenty_clicks_at_once_the_admins_are_told_once(tailspin, ana, tara):
    removed = done_at_once(*[remove(tailspin, ana)] * 20)

    assert removed.count(True) == 1
    assert Notification.objects.filter(user=tara).count() == 1
