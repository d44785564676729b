"""The letters that go to an organization: proposed in a language, checked for their link, and sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from partnercenter.directory.clouds import Feature, offers
from partnercenter.directory.countries import default_culture
from partnercenter.directory.models import User
from partnercenter.partners.models import Partner
from relationships.models import RelationshipRequest
from relationships.models.links import LINK_LIFETIME

# Of a sender's name in a mail; the address needs room as well.
LONGEST_NAME: Final = 100
# Characters of a `mailto:` address that every mail program takes; some cut longer ones off.
LONGEST_MAIL_LINK: Final = 2_000


@dataclass(frozen=True)
class Letter:
    """A letter as people read it; lines of its body end with a single line feed."""

    subject: str
    body: str


def link_of(token: str) -> str:
    """The address at which a request is answered, as a letter carries it."""
    return f"{settings.PUBLIC_URL}{reverse('my_requests:request', args=[token])}"


def keeps_link(body: str, link: str) -> bool:
    """Whether a letter has its link once, and whole: nothing is stuck to its end."""
    return body.count(link) == 1 and re.search(re.escape(link) + r"(?![\w/%?#&=-])", body) is not None


def usual_language(country: str) -> str:
    """The language, of those of the portal, in which people of a country are written to."""
    culture = default_culture(country)
    if culture == "zh-CN":
        return "zh-hans"
    return "de" if culture.startswith("de-") else "en"


def propose_letter(
    partner: Partner, person: User, *, with_privileges: bool, reseller: Partner | None, language: str, link: str
) -> Letter:
    """A letter in which a person of a partner asks for a relationship in plain words."""
    context = {
        "partner": partner,
        "person": person,
        "with_privileges": with_privileges,
        "has_users": offers(partner.cloud, Feature.USERS_AND_LICENSES),
        "reseller": reseller,
        "link": link,
        "days": LINK_LIFETIME.days,
    }
    with translation.override(language):
        subject = _("%(partner)s asks to serve your organization as its cloud partner") % {"partner": partner}
        body = render_to_string("mail/relationship_request.txt", context)
    return Letter(" ".join(subject.split())[:200], body.strip())


def mail_link(asked: RelationshipRequest) -> str:
    """The `mailto:` address that opens the letter of a request in a mail program (RFC 6068: lines end with CRLF)."""
    lines = "\r\n".join(asked.letter.split("\n"))
    return (
        f"mailto:{quote(asked.email, safe='@')}?{urlencode({'subject': asked.subject, 'body': lines}, quote_via=quote)}"
    )


def send_letter(asked: RelationshipRequest) -> None:
    """Put the letter of a request into the outbox, in the caller's transaction."""
    _send(asked, Letter(asked.subject, asked.letter))


def send_reminder(asked: RelationshipRequest) -> None:
    """Remind the recipient of a letter that nobody has answered, in its language; in the caller's transaction."""
    with translation.override(asked.language):
        subject = _("Reminder: %(subject)s") % {"subject": asked.subject}
        body = render_to_string("mail/request_reminder.txt", {"asked": asked, "link": link_of(asked.token)})
    _send(asked, Letter(subject, body.strip()))


def _send(asked: RelationshipRequest, letter: Letter) -> None:
    """Answers to the mail go to the person who asks, not to the portal."""
    person = asked.made_by
    answers = {"Reply-To": person.email or person.principal_name}
    EmailMessage(letter.subject, letter.body, _sender(asked.partner), [asked.email], headers=answers).send()


def _sender(partner: Partner) -> str:
    """The portal's own address under the name of the partner."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return str(Address(" ".join(str(partner).split())[:LONGEST_NAME], addr_spec=address))
