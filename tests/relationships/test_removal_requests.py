"""What a partner has asked of a customer does not outlive the relationship that it removes."""

import pytest
from django.utils import timezone

from customers.models import Customer
from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from relationships.services.my_requests import accept_request
from relationships.services.removal import remove_relationship
from tests.asking import ask
from tests.subscribing import subscribe


@pytest.fixture
def without_privileges(tailspin):
    """Tailspin Toys as a customer that has not granted Contoso delegated privileges."""
    Customer.objects.filter(pk=tailspin.pk).update(admin_privileges_at=None)
    tailspin.refresh_from_db()
    return tailspin


@pytest.fixture
def asked(without_privileges, ana):
    return ask(ana, without_privileges.tenant, email="tara@tailspintoys.com")


def test_a_request_that_waits_is_withdrawn_and_brings_nothing_back(asked, without_privileges, ana, tara):
    remove_relationship(without_privileges, reason="They buy elsewhere.", actor=ana.user)

    asked.refresh_from_db()
    assert (asked.status, asked.ended_by) == ("withdrawn", ana.user)
    assert Activity.objects.filter(deed=Deed.REQUEST_WITHDRAWN, subject_id=asked.pk).count() == 1
    with pytest.raises(Refused):
        accept_request(asked, actor=tara)
    assert Customer.objects.get(pk=without_privileges.pk).ended_at is not None


def test_requests_of_others_go_on(asked, without_privileges, finn, ana):
    other = ask(finn, without_privileges.tenant, email="tara@tailspintoys.com")

    remove_relationship(without_privileges, reason="They buy elsewhere.", actor=ana.user)

    other.refresh_from_db()
    assert other.status == "waiting"


def test_what_stands_in_the_way_of_the_removal_leaves_the_request_as_it_is(asked, without_privileges, ana):
    subscribe(without_privileges, "Office 365 Enterprise E3")

    with pytest.raises(Refused):
        remove_relationship(without_privileges, reason="They buy elsewhere.", actor=ana.user)

    asked.refresh_from_db()
    assert asked.status == "waiting"


def test_a_request_that_was_made_after_the_end_brings_the_customer_back(without_privileges, ana, tara):
    remove_relationship(without_privileges, reason="They buy elsewhere.", actor=ana.user)

    again = ask(ana, without_privileges.tenant, email="tara@tailspintoys.com")
    assert remove_relationship(without_privileges, reason="Once more", actor=ana.user) is False
    accept_request(again, actor=tara)

    account = Customer.objects.get(pk=without_privileges.pk)
    assert account.ended_at is None
    assert account.begun_at <= timezone.now()
