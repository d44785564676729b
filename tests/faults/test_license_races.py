"""Many people want the same seats at once, and somebody gives some back meanwhile: never more than there are."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from partnercenter.directory.models import Tenant
from partnercenter.errors import Refused
from subscriptions.models import License, LicenseChange, LicenseResult, Subscription
from subscriptions.services.holding import hold_subscriptions
from subscriptions.services.license_changes import change_licenses
from subscriptions.services.subscriptions import change_subscription
from tests.domains import at_once
from tests.faults.visiting import Visitor
from tests.faults.waiting import row_is_waited_for, wait_until
from tests.licensing import E3, E5, address, assigned, holders, outcomes, results
from tests.subscribing import subscribe
from tests.users import make_many_users

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

MANY = 50
# Whoever comes to the row in time is told that there is no seat, in the results or before anything is done; whoever
# waits too long for it, that somebody else is at it.
TOO_FEW = "1 license is wanted, 0 are available."
BUSY = "Somebody else is changing this customer right now."


@pytest.fixture
def patient(monkeypatch):
    """Nobody gives up waiting, however busy the machine is."""
    monkeypatch.setattr("partnercenter.locks.PATIENCE", "60s")


def assert_nobody_has_a_seat_that_is_not_there(*subscriptions):
    for one in subscriptions:
        there = Subscription.objects.get(pk=one.pk)
        assert there.assigned == License.objects.filter(subscription=one, freed_at=None).count() <= there.quantity


def test_of_fifty_people_who_press_for_the_last_seat_one_gets_it(web, tailspin, ana):
    last = subscribe(tailspin, E3, quantity=1)
    ids = make_many_users(tailspin, MANY, location="US")
    visitor = Visitor(web, ana)
    press = {"step": "apply", "change": f"add:{last.pk}"}

    with ThreadPoolExecutor(MANY) as threads:
        with transaction.atomic():
            Tenant.objects.select_for_update(no_key=True).get(pk=tailspin.tenant_id)
            pressed = [threads.submit(visitor.post, address(tailspin, "user_licenses", pk), press) for pk in ids]
            wait_until(row_is_waited_for(by=10), seconds=30)
        answers = [one.result() for one in pressed]

    told = list(LicenseResult.objects.values_list("outcome", flat=True))
    sentences = [TOO_FEW in text or BUSY in text for status, text in answers if status != 302]
    assert {status for status, _text in answers} <= {302, 200, 422}
    assert (told.count("assigned"), told.count("no_seat")) == (1, len(told) - 1)
    assert (len(told) + len(sentences), all(sentences)) == (MANY, True)
    assert len(told) >= 8
    assert_nobody_has_a_seat_that_is_not_there(last)
    with pytest.raises(IntegrityError, match="never_more_seats_than_bought"), transaction.atomic():
        License.objects.create(subscription=last, user_id=next(pk for pk in ids if pk not in holders(last)))


def test_of_fifty_changes_for_the_last_seat_one_gets_it(patient, tailspin, ana):
    last = subscribe(tailspin, E3, quantity=1)
    ids = make_many_users(tailspin, MANY, location="US")
    acts = [partial(change_licenses, tailspin, [pk], assign=[last.pk], actor=ana.user) for pk in ids]

    refused = at_once(*acts, behind=tailspin.tenant)

    found = LicenseResult.objects.values_list("outcome", flat=True)
    assert (refused, sorted(found)) == ([], ["assigned"] + ["no_seat"] * (MANY - 1))
    assert (len(holders(last)), assigned(last)) == (1, 1)


class TestAgainstFewerSeats:
    """A thousand users get seats while somebody gives half of these back."""

    THOUSAND, HALF = 1_000, 500

    @pytest.fixture
    def e3(self, tailspin):
        return subscribe(tailspin, E3, quantity=self.THOUSAND)

    @pytest.fixture
    def assign(self, tailspin, ana, e3):
        ids = make_many_users(tailspin, self.THOUSAND, location="US")
        return partial(change_licenses, tailspin, ids, assign=[e3.pk], actor=ana.user)

    @pytest.fixture
    def reduce(self, tailspin, ana, e3):
        seen, values = str(e3.version), {"quantity": self.HALF}
        return partial(change_subscription, e3, values, customer=tailspin, seen=seen, actor=ana.user)

    def one_after_the_other(self, subscription, *acts):
        """Let acts wait for a subscription in this order; what each returned, or its refusal."""

        def go(act):
            try:
                return act()
            except Refused as sentence:
                return str(sentence)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(acts)) as threads:
            with transaction.atomic():
                hold_subscriptions(Subscription.objects.filter(pk=subscription.pk))
                done = []
                for number, act in enumerate(acts, start=1):
                    done.append(threads.submit(go, act))
                    wait_until(row_is_waited_for(by=number), seconds=30)
            return [one.result() for one in done]

    def test_who_is_there_first_keeps_the_seats_and_they_cannot_be_given_back(self, patient, e3, assign, reduce):
        change, refusal = self.one_after_the_other(e3, assign, reduce)

        assert outcomes(results(change)) == ["assigned"] * self.THOUSAND
        assert refusal == (
            "The quantity cannot be 500. From 1,000 to 10,000,000: 1,000 are assigned to users. "
            "Revoke some to have fewer."
        )
        assert_nobody_has_a_seat_that_is_not_there(e3)

    def test_seats_that_were_given_back_are_nobodys(self, patient, e3, assign, reduce):
        changed, change = self.one_after_the_other(e3, reduce, assign)

        assert changed is True
        assert outcomes(results(change)) == ["assigned"] * self.HALF + ["no_seat"] * self.HALF
        assert_nobody_has_a_seat_that_is_not_there(e3)

    def test_whoever_wins_the_seats_are_as_many_as_there_are(self, patient, tailspin, ana):
        ids = make_many_users(tailspin, self.THOUSAND, location="US")
        products = [subscribe(tailspin, E3, quantity=self.THOUSAND) for _round in range(10)]

        for one in products:
            values = {"quantity": self.HALF}
            refused = at_once(
                partial(change_licenses, tailspin, ids, assign=[one.pk], actor=ana.user),
                partial(change_subscription, one, values, customer=tailspin, seen=str(one.version), actor=ana.user),
            )
            won = "assigned" if refused else "reduced"
            assert (won, assigned(one)) in {("assigned", self.THOUSAND), ("reduced", self.HALF)}

        assert_nobody_has_a_seat_that_is_not_there(*products)
        assert LicenseChange.objects.count() == len(products)


def test_two_partners_of_one_organization_wait_for_each_other_in_one_direction(
    patient, tailspin, ana, finn, fabrikam, make_customer
):
    theirs = make_customer(fabrikam, "Tailspin", tenant=tailspin.tenant)
    ours = [subscribe(tailspin, E3, quantity=MANY), subscribe(tailspin, E5, quantity=MANY)]
    other = subscribe(theirs, E3, quantity=MANY)
    ids = make_many_users(tailspin, 20, location="US")
    both, both_backwards = [one.pk for one in ours], [one.pk for one in ours[::-1]]
    acts = []
    for n in range(4):
        acts += [
            partial(change_licenses, tailspin, ids[n:], assign=both, actor=ana.user),
            partial(change_licenses, tailspin, ids[n:], revoke=both_backwards, actor=ana.user),
            partial(change_licenses, theirs, ids[n:], assign=[other.pk], actor=finn.user),
        ]

    refused = at_once(*acts, behind=tailspin.tenant)

    assert refused == []
    assert_nobody_has_a_seat_that_is_not_there(*ours, other)
    assert holders(other) == {*ids}


def test_everybody_holds_subscriptions_in_the_order_of_their_ids(tailspin, django_assert_num_queries):
    products = [subscribe(tailspin, E3), subscribe(tailspin, E5)]
    child = subscribe(tailspin, E3, parent=products[1], pk="00000000-0000-0000-0000-000000000001")

    with transaction.atomic(), django_assert_num_queries(1):
        held = [str(one.pk) for one in hold_subscriptions(Subscription.objects.all())]

    assert held == sorted(str(one.pk) for one in (*products, child))
