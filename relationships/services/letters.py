"""Letters to people outside: how they are sent by the portal, and opened in a person's own mail program."""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from partnercenter.directory.models import User
from partnercenter.partners.models import Partner

# Of a sender's name in a mail; the address needs room as well.
LONGEST_NAME: Final = 100
# Characters of a `mailto:` address that every mail program takes; some cut longer ones off.
LONGEST_MAIL_LINK: Final = 2_000


@dataclass(frozen=True)
class Letter:
    """A letter as people read it; lines of its body end with a single line feed."""

    subject: str
    body: str


def link_to(url_name: str, token: str) -> str:
    """The whole address of a page that a letter leads to."""
    return f"{settings.PUBLIC_URL}{reverse(url_name, args=[token])}"


def mail_link(letter: Letter, email: str) -> str:
    """The `mailto:` address that opens a letter in a mail program (RFC 6068: lines end with CRLF)."""
    words = {"subject": letter.subject, "body": letter.body.replace("\n", "\r\n")}
    return f"mailto:{quote(email, safe='@')}?{urlencode(words, quote_via=quote)}"


def send(letter: Letter, email: str, *, partner: Partner, person: User) -> None:
    """Put a letter into the outbox, in the caller's transaction: from the portal under the name of a partner.

    Answers to it go to the person who wrote it.
    """
    answers = {"Reply-To": person.email or person.principal_name}
    EmailMessage(letter.subject, letter.body, _sender(partner), [email], headers=answers).send()


def _sender(partner: Partner) -> str:
    """The portal's own address under the name of the partner."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return str(Address(" ".join(str(partner).split())[:LONGEST_NAME], addr_spec=address))
