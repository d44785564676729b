"""The letter with which a provider invites a reseller, in the language that the provider chose for it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from relationships.models import Partnership


@dataclass(frozen=True)
class Letter:
    """What is sent to a mail address, by the portal or by a person's own mail program."""

    recipient: str
    subject: str
    body: str

    @property
    def mail_url(self) -> str:
        """The address that opens the letter in a mail program, as RFC 6068 writes it."""
        words = {"subject": self.subject, "body": self.body.replace("\n", "\r\n")}
        return f"mailto:{quote(self.recipient, safe='@')}?{urlencode(words, quote_via=quote)}"


def link_of(invitation: Partnership) -> str:
    """The address that opens an invitation, whole."""
    return str(settings.PUBLIC_URL) + reverse("partnerships:invitation", args=[invitation.token])


def letter_of(invitation: Partnership) -> Letter:
    """What is written to the reseller: who invites, what for, the note, the link and until when it can be answered."""
    with translation.override(invitation.language):
        words = {"invitation": invitation, "provider": invitation.provider, "link": link_of(invitation)}
        subject = _("%(provider)s invites you to work together") % {"provider": invitation.provider}
        return Letter(invitation.email, subject, render_to_string("mail/partnership.txt", words))


def send_letter(invitation: Partnership) -> None:
    """Send the letter through the outbox, in the caller's transaction."""
    letter = letter_of(invitation)
    send_mail(letter.subject, letter.body, None, [letter.recipient])
