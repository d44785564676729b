"""Pieces about requests for a relationship, also for pages of lower apps, which know them by name only."""

from __future__ import annotations

from typing import Any

from django.template import Context, Library
from django.utils import timezone
from django.utils.safestring import SafeString

from customers.models import Customer
from partnercenter.directory.models import Tenant
from partnercenter.web.templatetags.web import badge
from relationships.models import RelationshipRequest
from relationships.selectors import my_requests
from relationships.selectors.requests import BADGES, days_left, status_at, why_not_request

register = Library()


@register.simple_tag
def request_badge(asked: RelationshipRequest) -> SafeString:
    """The state of a request as it is now."""
    status = status_at(asked, timezone.now())
    return badge(BADGES[status], status.label)


@register.inclusion_tag("relationships/_request_state.html")
def request_state(asked: RelationshipRequest) -> dict[str, Any]:
    """The state of a request with its moments, for the partner that asks."""
    now = timezone.now()
    return {"asked": asked, "status": status_at(asked, now), "days_left": days_left(asked, now)}


@register.simple_tag
def days_left_of(asked: RelationshipRequest) -> int:
    """How many days there are left for an answer."""
    return days_left(asked, timezone.now())


@register.inclusion_tag("relationships/_ask_for_privileges.html", takes_context=True)
def ask_for_privileges(context: Context, customer: Customer, size: str = "") -> dict[str, Any]:
    """The way to ask a customer once more for delegated admin privileges; `size` is that of its button."""
    return {"customer": customer, "size": size, "denied": why_not_request(context["staff"])}


@register.inclusion_tag("relationships/_my_requests_card.html", takes_context=True)
def my_requests_card(context: Context, tenant: Tenant) -> dict[str, Any]:
    """How many requests of partners wait for an answer of an organization, and the way to all of them."""
    waiting = my_requests.waiting_for(tenant, timezone.now()).count()
    return {"waiting": waiting, "decides": my_requests.is_global_admin(context["user"])}
