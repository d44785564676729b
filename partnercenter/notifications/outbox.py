"""The outbox: every mail of the portal is a row first, written with what it tells of, and sent afterwards.

As Django's mail backend, `Outbox` catches what anybody sends, django-allauth included; `deliver` hands the
rows to the backend that settings name as `MAIL_TRANSPORT`.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from datetime import timedelta
from enum import Enum
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from partnercenter.doorbell import ring
from partnercenter.notifications.models import Mail

logger = logging.getLogger(__name__)


class Outbox(BaseEmailBackend):
    """Django's mail backend that writes rows."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the messages; a worker sends them after the commit. Raises ValueError for one of which something would
        be lost.
        """
        for message in email_messages:
            _refuse_what_would_be_lost(message)
        mails = [
            Mail(
                sender=message.from_email,
                recipients=list(message.to),
                subject=str(message.subject),
                body=str(message.body),
                html=_html_of(message),
                headers=message.extra_headers,
            )
            for message in email_messages
        ]
        transaction.on_commit(lambda: ring("notifications.deliver", expires=30))
        return len(Mail.objects.bulk_create(mails))


def _refuse_what_would_be_lost(message: EmailMessage) -> None:
    """Rows keep recipients, plain words and one version in HTML. A copy that is kept as a recipient shows everybody."""
    lost = [name for name in ("cc", "bcc", "reply_to", "attachments") if getattr(message, name)]
    if message.content_subtype != "plain":
        lost.append("content_subtype")
    if [kind for _content, kind in _alternatives_of(message)] not in ([], ["text/html"]):
        lost.append("alternatives")
    if lost:
        raise ValueError(f"The outbox does not keep {', '.join(lost)} of a mail")


def _html_of(message: EmailMessage) -> str:
    return next((str(content) for content, _kind in _alternatives_of(message)), "")


def _alternatives_of(message: EmailMessage) -> list[tuple[Any, str]]:
    return list(message.alternatives) if isinstance(message, EmailMultiAlternatives) else []


# What a mail server says about one mail; any other trouble is its own, and the next mail would not fare better.
_ABOUT_THE_MAIL: Final = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
    ValueError,  # words that cannot be a header
)


class _Outcome(Enum):
    SENT = "sent"
    REFUSED = "refused"
    SERVER_AWAY = "server away"


def deliver(limit: int = 100) -> int:
    """Send what is due, oldest first, at most `limit` mails; returns how many the mail server took.

    Each mail is locked while it is sent, so that two workers never send the same one. A mail that the server
    refuses, or that cannot be written, waits longer each time and holds up no other; when the server is away the
    rest waits for the next call. No mail is ever thrown away; of one that was sent only the words are, as they
    may hold a link that opens an account.
    """
    sent = 0
    for _ in range(limit):
        with transaction.atomic():
            waiting = Mail.objects.filter(sent_at=None, due_at__lte=timezone.now()).order_by("due_at")
            mail = waiting.select_for_update(skip_locked=True).first()
            if mail is None:
                break
            outcome = _send(mail)
        sent += outcome is _Outcome.SENT
        if outcome is _Outcome.SERVER_AWAY:
            break
    return sent


def _send(mail: Mail) -> _Outcome:
    """Try to send a mail, and write down what came of it."""
    mail.attempts += 1
    try:
        _hand_over(mail)
    except _ABOUT_THE_MAIL as error:
        _keep(mail, error, _pause_after(mail.attempts))
        return _Outcome.REFUSED
    except OSError as error:  # smtplib's errors are OSErrors, and so is a server that is away
        _keep(mail, error, Mail.PAUSES[0])
        return _Outcome.SERVER_AWAY
    except Exception as error:
        logger.exception("mail %s was not sent: an unexpected error", mail.pk)
        _keep(mail, error, _pause_after(mail.attempts))
        return _Outcome.REFUSED
    mail.sent_at, mail.last_error, mail.body, mail.html = timezone.now(), "", "", ""
    mail.save(update_fields=["sent_at", "last_error", "body", "html", "attempts"])
    return _Outcome.SENT


def _pause_after(attempts: int) -> timedelta:
    return Mail.PAUSES[min(attempts, len(Mail.PAUSES)) - 1]


def _hand_over(mail: Mail) -> None:
    connection = get_connection(settings.MAIL_TRANSPORT)
    message = EmailMultiAlternatives(
        mail.subject, mail.body, mail.sender, mail.recipients, headers=mail.headers, connection=connection
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.send()


def _keep(mail: Mail, error: Exception, pause: timedelta) -> None:
    logger.warning("mail %s was not sent: %s", mail.pk, type(error).__name__)
    mail.last_error, mail.due_at = str(error)[:500], timezone.now() + pause
    mail.save(update_fields=["last_error", "due_at", "attempts"])
