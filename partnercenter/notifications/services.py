"""Telling people."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from partnercenter.directory.models import User
from partnercenter.notifications.models import Notification


def notify(user: User, kind: str, *, facts: dict[str, Any], url: str) -> Notification:
    """Tell a person, behind the bell and by mail, in the caller's transaction.

    `facts` are the values the sentence of this kind needs; `url` is the path of the page it is about.
    """
    notification = Notification.objects.create(user=user, kind=kind, facts=facts, url=url)
    with translation.override(user.language or settings.LANGUAGE_CODE):
        context = {"notification": notification, "user": user, "address": settings.PUBLIC_URL + url}
        body = render_to_string("mail/notification.txt", context)
        send_mail(notification.get_kind_display(), body, None, [user.email or user.principal_name])
    return notification


def mark_all_read(user: User) -> int:
    """Everything behind the bell has been seen; returns how many were new."""
    with transaction.atomic():
        return Notification.objects.filter(user=user, read_at=None).update(read_at=timezone.now())
