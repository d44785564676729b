"""A provider invites a reseller by a link: the form, the letter, sending again, withdrawing, the clock."""

from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from partnercenter.partners.roles import Action, Role, denial
from relationships.models import Partnership
from relationships.services.partnerships import expire_invitations, remove_partnership, send_again
from relationships.tasks import expire_partnership_invitations
from tests.mailserver import link_in, words_of
from tests.partnering import invite
from tests.test_access import STRANGE

INVITE = "/relationships/partnerships/invite/"
FIELDS = ("email", "language", "note", "again", "wish", "step")


@pytest.fixture(autouse=True)
def _fresh_counters(db):
    caches["default"].clear()


def typed(**values):
    return {"email": "adam@adatum.com", "language": "en", "note": "", "wish": uuid4().hex, "step": "send"} | values


def page(invitation):
    return reverse("partnerships:partnership", args=[invitation.pk])


def told(response):
    return [str(message) for message in response.context["messages"]]


def deeds(partner):
    return list(Activity.objects.filter(partner=partner).order_by("pk").values_list("deed", flat=True))


def test_a_provider_invites_a_reseller_by_mail(browse, nora, northwind, mail_server):
    answer = browse(nora).post(INVITE, typed(email="Adam@Adatum.com", note="We met  in\nRedmond."), follow=True)

    invitation = Partnership.objects.get()
    [mail] = mail_server.arrived()
    assert told(answer) == ["The invitation is on its way to adam@adatum.com."]
    assert (mail["to"], mail["subject"]) == ("adam@adatum.com", "Northwind invites you to work together")
    assert link_in(mail) == reverse("partnerships:invitation", args=[invitation.token])
    assert "We met in Redmond." in words_of(mail)
    assert "Nora of Northwind (partner ID" in words_of(mail)
    assert invitation.sent_at == invitation.invited_at
    assert deeds(northwind) == [Deed.PARTNERSHIP_INVITED]


@pytest.mark.parametrize("language", ["en", "zh-hans", "de"])
def test_the_letter_is_written_in_the_language_that_was_chosen(browse, nora, mail_server, language):
    nora.user.language = "de"
    nora.user.save(update_fields=["language"])

    browse(nora).post(INVITE, typed(language=language))

    [mail] = mail_server.arrived()
    with translation.override(language):
        day = date_format(Partnership.objects.get().expires_at, "DATE_FORMAT")
    assert day in words_of(mail)
    assert link_in(mail).startswith("/relationships/partnerships/invitations/")


def test_only_the_link_is_made_for_who_sends_it_in_another_way(browse, nora, mail_server, settings):
    browse(nora).post(INVITE, typed(step="link", note="Hello & welcome"))

    invitation = Partnership.objects.get()
    shown = browse(nora).get(page(invitation))
    mail = urlsplit(shown.context["mail_url"])
    letter = parse_qs(mail.query)
    assert (mail_server.arrived(), invitation.sent_at) == ([], None)
    assert f"{settings.PUBLIC_URL}/relationships/partnerships/invitations/{invitation.token}/" in shown.content.decode()
    assert (mail.scheme, unquote(mail.path)) == ("mailto", "adam@adatum.com")
    assert invitation.token in letter["body"][0]
    assert "Hello & welcome\r\n" in letter["body"][0]


def test_a_form_that_is_sent_twice_makes_one_invitation(browse, nora, mail_server):
    client, form = browse(nora), typed()

    answers = [client.post(INVITE, form) for _click in range(2)]

    assert answers[0].url == answers[1].url == page(Partnership.objects.get())
    assert len(mail_server.arrived()) == 1


def test_an_invitation_that_waits_is_shown_before_a_second_one_is_made(browse, nora, northwind):
    client, waiting = browse(nora), invite(northwind, nora, email="adam@adatum.com")

    asked = client.post(INVITE, typed())
    confirmed = client.post(INVITE, typed(again="on"))

    assert asked.status_code == 422
    assert "An invitation to adam@adatum.com still waits for its answer." in asked.content.decode()
    assert page(waiting) in asked.content.decode()
    assert 'name="again"' in asked.content.decode()
    assert confirmed.status_code == 302
    assert Partnership.objects.count() == 2


