"""Telling people."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from partnercenter.directory.models import Tenant, TenantRole, User
from partnercenter.notifications.models import Notification
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Role


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


def notify_staff(
    partner: Partner,
    kind: str,
    *,
    roles: Collection[Role],
    facts: dict[str, Any],
    url: str,
    besides: User | None = None,
) -> None:
    """Tell everybody at a partner who has one of these roles, and one person besides who may have none of them.

    Nobody is told who was removed, or cannot sign in.
    """
    staff = Staff.objects.filter(partner=partner, removed_at=None, user__blocked_at=None, user__deleted_at=None)
    told = staff.filter(Q(roles__overlap=list(roles)) | Q(user=besides)).select_related("user").order_by("pk")
    for person in told:
        notify(person.user, kind, facts=facts, url=url)


def notify_global_admins(tenant: Tenant, kind: str, *, facts: dict[str, Any], url: str) -> None:
    """Tell the global admins of an organization who can sign in."""
    people = User.objects.filter(tenant=tenant, role=TenantRole.GLOBAL_ADMIN, blocked_at=None, deleted_at=None)
    for person in people.order_by("pk"):
        notify(person, kind, facts=facts, url=url)


def mark_all_read(user: User) -> int:
    """Everything behind the bell has been seen; returns how many were new."""
    with transaction.atomic():
        return Notification.objects.filter(user=user, read_at=None).update(read_at=timezone.now())
