"""What keeps a subscription from being changed: the relationship, the clock, the agreement, the seats."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Agreement
from partnercenter.errors import Refused
from subscriptions.models import License, Subscription
from subscriptions.services.subscriptions import (
    cancel_subscription,
    reactivate_subscription,
    suspend_subscription,
)
from tests.subscribing import act, change, give, limits, subscribe

E3, CONFERENCING = "Office 365 Enterprise E3", "Audio Conferencing"
WEEK = timedelta(days=7)


@pytest.fixture
def e3(tailspin):
    """A year old already: nothing of it can be given back or canceled any more."""
    return subscribe(tailspin, E3, quantity=10, now=timezone.now() - timedelta(days=200))


def states():
    return dict(Subscription.objects.values_list("name", "status"))


def test_nothing_is_changed_once_the_relationship_has_ended(e3, ana):
    act(suspend_subscription, e3, ana)
    type(e3.customer).objects.filter(pk=e3.customer_id).update(ended_at=timezone.now())

    with pytest.raises(Refused, match="relationship with this customer has ended"):
        act(reactivate_subscription, e3, ana)
    with pytest.raises(Refused, match="relationship with this customer has ended"):
        change(e3, ana, quantity=500)

    assert states() == {E3: "suspended"}


@pytest.mark.parametrize("service", [suspend_subscription, reactivate_subscription, cancel_subscription])
@pytest.mark.parametrize("status", ["active", "suspended", "expired", "disabled"])
def test_what_has_come_to_its_end_waits_for_the_clock(e3, ana, service, status):
    Subscription.objects.update(status=status, due_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(Refused, match="Its time has just run out"):
        act(service, e3, ana)
    with pytest.raises(Refused, match="Its time has just run out"):
        change(e3, ana, auto_renew=False)


def test_seats_are_bought_only_with_an_agreement(e3, ana):
    Agreement.objects.all().delete()

    with pytest.raises(Refused, match="has not accepted the customer agreement yet"):
        change(e3, ana, quantity=11)
    assert change(e3, ana, name="Sales")

    assert limits(e3).why_not_quantity.startswith("The customer has not accepted the customer agreement yet.")


def test_the_reason_at_a_quantity_is_the_one_that_holds(tailspin):
    full = subscribe(tailspin, "Microsoft 365 Business", quantity=300, now=timezone.now() - timedelta(days=100))
    old = subscribe(tailspin, E3, quantity=10, now=timezone.now() - timedelta(days=100))
    new = subscribe(tailspin, E3, quantity=10, name="New")
    give(old, 10)
    License.objects.bulk_create(
        License(subscription=new, user_id=user) for user in License.objects.values_list("user_id", flat=True)[:6]
    )

    assert limits(full).why_not_quantity == (
        "There can be no more of it, and seats can be given back only within 7 days after they were added."
    )
    assert limits(old).quantity_hint == (
        "From 10 to 10,000,000. Seats can be given back only within 7 days after they were added."
    )
    assert limits(new).quantity_hint == ("From 6 to 10,000,000: 6 are assigned to users. Revoke some to have fewer.")
