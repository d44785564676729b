"""A real mail server: mails are read as they arrive, over SMTP, from the portal's own outbox."""

import email
import email.policy
import re

import pytest
from aiosmtpd.controller import Controller

from partnercenter.notifications.outbox import deliver


class MailServer:
    """Takes every mail. Each is an `email.message.EmailMessage`."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the name that aiosmtpd calls
        self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def arrived(self):
        """What waits in the outbox is sent; the mails that this brought here, the oldest first."""
        before = len(self.taken)
        deliver()
        return self.taken[before:]


class AnyPort(Controller):
    """Listens at a free port, which it knows only when it does."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def subject_of(mail):
    """The subject of a mail, without the blank that is left where its first line had only the name of the header."""
    return mail["Subject"].strip()


def words_of(mail):
    """The plain text of a mail."""
    return mail.get_body(("plain",)).get_content()


def link_in(mail):
    """The path of the only link of a mail, as a browser of the tests opens it."""
    [link] = set(re.findall(r"https?://[^/\s]+(/\S*)", words_of(mail)))
    return link


@pytest.fixture
def mail_server(settings):
    server = MailServer()
    controller = AnyPort(server, hostname="127.0.0.1", port=0)
    controller.start()
    settings.EMAIL_BACKEND = "partnercenter.notifications.outbox.Outbox"
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    yield server
    controller.stop()
