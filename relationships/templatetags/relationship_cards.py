"""Pieces for the account page of a customer, which lies below this app and knows them by name only.

All need `customer` and `staff` in the context, as the page has them.
"""

from __future__ import annotations

from typing import Any

from django.template import Context, Library

from partnercenter.partners.roles import Action, denial
from relationships.selectors.former import past_of
from relationships.services.removal import why_not_at_all

register = Library()


@register.simple_tag(takes_context=True)
def why_not_remove(context: Context) -> str:
    """Why this person cannot remove the relationship with the customer; empty if they can."""
    if not context["staff"].may(Action.REMOVE_RELATIONSHIP):
        return denial(Action.REMOVE_RELATIONSHIP)
    return why_not_at_all(context["customer"])


@register.inclusion_tag("relationships/_earlier.html", takes_context=True)
def earlier_relationships(context: Context) -> dict[str, Any]:
    """The relationships with a customer that has come back, or of which one has ended."""
    return {"past": past_of(context["customer"])}