def test_a_reseller_that_works_with_the_provider_is_named_before_it_is_invited_again(browse, nora, partnership):
    client, form = browse(nora), typed(email="somebody@Adatum.onmicrosoft.com")

    asked = client.post(INVITE, form)
    confirmed = client.post(INVITE, form | {"again": "on"})

    assert asked.status_code == 422
    assert "You work with Adatum already, whose domain this address has." in asked.content.decode()
    assert f'href="{page(partnership)}"' in asked.content.decode()
    assert "Invite all the same" in asked.content.decode()
    assert confirmed.status_code == 302
    assert Partnership.objects.count() == 2


def test_the_page_of_an_ended_partnership_leads_to_the_one_of_today(browse, nora, adam, northwind, adatum, partnership):
    ended = Partnership.objects.create(
        provider=northwind,
        reseller=adatum,
        email="adam@adatum.onmicrosoft.com",
        language="en",
        status="removed",
        invited_by=nora.user,
        accepted_at=partnership.accepted_at,
        accepted_by=adam.user,
        ended_at=partnership.accepted_at,
    )

    for person in (nora, adam):
        shown = browse(person).get(page(ended)).content.decode()
        assert f'href="{page(partnership)}"' in shown
        assert "Invite again" not in shown


def test_sending_again_is_not_what_comes_first_once_it_was_sent(browse, nora, northwind):
    sent, made = invite(northwind, nora, sends=True), invite(northwind, nora)

    assert 'class="button primary"' not in browse(nora).get(page(sent)).content.decode()
    assert 'class="button primary"' in browse(nora).get(page(made)).content.decode()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"email": ""}, "Enter the mail address to which the invitation goes."),
        ({"email": "nobody"}, "Enter a valid email address"),
        ({"email": "sam@northwind.onmicrosoft.com"}, "This is an address of your own organization."),
        ({"language": "fr"}, "Select a valid choice"),
        ({"note": "\u202eevil"}, "characters that cannot be seen"),
        ({"note": "x" * 501}, "at most 500 characters"),
        ({"wish": ""}, "The page was not sent as a whole."),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_invited(browse, nora, values, sentence):
    answer = browse(nora).post(INVITE, typed(**values))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Partnership.objects.exists()


@pytest.mark.parametrize("fields", [*((name,) for name in FIELDS), FIELDS])
def test_strange_values_invite_nobody(browse, nora, fields):
    client, answers = browse(nora), set()

    for value in STRANGE:
        caches["default"].clear()  # nobody has to wait a minute for the next one
        sent = {"language": "en"} | {name: [value, str(value)[::-1]] for name in fields}
        answers.add(client.post(INVITE, sent).status_code)

    assert answers == {422}
    assert not Partnership.objects.exists()


def test_what_was_typed_is_there_after_signing_in_again(client, browse, nora):
    client.post(INVITE, typed(note="Typed before"))
    client.force_login(nora.user)

    assert "Typed before" in client.get(INVITE).content.decode()


def test_who_invites_very_often_waits_a_minute(browse, nora):
    client = browse(nora)

    statuses = [client.post(INVITE, typed(email="x")).status_code for _click in range(11)]

    assert statuses == [422] * 10 + [429]


def test_who_has_no_role_for_it_reads_which_one_it_takes(browse, northwind, make_staff, nora):
    hugo = browse(make_staff(northwind, "Hugo", Role.HELPDESK_AGENT))
    invitation = invite(northwind, nora)
    reason = denial(Action.MANAGE_PARTNERSHIPS)

    looked = [hugo.get(address) for address in ("/relationships/partnerships/", page(invitation))]
    acted = [hugo.post(address) for address in (INVITE, page(invitation) + "again/", page(invitation) + "withdraw/")]

    assert [(answer.status_code, reason in answer.content.decode()) for answer in looked] == [(200, True)] * 2
    assert [(answer.status_code, reason in answer.content.decode()) for answer in acted] == [(403, True)] * 3


