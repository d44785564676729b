"""Every mail is kept until a mail server has taken it."""

import email
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail
from django.core.mail.backends.filebased import EmailBackend
from django.db import transaction
from django.utils import timezone

from partnercenter.notifications.models import Mail, Notification
from partnercenter.notifications.outbox import deliver
from partnercenter.notifications.services import notify

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "partnercenter.notifications.outbox.Outbox"


@pytest.fixture
def server(settings, tmp_path):
    """A mail server that takes everything: `server()` gives the mails it has taken, in their order."""
    settings.MAIL_TRANSPORT = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)

    def taken():
        written = [path for path in Path(tmp_path).iterdir() if path.stat().st_size]
        files = sorted(written, key=lambda path: path.stat().st_mtime_ns)
        return [email.message_from_string(path.read_text().split("\n---")[0]) for path in files]

    return taken


@pytest.fixture
def server_away(settings):
    """No mail server listens."""
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1


def write(subject, recipient="bill@contoso.onmicrosoft.com"):
    send_mail(subject, "Hello", None, [recipient])


def waits():
    """How long each unsent mail still waits, in minutes."""
    unsent = Mail.objects.filter(sent_at=None).order_by("id")
    return [round((mail.due_at - timezone.now()).total_seconds() / 60) for mail in unsent]


def make_due():
    Mail.objects.filter(sent_at=None).update(due_at=timezone.now())


def subjects(mails):
    return [mail["Subject"] for mail in mails]


def test_a_mail_is_a_row_before_it_is_sent(server):
    write("First")

    assert (server(), list(Mail.objects.values_list("subject", "attempts", "sent_at"))) == ([], [("First", 0, None)])


def test_what_is_rolled_back_was_not_mailed(server):
    with transaction.atomic():
        write("First")
        transaction.set_rollback(True)

    assert (deliver(), server()) == (0, [])


def test_mails_are_sent_oldest_first_and_once(server):
    write("First")
    write("Second")

    counts = [deliver(), deliver()]

    assert (counts, subjects(server())) == ([2, 0], ["First", "Second"])


def test_a_mail_with_a_picture_of_itself_keeps_both(server):
    message = EmailMultiAlternatives("Both", "plain words", None, ["bill@contoso.onmicrosoft.com"])
    message.attach_alternative("<p>pretty words</p>", "text/html")
    message.send()

    deliver()

    parts = [(part.get_content_type(), part.get_payload().strip()) for part in server()[0].get_payload()]
    assert parts == [("text/plain", "plain words"), ("text/html", "<p>pretty words</p>")]


def test_mails_are_kept_while_the_server_is_away_and_sent_when_it_is_back(server_away, settings, tmp_path, request):
    write("First")
    write("Second")

    while_away = deliver()
    server = request.getfixturevalue("server")
    make_due()

    assert (while_away, deliver(), sorted(subjects(server()))) == (0, 2, ["First", "Second"])


def test_a_server_that_is_away_is_asked_once_in_a_round(server_away):
    write("First")
    write("Second")

    deliver()

    assert list(Mail.objects.order_by("id").values_list("attempts", flat=True)) == [1, 0]


def test_a_mail_does_not_wait_longer_each_time_because_the_server_is_away(server_away):
    write("First")

    for _ in range(4):
        make_due()
        deliver()

    assert waits() == [1]


def test_a_mail_that_cannot_be_written_waits_longer_each_time(server):
    write("First\nBcc: everybody@example.com")
    minutes = []

    for _ in range(7):
        make_due()
        deliver()
        minutes += waits()

    assert (minutes, server()) == ([1, 5, 15, 60, 240, 720, 720], [])


def test_a_mail_that_cannot_be_written_holds_up_no_other(server):
    write("First\nBcc: everybody@example.com")
    write("Second")

    assert (deliver(), subjects(server())) == (1, ["Second"])


class Stumbling(EmailBackend):
    """A transport with a fault that one mail brings to light."""

    def send_messages(self, messages):
        if messages[0].subject == "First":
            raise LookupError("unknown encoding: klingon")
        return super().send_messages(messages)


def test_a_mail_at_which_the_transport_stumbles_waits_and_holds_up_no_other(server, settings, caplog):
    settings.MAIL_TRANSPORT = f"{__name__}.Stumbling"
    write("First")
    write("Second")

    assert (deliver(), subjects(server()), waits()) == (1, ["Second"], [1])
    assert Mail.objects.get(subject="First").last_error == "unknown encoding: klingon"
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [LookupError]


def test_the_words_of_a_mail_are_forgotten_when_it_was_sent(server):
    message = EmailMultiAlternatives("Both", "a link", None, ["bill@contoso.onmicrosoft.com"])
    message.attach_alternative("<a>a link</a>", "text/html")
    message.send()

    deliver()

    mail = Mail.objects.get()
    assert (mail.body, mail.html, mail.subject, mail.recipients) == ("", "", "Both", ["bill@contoso.onmicrosoft.com"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cc", ["ana@contoso.onmicrosoft.com"]),
        ("bcc", ["ana@contoso.onmicrosoft.com"]),
        ("reply_to", ["ana@contoso.onmicrosoft.com"]),
        ("attachments", [("users.csv", "Email", "text/csv")]),
        ("content_subtype", "html"),
        ("alternatives", [("BEGIN:VCALENDAR", "text/calendar")]),
    ],
)
def test_a_mail_of_which_something_would_be_lost_is_refused_before_it_is_kept(name, value):
    message = EmailMultiAlternatives("First", "Hello", None, ["bill@contoso.onmicrosoft.com"])
    setattr(message, name, value)

    with pytest.raises(ValueError, match=f"The outbox does not keep {name} of a mail"):
        message.send()

    assert Mail.objects.count() == 0


def test_a_mail_that_waits_is_not_sent_before_its_time(server):
    write("First")
    Mail.objects.update(due_at=timezone.now() + timedelta(minutes=1))

    assert (deliver(), server()) == (0, [])


def test_a_notice_stands_behind_the_bell_and_comes_by_mail_in_the_language_of_the_person(ana, server, settings):
    ana.user.language = "en"
    ana.user.email = "ana@mail.example"

    notify(
        ana.user,
        Notification.Kind.USERS_CREATED,
        facts={"created": 2, "customer": "Tailspin Toys"},
        url="/customers/1/users/uploads/2/",
    )
    deliver()

    mail = server()[0]
    words = [line for line in mail.get_payload().splitlines() if line]
    assert (mail["To"], mail["Subject"]) == ("ana@mail.example", "Users created")
    assert words[:3] == [
        "Hello Ana,",
        "2 users of Tailspin Toys were created.",
        f"{settings.PUBLIC_URL}/customers/1/users/uploads/2/",
    ]


def test_somebody_without_a_mail_address_gets_it_under_their_user_name(ana, server):
    ana.user.email = ""

    notify(ana.user, Notification.Kind.JOB_FAILED, facts={"customer": "Litware", "subject": "users.csv"}, url="/jobs/")
    deliver()

    assert server()[0]["To"] == "ana@contoso.onmicrosoft.com"
