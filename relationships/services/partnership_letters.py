"""The letter with which a provider invites a reseller, in the language that the provider chose for it."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from relationships.models import Partnership
from relationships.services.letters import Letter, link_to, send


def link_of(invitation: Partnership) -> str:
    """The address that opens an invitation, whole."""
    return link_to("partnerships:invitation", invitation.token)


def letter_of(invitation: Partnership) -> Letter:
    """What is written to the reseller: who invites, what for, the note, the link and until when it can be answered."""
    with translation.override(invitation.language):
        words = {"invitation": invitation, "provider": invitation.provider, "link": link_of(invitation)}
        subject = _("%(provider)s invites you to work together") % {"provider": invitation.provider}
        return Letter(" ".join(subject.split()), render_to_string("mail/partnership.txt", words))


def send_letter(invitation: Partnership) -> None:
    """Send the letter through the outbox, in the caller's transaction."""
    send(letter_of(invitation), invitation.email, partner=invitation.provider, person=invitation.invited_by)
