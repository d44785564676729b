"""Letters of requests, read as they arrive in a real mail server, in each language that they can be written in."""

from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.utils import timezone, translation

from relationships.models import RelationshipRequest
from relationships.services.letters import Letter
from relationships.services.request_clock import move_requests_on
from relationships.services.request_letters import link_of, propose_letter
from tests.asking import NEW, ask, page_of, proposed
from tests.mailserver import link_in, subject_of, words_of

LANGUAGES = [code for code, _name in configured.LANGUAGES]


@pytest.fixture
def at_home(settings):
    """The portal at the address that the tests' clients visit."""
    settings.PUBLIC_URL = "http://testserver"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_arrives_from_the_partner_and_its_link_opens_the_request(
    language, at_home, ana, contoso, proseware, paula, browse, mail_server
):
    client = browse(ana)
    drawn = client.post(NEW, proposed(client) | {"language": language, "draw": "1"}).context["form"]
    fields = {field.html_name: field.value() or "" for field in drawn}
    client.post(NEW, fields | {"email": "paula@proseware.com", "domain": "proseware.com", "send": "1"})

    [letter] = mail_server.arrived()

    asked = RelationshipRequest.objects.get()
    assert asked.language == language
    assert letter["To"] == "paula@proseware.com"
    assert letter["From"].addresses[0].display_name == "Contoso"
    assert letter["Reply-To"] == "ana@contoso.onmicrosoft.com"
    assert subject_of(letter) == asked.subject
    assert "Contoso" in asked.subject
    for words in ("Ana", "Contoso", contoso.partner_id, "90"):
        assert words in words_of(letter)
    assert link_in(letter) == page_of(asked)
    assert browse(paula).get(link_in(letter)).status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reminder_says_until_when_in_the_language_of_the_letter(
    language, at_home, ana, proseware, paula, browse, mail_server
):
    asked = ask(ana, proseware, language=language)
    mail_server.arrived()

    move_requests_on(asked.expires_at - timedelta(days=3))
    arrived = {mail["To"]: mail for mail in mail_server.arrived()}

    reminder = arrived["paula@proseware.com"]
    with translation.override(language):
        end = timezone.localtime(asked.expires_at).date()
        assert translation.get_language() == language
    assert asked.subject in subject_of(reminder)
    assert subject_of(reminder) != asked.subject
    assert str(end.year) in words_of(reminder)
    assert link_in(reminder) == page_of(asked)
    assert browse(paula).get(link_in(reminder)).status_code == 200
    assert arrived.keys() == {"paula@proseware.com", "ana@contoso.onmicrosoft.com"}


def test_names_of_any_script_arrive_whole(at_home, ana, contoso, mail_server):
    contoso.tenant.name = "Café “Zürich”, 上海 & Söhne"
    contoso.tenant.save()
    ana.partner.tenant.name = contoso.tenant.name
    ask(ana)

    [letter] = mail_server.arrived()

    assert letter["From"].addresses[0].display_name == contoso.tenant.name
    assert subject_of(letter).startswith(contoso.tenant.name)
    assert "Café “Zürich”, 上海 & Söhne" in words_of(letter)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("with_privileges", [True, False])
def test_what_is_proposed_says_what_is_asked_with_its_link_once(language, with_privileges, northwind, nora, adatum):
    link = link_of("abc")

    letters = {
        reseller: propose_letter(
            northwind, nora.user, with_privileges=with_privileges, reseller=reseller, language=language, link=link
        )
        for reseller in (None, adatum)
    }

    for reseller, letter in letters.items():
        assert isinstance(letter, Letter)
        assert letter.body.count(link) == 1
        assert letter.body.count(northwind.partner_id) == 1
        assert ("Adatum" in letter.body) == (reseller is not None)
    other = propose_letter(
        northwind, nora.user, with_privileges=not with_privileges, reseller=None, language=language, link=link
    )
    assert other.body != letters[None].body
    assert "\n\n\n" not in letters[None].body + letters[adatum].body
