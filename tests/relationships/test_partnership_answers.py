"""A reseller's global admin answers an invitation; everybody else reads why they cannot."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.notifications.models import Notification
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Role
from relationships.models import Partnership
from relationships.services.partnership_answers import decline_invitation
from relationships.services.partnerships import remove_partnership, withdraw_invitation
from tests.pages import fingerprint
from tests.partnering import invite


@pytest.fixture
def invitation(northwind, nora):
    return invite(northwind, nora, note="We met in Redmond.")


def link(invitation):
    return reverse("partnerships:invitation", args=[invitation.token])


def answer(client, invitation, word):
    return client.post(f"{link(invitation)}{word}/", follow=True)


def told(response):
    return [str(message) for message in response.context["messages"]]


def lines():
    return list(Activity.objects.order_by("pk").values_list("partner__tenant__name", "deed"))


def test_a_reseller_sees_who_invites_it_and_accepts(browse, invitation, northwind, adatum, nora, adam, make_staff):
    agnes = make_staff(northwind, "Agnes", Role.ADMIN_AGENT)
    make_staff(northwind, "Hugo", Role.HELPDESK_AGENT)
    client = browse(adam)

    shown = client.get(link(invitation)).content.decode()
    accepted = answer(client, invitation, "accept")

    invitation.refresh_from_db()
    notified = {(row.user, str(row), row.url) for row in Notification.objects.all()}
    page = reverse("partnerships:partnership", args=[invitation.pk])
    assert "Northwind invites you to work together" in shown
    assert "We met in Redmond." in shown
    assert northwind.partner_id in shown
    assert told(accepted) == ["You work with Northwind now, and it was told so."]
    assert (invitation.status, invitation.reseller, invitation.accepted_by) == ("active", adatum, adam.user)
    assert lines()[1:] == [("Northwind", Deed.PARTNERSHIP_ACCEPTED), ("Adatum", Deed.PARTNERSHIP_ACCEPTED)]
    assert notified == {
        (person.user, "Adatum accepted your invitation to a partnership.", page) for person in (nora, agnes)
    }


def test_who_invited_is_told_whatever_their_role(browse, northwind, adam, make_staff):
    sam = make_staff(northwind, "Sam", Role.SALES_AGENT)

    answer(browse(adam), invite(northwind, sam), "accept")

    assert [row.user for row in Notification.objects.all()] == [sam.user]


def test_a_reseller_declines(browse, invitation, adatum, adam, nora):
    declined = answer(browse(adam), invitation, "decline")

    invitation.refresh_from_db()
    assert told(declined) == ["The invitation of Northwind is declined, and it was told so."]
    assert (invitation.status, invitation.reseller, invitation.ended_by) == ("declined", adatum, adam.user)
    assert lines()[1:] == [("Northwind", Deed.PARTNERSHIP_DECLINED), ("Adatum", Deed.PARTNERSHIP_DECLINED)]
    assert str(Notification.objects.get(user=nora.user)) == "Adatum declined your invitation to a partnership."


@pytest.mark.parametrize("word", ["accept", "decline"])
def test_an_answer_that_is_sent_twice_is_one(browse, invitation, adam, word):
    client = browse(adam)
    answer(client, invitation, word)
    before = Activity.objects.count(), Notification.objects.count()

    [sentence] = told(answer(client, invitation, word))

    assert sentence.endswith("before.")
    assert (Activity.objects.count(), Notification.objects.count()) == before


def test_an_answer_is_not_turned_round(browse, invitation, adam):
    client = browse(adam)
    answer(client, invitation, "accept")

    refused = answer(client, invitation, "decline")

    invitation.refresh_from_db()
    assert told(refused) == ["Your organization accepted this invitation: you work with Northwind."]
    assert invitation.status == "active"


def of(make_partner, make_staff, *, name="Trey", role=Role.GLOBAL_ADMIN, **options):
    return make_staff(make_partner(name, **options), "Tom", role)


RESELLER = {"kind": Partner.Kind.RESELLER}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "Trey is a direct partner. Only an indirect reseller can accept the invitation of a provider."),
        ({"kind": Partner.Kind.PROVIDER}, "Trey is an indirect provider itself."),
        (
            RESELLER | {"cloud": "germany", "country": "DE"},
            "Northwind is in the Global cloud and Trey in the Germany cloud.",
        ),
        (RESELLER | {"country": "CA"}, "it is in United States, Trey in Canada."),
    ],
)
def test_other_partners_read_why_they_cannot_answer(browse, invitation, make_partner, make_staff, options, sentence):
    client = browse(of(make_partner, make_staff, **options))
    before = fingerprint()

    shown, refused = client.get(link(invitation)), answer(client, invitation, "accept")

    assert sentence in shown.content.decode()
    assert sentence in told(refused)[0]
    assert fingerprint() == before


def test_one_market_has_many_countries(browse, make_partner, make_staff):
    provider = make_partner("Nord", kind=Partner.Kind.PROVIDER, country="DE")
    invitation = invite(provider, make_staff(provider, "Nils", Role.GLOBAL_ADMIN))
    reseller = of(make_partner, make_staff, kind=Partner.Kind.RESELLER, country="FR")

    answer(browse(reseller), invitation, "accept")

    invitation.refresh_from_db()
    assert invitation.status == "active"


def test_people_of_customers_and_of_nobody_read_whom_it_is_for(browse, invitation, carla, django_user_model):
    operator = django_user_model.objects.create_superuser("op@portal.example", display_name="Op")

    answers = [browse(person).get(link(invitation)).content.decode() for person in (carla, operator)]

    assert ["you do not work for a partner" in page for page in answers] == [True, True]
    assert "do not work for a partner" in told(answer(browse(carla), invitation, "accept"))[0]


def test_the_provider_reads_that_it_is_its_own(browse, invitation, nora):
    shown = browse(nora).get(link(invitation)).content.decode()

    assert "This is an invitation of your own organization." in shown
    assert reverse("partnerships:partnership", args=[invitation.pk]) in shown


def test_other_staff_of_the_reseller_read_who_can_answer(browse, invitation, adatum, adam, make_staff):
    sam = browse(make_staff(adatum, "Sam", Role.ADMIN_AGENT))
    for name in ("Ada", "Ben", "Cleo"):
        make_staff(adatum, name, Role.GLOBAL_ADMIN)
    sentence = "Only a Global admin of your organization can answer: Ada, Adam, or Ben."

    shown, posted = sam.get(link(invitation)), sam.post(link(invitation) + "accept/")

    assert sentence in shown.content.decode()
    assert "disabled" in shown.content.decode()
    assert (posted.status_code, sentence in posted.content.decode()) == (403, True)


def test_a_role_that_was_taken_away_answers_nothing(browse, invitation, adam):
    client = browse(adam)
    client.get(link(invitation))
    Staff.objects.filter(pk=adam.pk).update(roles=[Role.USER_ADMIN])

    refused = client.post(link(invitation) + "accept/")

    assert refused.status_code == 403
    assert "It has none at the moment." in refused.content.decode()


def expire(invitation, _nora, _adam):
    Partnership.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def withdraw(invitation, nora, _adam):
    withdraw_invitation(invitation, now=timezone.now(), actor=nora.user)


def decline(invitation, _nora, adam):
    decline_invitation(invitation, now=timezone.now(), actor=adam.user)


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        (expire, "This invitation expired on "),
        (withdraw, "Northwind withdrew this invitation. Ask for a new one to work together."),
        (decline, "Your organization declined this invitation. Ask Northwind for a new one"),
    ],
)
def test_what_has_ended_is_answered_no_more(browse, invitation, nora, adam, before, sentence):
    before(invitation, nora, adam)
    client = browse(adam)

    shown, refused = client.get(link(invitation)), answer(client, invitation, "accept")

    invitation.refresh_from_db()
    assert sentence in shown.content.decode()
    assert sentence in told(refused)[0]
    assert invitation.status != "active"


def test_another_reseller_learns_only_that_somebody_answered(browse, invitation, adam, make_partner, make_staff):
    answer(browse(adam), invitation, "accept")
    other = browse(of(make_partner, make_staff, kind=Partner.Kind.RESELLER))

    shown = other.get(link(invitation)).content.decode()

    assert "This invitation has been answered by somebody else." in shown
    assert "Adatum" not in shown


def test_one_partnership_of_two_partners_is_enough(browse, invitation, partnership, adam):
    refused = answer(browse(adam), invitation, "accept")

    assert told(refused) == ["You work with Northwind already. One partnership is enough."]


def test_who_removed_it_begins_again_by_a_new_invitation(browse, partnership, northwind, nora, adam):
    remove_partnership(partnership, by=northwind, now=timezone.now(), actor=nora.user)
    old = browse(adam).get(link(partnership)).content.decode()
    new = invite(northwind, nora)

    answer(browse(adam), new, "accept")

    new.refresh_from_db()
    assert "the partnership has ended since" in old
    assert new.status == "active"


def test_a_link_that_nobody_made_opens_nothing(browse, adam):
    assert browse(adam).get(reverse("partnerships:invitation", args=["x" * 32])).status_code == 404


def test_the_link_leads_back_after_signing_in(client, invitation):
    answer = client.get(link(invitation))

    assert answer.status_code == 302
    assert link(invitation) in answer.url


@pytest.mark.parametrize("act", ["", "accept/", "decline/"])
def test_a_link_that_no_database_can_hold_leads_nowhere(browse, adam, act):
    client, there = browse(adam), f"/relationships/partnerships/invitations/a%00b/{act}"

    answer = client.post(there) if act else client.get(there)

    assert answer.status_code == 404