def test_an_invitation_is_sent_again_with_ninety_new_days(browse, nora, northwind, mail_server):
    invitation = invite(northwind, nora, sends=True)
    mail_server.arrived()
    before = timezone.now() - timedelta(days=80)
    Partnership.objects.update(sent_at=before, expires_at=before + timedelta(days=90))

    answers = [told(browse(nora).post(page(invitation) + "again/", follow=True)) for _click in range(2)]

    invitation.refresh_from_db()
    [mail] = mail_server.arrived()
    assert link_in(mail) == reverse("partnerships:invitation", args=[invitation.token])
    assert timezone.now() + timedelta(days=89) < invitation.expires_at
    assert answers == [
        ["The invitation is on its way to adam@adatum.onmicrosoft.com again. Its link works for 90 days from now."],
        ["The invitation was sent to adam@adatum.onmicrosoft.com a moment ago."],
    ]
    assert deeds(northwind) == [Deed.PARTNERSHIP_INVITED, Deed.PARTNERSHIP_RESENT]


def test_an_invitation_is_withdrawn_once(browse, nora, northwind):
    invitation = invite(northwind, nora)

    answers = [told(browse(nora).post(page(invitation) + "withdraw/", follow=True)) for _click in range(2)]

    invitation.refresh_from_db()
    assert answers[0] == answers[1]
    assert invitation.status == "withdrawn"
    assert deeds(northwind) == [Deed.PARTNERSHIP_INVITED, Deed.PARTNERSHIP_WITHDRAWN]


def test_what_nobody_answered_expires_after_ninety_days(northwind, nora, partnership):
    invitation = invite(northwind, nora, email="late@adatum.com")
    young = invite(northwind, nora, email="young@adatum.com")
    Partnership.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())

    expired = [expire_partnership_invitations() for _time in range(2)]

    statuses = {row.pk: row.status for row in Partnership.objects.all()}
    line = Activity.objects.get(deed=Deed.PARTNERSHIP_EXPIRED)
    assert expired == [1, 0]
    assert statuses == {invitation.pk: "expired", young.pk: "invited", partnership.pk: "active"}
    assert (line.partner, line.actor, line.subject_id) == (northwind, None, invitation.pk)


def test_the_clock_goes_through_any_number_of_them(northwind, nora, monkeypatch):
    monkeypatch.setattr("relationships.services.partnerships.CHUNK", 2)
    for number in range(5):
        invite(northwind, nora, email=f"r{number}@adatum.com")

    assert expire_invitations(timezone.now() + timedelta(days=91)) == 5


def test_an_expired_invitation_is_not_sent_again_but_made_again(browse, nora, northwind):
    invitation = invite(northwind, nora, note="Hello", language="de")
    late = invitation.expires_at

    with pytest.raises(Refused, match="can no longer be answered"):
        send_again(invitation, now=late, actor=nora.user)
    expire_invitations(late)

    again = browse(nora).get(f"{INVITE}?of={invitation.pk}").context["form"]
    assert "Invite again" in browse(nora).get(page(invitation)).content.decode()
    assert [again[name].value() for name in ("email", "language", "note")] == [invitation.email, "de", "Hello"]


def test_an_invitation_is_no_partnership_that_could_be_removed(browse, nora, northwind):
    invitation = invite(northwind, nora)

    with pytest.raises(Refused, match="Withdraw it instead"):
        remove_partnership(invitation, by=northwind, now=timezone.now(), actor=nora.user)

    assert browse(nora).get(page(invitation) + "remove/").url == page(invitation)


def test_a_name_with_a_line_break_is_one_line_of_the_subject(northwind, nora, mailoutbox):
    northwind.tenant.name = "Northwind\nDistribution"
    northwind.tenant.save()

    invite(northwind, nora, sends=True)

    assert [mail.subject for mail in mailoutbox] == ["Northwind Distribution invites you to work together"]
