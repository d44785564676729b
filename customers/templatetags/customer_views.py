"""The menu of saved views. All need `request` with `staff`."""

from __future__ import annotations

from typing import Any

from django.template import Context, Library

from customers.selectors.views import shown_now, views_for

register = Library()


@register.inclusion_tag("customers/_views_menu.html", takes_context=True)
def views_menu(context: Context) -> dict[str, Any]:
    """What the list shows now, and all views that this person can open."""
    request = context["request"]
    found = list(views_for(request.staff))
    return _now(context) | {
        "own": [view for view in found if view.owner_id == request.user.pk],
        "shared": [view for view in found if view.owner_id != request.user.pk],
    }


@register.inclusion_tag("customers/_view_now.html", takes_context=True)
def view_now(context: Context) -> dict[str, Any]:
    """The parts of the menu that follow the list, for an answer that brings the list alone."""
    return _now(context)


def _now(context: Context) -> dict[str, Any]:
    request = context["request"]
    return {"now": shown_now(request.staff, request.GET), "user": request.user, "csrf_token": context["csrf_token"]}
