"""Questions about customers that somebody is about to add. Drafts are a person's own: nobody else finds them."""

from __future__ import annotations

from django.db.models import QuerySet

from partnercenter.partners.models import Staff
from relationships.models import NewCustomer


def new_customers_of(staff: Staff) -> QuerySet[NewCustomer]:
    """What a person is about to add for the partner, and what became of it."""
    return NewCustomer.objects.filter(partner=staff.partner, made_by=staff.user)


def drafts_of(staff: Staff) -> QuerySet[NewCustomer]:
    """What a person is still about to add, what was touched last at first."""
    return new_customers_of(staff).filter(status=NewCustomer.Status.DRAFT).order_by("-touched_at", "-pk")
