"""Software purchases: given back as a whole within thirty days; rules, limits, history."""

from datetime import timedelta

import pytest
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from subscriptions.models import SoftwarePurchase
from subscriptions.selectors.software import software_of, why_not_cancel
from subscriptions.services.software import cancel_software
from tests.domains import at_once
from tests.subscribing import buy_software

SECOND = timedelta(seconds=1)
DAYS = SoftwarePurchase.CANCELABLE_FOR


def lines():
    found = Activity.objects.filter(deed=Deed.SOFTWARE_CANCELED).order_by("id")
    return [(line.subject_id, line.actor, line.details) for line in found]


def test_a_purchase_is_canceled_as_a_whole_and_the_history_tells_it(tailspin, ana):
    purchase = buy_software(tailspin, quantity=5)

    cancel_software(purchase, actor=ana.user)

    purchase.refresh_from_db()
    assert (purchase.status, purchase.quantity, purchase.canceled_at is None) == ("canceled", 5, False)
    details = {"Software": "Windows Server 2019, 1 user CAL", "Quantity": 5}
    assert lines() == [(purchase.pk, ana.user, details)]


def test_canceling_twice_is_canceling_once(tailspin, ana):
    purchase = buy_software(tailspin)

    for _click in range(2):
        cancel_software(purchase, actor=ana.user)

    assert len(lines()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_cancel_a_purchase_at_once_cancel_it_once(tailspin, ana, uri):
    purchase = buy_software(tailspin)

    refused = at_once(
        lambda: cancel_software(purchase, actor=ana.user), lambda: cancel_software(purchase, actor=uri.user)
    )

    assert (refused, len(lines())) == ([], 1)


def test_thirty_days_to_the_second_a_purchase_can_be_canceled(tailspin):
    now = timezone.now()
    purchase = buy_software(tailspin, purchased_at=now)

    assert why_not_cancel(purchase, now + DAYS) == ""
    assert "It could be canceled until" in why_not_cancel(purchase, now + DAYS + SECOND)


def test_after_that_a_sentence_names_the_day(tailspin, ana):
    old = buy_software(tailspin, purchased_at=timezone.now() - DAYS - SECOND)

    with pytest.raises(Refused, match="30 days after it was bought") as refused:
        cancel_software(old, actor=ana.user)

    assert str(timezone.localtime(old.cancelable_until).year) in str(refused.value)
    assert lines() == []


def test_an_account_shows_its_own_purchases_and_no_others(tailspin, fabrikam, make_customer):
    purchase = buy_software(tailspin)
    of_stranger = make_customer(fabrikam, "Tailspin of Fabrikam", tenant=tailspin.tenant)

    assert ([*software_of(tailspin)], [*software_of(of_stranger)]) == ([purchase], [])
