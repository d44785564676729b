"""What the clock does about relationships; settings name it."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from relationships.services.partnerships import expire_invitations
from relationships.services.request_clock import move_requests_on


@shared_task(name="relationships.expire_invitations")
def expire_partnership_invitations() -> int:
    return expire_invitations(timezone.now())


@shared_task(name="relationships.move_requests_on")
def move_relationship_requests_on() -> int:
    """Remind of requests that soon expire, and let those expire that nobody answered."""
    return move_requests_on(timezone.now())
