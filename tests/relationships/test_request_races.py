"""Requests that are answered, withdrawn and expire at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from customers.models import Customer
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import Tenant, TenantRole, User
from partnercenter.errors import Refused
from partnercenter.notifications.models import Notification
from relationships.models import RelationshipRequest
from relationships.services.my_requests import accept_request, decline_request
from relationships.services.request_clock import move_requests_on
from relationships.services.request_letters import link_of, propose_letter
from relationships.services.requests import Asked, make_request, token_for, withdraw_request
from tests.asking import ask
from tests.faults.waiting import row_is_waited_for, wait_until
from tests.racing import ROUNDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def lines(deed):
    return Activity.objects.filter(deed=deed).count()


def test_ten_acceptances_at_once_are_one(ana, proseware, paula):
    asked = ask(ana, proseware)

    answers = at_once(*[lambda: accept_request(asked, actor=paula)] * 10)

    assert sorted(answers, key=str) == [False] * 9 + [True]
    assert (Customer.objects.count(), lines(Deed.REQUEST_ACCEPTED), Notification.objects.count()) == (1, 1, 1)


def test_two_requests_of_one_partner_accepted_at_once_make_one_customer(ana, proseware, paula):
    first, second = ask(ana, proseware), ask(ana)

    answers = at_once(lambda: accept_request(first, actor=paula), lambda: accept_request(second, actor=paula))

    assert answers.count(True) == 1
    assert any("is a customer of Contoso already" in str(answer) for answer in answers)
    assert Customer.objects.count() == 1


def test_two_organizations_that_accept_at_once_are_not_both_the_customer(ana, proseware, paula):
    other = Tenant.objects.create(name="Wingtip", cloud="global", country="US")
    other.domains.create(name="wingtip.com", is_primary=True)
    amy = User.objects.create_user("amy@wingtip.com", display_name="Amy", tenant=other, role=TenantRole.GLOBAL_ADMIN)
    asked = ask(ana)

    answers = at_once(lambda: accept_request(asked, actor=paula), lambda: accept_request(asked, actor=amy))

    asked.refresh_from_db()
    assert answers.count(True) == 1
    assert [one.tenant for one in Customer.objects.all()] == [asked.tenant]


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_either_it_is_withdrawn_or_it_is_accepted(ana, proseware, paula, _round):
    asked = ask(ana, proseware, send=False)

    withdrawn, accepted = at_once(
        lambda: withdraw_request(asked, actor=ana.user), lambda: accept_request(asked, actor=paula)
    )

    status = RelationshipRequest.objects.get().status
    assert (withdrawn is True) != (accepted is True)
    assert status == ("accepted" if accepted is True else "withdrawn")
    assert Customer.objects.exists() == (accepted is True)
    assert lines(Deed.REQUEST_ACCEPTED) + lines(Deed.REQUEST_WITHDRAWN) == 1


@pytest.mark.parametrize("_round", range(10))
def test_either_it_is_accepted_or_it_is_declined(ana, proseware, paula, _round):
    asked = ask(ana, proseware, send=False)

    answers = at_once(
        lambda: accept_request(asked, actor=paula), lambda: decline_request(asked, reason="", actor=paula)
    )

    assert answers.count(True) == 1
    assert Customer.objects.exists() == (RelationshipRequest.objects.get().status == "accepted")


@pytest.mark.parametrize("_round", range(10))
def test_in_the_second_of_its_end_it_expires_or_is_accepted(ana, proseware, paula, _round):
    asked = ask(ana, proseware, send=False)

    expired, accepted = at_once(lambda: move_requests_on(asked.expires_at), lambda: accept_request(asked, actor=paula))

    status = RelationshipRequest.objects.get().status
    assert (expired == 1) != (accepted is True)
    assert status == ("accepted" if accepted is True else "expired")
    assert Customer.objects.exists() == (accepted is True)


def test_who_loses_the_role_meanwhile_accepts_nothing(ana, proseware, paula):
    asked = ask(ana, proseware)

    def accept():
        try:
            return accept_request(asked, actor=paula)
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        Tenant.objects.select_for_update(no_key=True).get(pk=proseware.pk)
        User.objects.filter(pk=paula.pk).update(role=TenantRole.USER)
        answer = threads.submit(accept)
        wait_until(row_is_waited_for())

    assert answer.result().startswith("Only a Global admin of your organization can answer this request")
    assert not Customer.objects.exists()
    assert RelationshipRequest.objects.get().is_waiting


def test_it_expires_while_somebody_waits_to_accept(ana, proseware, paula):
    asked = ask(ana, proseware)

    def accept():
        try:
            return accept_request(asked, actor=paula)
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        RelationshipRequest.objects.select_for_update().filter(pk=asked.pk).update(expires_at=timezone.now())
        answer = threads.submit(accept)
        wait_until(row_is_waited_for())

    assert "This request expired on" in answer.result()
    assert not Customer.objects.exists()


def test_ten_clicks_at_once_make_one_request_and_one_letter(ana, proseware, mailoutbox):
    link = link_of(token_for(ana.user, "wish"))
    choice = {"with_privileges": True, "reseller": None, "language": "en"}
    letter = propose_letter(ana.partner, ana.user, link=link, **choice)
    asked = Asked(email="paula@proseware.com", tenant=proseware, letter=letter, **choice)

    answers = at_once(*[lambda: make_request(ana.partner, asked, wish="wish", send=True, actor=ana.user)] * 10)

    assert len({made.pk for made, _is_new in answers}) == 1
    assert [is_new for _made, is_new in answers].count(True) == 1
    assert (RelationshipRequest.objects.count(), lines(Deed.RELATIONSHIP_REQUESTED), len(mailoutbox)) == (1, 1, 1)
