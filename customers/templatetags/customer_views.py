"""The menu of saved views."""

from __future__ import annotations

from typing import Any

from django.template import Context, Library

from customers.selectors.saved_views import shown_now, views_for

register = Library()


@register.inclusion_tag("customers/_views_menu.html", takes_context=True)
def views_menu(context: Context) -> dict[str, Any]:
    """What the list of this address shows, and all views that the person of `request` can open."""
    request = context["request"]
    found = list(views_for(request.staff))
    return {
        "now": shown_now(found, request.GET),
        "own": [view for view in found if view.owner_id == request.user.pk],
        "shared": [view for view in found if view.owner_id != request.user.pk],
        "user": request.user,
        "csrf_token": context["csrf_token"],
    }
