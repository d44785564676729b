"""What the clock starts."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from partnercenter.celery import app
from partnercenter.jobs.tasks import clear_sessions


def test_sessions_that_have_ended_are_forgotten_with_what_is_known_of_them(ana):
    for key, days in (("ended", -1), ("open", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=days))
        UserSession.objects.create(session_key=key, user=ana.user, ip="192.0.2.1", user_agent="Firefox")

    clear_sessions()

    assert [session.session_key for session in Session.objects.all()] == ["open"]
    assert [session.session_key for session in UserSession.objects.all()] == ["open"]


@pytest.mark.parametrize("entry", settings.CELERY_BEAT_SCHEDULE.values(), ids=lambda entry: entry["task"])
def test_a_tick_is_known_to_workers_heard_beside_jobs_and_does_not_pile_up(entry):
    app.loader.import_default_modules()

    queue, expires = entry["options"]["queue"], entry["options"]["expires"]

    assert entry["task"] in app.tasks
    assert (queue, queue in app.amqp.queues, queue != app.conf.task_default_queue) == ("clock", True, True)
    assert 0 < expires <= 3600
