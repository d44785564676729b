"""The letters of requests: proposed in a language, checked for their link, and sent."""

from __future__ import annotations

import re

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from partnercenter.directory.clouds import Feature, offers
from partnercenter.directory.countries import default_culture
from partnercenter.directory.models import User
from partnercenter.partners.models import Partner
from relationships.models import RelationshipRequest
from relationships.models.links import LINK_LIFETIME
from relationships.services.letters import Letter, link_to, send


def link_of(token: str) -> str:
    """The address at which a request is answered, as a letter carries it."""
    return link_to("my_requests:request", token)


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
    partner: Partner,
    person: User,
    *,
    with_privileges: bool,
    reseller: Partner | None,
    language: str,
    link: str,
    serves_already: bool = False,
) -> Letter:
    """A letter in which a person of a partner asks for a relationship in plain words.

    A customer whom it `serves_already` is asked for delegated admin privileges alone.
    """
    context = {
        "partner": partner,
        "person": person,
        "with_privileges": with_privileges,
        "has_users": offers(partner.cloud, Feature.USERS_AND_LICENSES),
        "reseller": reseller,
        "serves_already": serves_already,
        "link": link,
        "days": LINK_LIFETIME.days,
    }
    with translation.override(language):
        if serves_already:
            subject = _("%(partner)s asks for delegated admin privileges") % {"partner": partner}
        else:
            subject = _("%(partner)s asks to serve your organization as its cloud partner") % {"partner": partner}
        body = render_to_string("mail/relationship_request.txt", context)
    return Letter(" ".join(subject.split())[:200], body.strip())


def send_letter(asked: RelationshipRequest, person: User) -> None:
    """Put the letter of a request into the outbox, in the caller's transaction; who sends it gets the replies."""
    send(Letter(asked.subject, asked.letter), asked.email, partner=asked.partner, person=person)


def send_reminder(asked: RelationshipRequest) -> None:
    """Remind the recipient of a letter that nobody has answered, in its language; in the caller's transaction."""
    with translation.override(asked.language):
        subject = _("Reminder: %(subject)s") % {"subject": asked.subject}
        body = render_to_string("mail/request_reminder.txt", {"asked": asked, "link": link_of(asked.token)})
    send(Letter(subject, body.strip()), asked.email, partner=asked.partner, person=asked.made_by)
