"""What the clock does about relationships; settings name it."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from relationships.services.partnerships import expire_invitations


@shared_task(name="relationships.expire_invitations")
def expire_partnership_invitations() -> int:
    return expire_invitations(timezone.now())
