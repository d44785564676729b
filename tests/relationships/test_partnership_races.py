"""Answers to invitations that meet each other, a withdrawal, or the clock."""

from datetime import timedelta

import pytest
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.notifications.models import Notification
from partnercenter.partners.models import Partner
from partnercenter.partners.roles import Role
from relationships.models import Partnership
from relationships.services.partnership_answers import accept_invitation
from relationships.services.partnerships import expire_invitations, withdraw_invitation
from tests.partnering import invite
from tests.racing import ROUNDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def accepting(invitation, staff, now=None):
    return lambda: accept_invitation(invitation, now=now or timezone.now(), actor=staff.user)


@pytest.mark.parametrize("_round", range(10))
def test_of_two_resellers_who_accept_one_link_one_has_the_partnership(
    northwind, nora, adam, make_partner, make_staff, _round
):
    trey = make_staff(make_partner("Trey", kind=Partner.Kind.RESELLER), "Tom", Role.GLOBAL_ADMIN)
    invitation = invite(northwind, nora)

    answers = at_once(accepting(invitation, adam), accepting(invitation, trey))

    invitation.refresh_from_db()
    won = [adam, trey][answers.index(True)]
    assert [answer for answer in answers if answer is not True] == [
        "This invitation has been answered by somebody else. Ask Northwind for one of your own."
    ]
    assert invitation.reseller == won.partner
    assert Activity.objects.filter(deed=Deed.PARTNERSHIP_ACCEPTED).count() == 2


@pytest.mark.parametrize("_round", range(10))
def test_two_links_of_one_provider_begin_one_partnership(northwind, nora, adam, _round):
    invitations = [invite(northwind, nora) for _number in range(2)]

    answers = at_once(*(accepting(invitation, adam) for invitation in invitations))

    assert sorted(answers, key=str) == [True, "You work with Northwind already. One partnership is enough."]
    assert Partnership.objects.filter(status="active").count() == 1
    assert Notification.objects.filter(user=nora.user).count() == 1


def test_twenty_clicks_accept_once(northwind, nora, adam):
    invitation = invite(northwind, nora)

    answers = at_once(*[accepting(invitation, adam)] * 20)

    assert answers.count(True) == 1
    assert Activity.objects.filter(deed=Deed.PARTNERSHIP_ACCEPTED).count() == 2


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_link_is_accepted_or_withdrawn(northwind, nora, adam, _round):
    invitation = invite(northwind, nora)

    accepted, withdrawn = at_once(
        accepting(invitation, adam),
        lambda: withdraw_invitation(invitation, now=timezone.now(), actor=nora.user),
    )

    invitation.refresh_from_db()
    assert [accepted is True, withdrawn is True].count(True) == 1
    assert invitation.status == ("active" if accepted is True else "withdrawn")


@pytest.mark.parametrize("_round", range(10))
def test_a_link_is_accepted_or_expires_in_the_last_second(northwind, nora, adam, _round):
    invitation = invite(northwind, nora)
    end = invitation.expires_at

    accepted, expired = at_once(
        accepting(invitation, adam, end - timedelta(microseconds=1)), lambda: expire_invitations(end)
    )

    invitation.refresh_from_db()
    assert (accepted is True) == (expired == 0)
    assert invitation.status == ("expired" if expired else "active")


@pytest.mark.parametrize("_round", range(5))
def test_one_form_that_comes_many_times_at_once_is_one_invitation(northwind, nora, _round):
    answers = at_once(*[lambda: invite(northwind, nora, wish="one").pk] * 8)

    assert len(set(answers)) == 1
    assert Partnership.objects.count() == 1
