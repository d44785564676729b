"""The clock of requests: reminders before the end, and the end after 90 days."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import formats, timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.notifications.models import Notification
from relationships.models import RelationshipRequest
from relationships.services.my_requests import accept_request
from relationships.services.request_clock import move_requests_on
from relationships.services.requests import resend_request
from relationships.tasks import move_relationship_requests_on
from tests.asking import ask

DAY = timedelta(days=1)


@pytest.fixture
def sent(ana, proseware):
    """A request to Proseware that the portal has sent."""
    return ask(ana, proseware)


def fresh(asked):
    return RelationshipRequest.objects.get(pk=asked.pk)


def to_recipient(mailoutbox):
    return [one for one in mailoutbox if one.to == ["paula@proseware.com"]]


def test_after_ninety_days_a_request_expires_once_and_its_maker_is_told(sent, ana, hugo, contoso):
    end = sent.expires_at
    before = move_requests_on(end - DAY * 8)

    taken = move_requests_on(end), move_requests_on(end + DAY)

    asked = fresh(sent)
    assert (before, *taken) == (0, 1, 0)
    assert (asked.status, asked.ended_at, asked.ended_by) == ("expired", end, None)
    line = Activity.objects.get(deed=Deed.REQUEST_EXPIRED)
    assert (line.partner, line.actor, line.subject_id) == (contoso, None, sent.pk)
    [told] = Notification.objects.all()
    assert (told.user, told.url) == (ana.user, f"/relationships/requests/{sent.pk}/")
    assert told.sentence.startswith("Nobody answered your request to Proseware within 90 days.")


def test_the_recipient_is_reminded_7_3_and_1_days_before_and_the_maker_once(sent, ana, mailoutbox):
    mailoutbox.clear()
    reminded = []
    for hours in range(24 * 9, 0, -6):
        move_requests_on(sent.expires_at - timedelta(hours=hours))
        reminded.append((hours, len(to_recipient(mailoutbox))))

    first = {count: hours for hours, count in reversed(reminded)}
    assert first == {0: 24 * 9, 1: 7 * 24, 2: 3 * 24, 3: 24}
    [told] = Notification.objects.all()
    day = formats.date_format(timezone.localtime(sent.expires_at).date(), "DATE_FORMAT")
    assert told.sentence == f"Nobody has answered your request to Proseware yet. It expires on {day}."
    assert told.user == ana.user


def test_a_clock_that_stood_still_sends_one_reminder(sent, mailoutbox):
    mailoutbox.clear()
    now = sent.expires_at - timedelta(hours=2)

    taken = move_requests_on(now), move_requests_on(now)

    asked = fresh(sent)
    assert taken == (1, 0)
    assert len(to_recipient(mailoutbox)) == 1
    assert (asked.reminded_before, asked.reminded_at) == (1, now)
    assert Notification.objects.count() == 1


def test_one_that_stood_still_beyond_the_end_reminds_nobody(sent, mailoutbox):
    mailoutbox.clear()

    move_requests_on(sent.expires_at + DAY)

    assert to_recipient(mailoutbox) == []


def test_a_letter_that_the_portal_has_not_sent_is_not_reminded_of_by_it(ana, mailoutbox):
    asked = ask(ana, send=False)

    move_requests_on(asked.expires_at - DAY * 7)

    assert to_recipient(mailoutbox) == []
    assert Notification.objects.count() == 1


def test_sent_again_it_is_reminded_of_again(sent, ana, mailoutbox):
    move_requests_on(sent.expires_at - DAY * 7)
    RelationshipRequest.objects.update(sent_at=timezone.now() - DAY)
    resend_request(sent, actor=ana.user)
    mailoutbox.clear()

    nothing = move_requests_on(sent.expires_at - DAY * 8)
    taken = move_requests_on(fresh(sent).expires_at - DAY * 7)

    assert (nothing, taken) == (0, 1)
    assert len(to_recipient(mailoutbox)) == 1


def test_what_was_answered_is_left_alone(sent, paula, mailoutbox):
    RelationshipRequest.objects.update(status="declined", ended_at=timezone.now())
    mailoutbox.clear()

    assert move_requests_on(sent.expires_at + DAY) == 0
    assert mailoutbox == []


def test_both_partners_log_the_end(nora, adatum, partnership):
    asked = ask(nora, reseller=adatum)

    move_requests_on(asked.expires_at)

    lines = Activity.objects.filter(deed=Deed.REQUEST_EXPIRED)
    assert {line.partner for line in lines} == {nora.partner, adatum}


def test_many_are_done_in_chunks_and_the_rest_the_next_time(ana):
    asked = [ask(ana, send=False, email=f"kim{number}@example.com") for number in range(7)]
    end = max(one.expires_at for one in asked)

    assert [move_requests_on(end, size=2, chunks=2) for _ in range(3)] == [4, 3, 0]
    assert not RelationshipRequest.objects.exclude(status="expired").exists()


def test_the_scheduler_knows_it(settings, ana):
    ask(ana, expires_at=timezone.now())

    assert move_relationship_requests_on.name in {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()}
    assert move_relationship_requests_on() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_take_each_step_once_and_wait_for_nobody(ana):
    asked = [ask(ana, send=False, email=f"kim{number}@example.com") for number in range(30)]
    end = max(one.expires_at for one in asked)

    def tick():
        try:
            return move_requests_on(end, size=5)
        finally:
            connection.close()

    with transaction.atomic():
        RelationshipRequest.objects.select_for_update().get(pk=asked[0].pk)
        with ThreadPoolExecutor(3) as threads:
            taken = [thread.result() for thread in [threads.submit(tick) for _ in range(3)]]

    assert sum(taken) == 29
    assert Activity.objects.filter(deed=Deed.REQUEST_EXPIRED).count() == 29
    assert fresh(asked[0]).is_waiting


def test_who_granted_all_of_it_already_is_not_reminded(sent, ana, proseware, paula, mailoutbox):
    accept_request(ask(ana, proseware), actor=paula)
    mailoutbox.clear()

    taken = move_requests_on(sent.expires_at - DAY)

    assert (taken, to_recipient(mailoutbox)) == (1, [])
