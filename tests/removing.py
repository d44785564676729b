"""Relationships that are removed."""

from customers.models import Customer
from relationships.services.removal import remove_relationship


def remove(customer, staff, reason="They buy elsewhere."):
    return remove_relationship(customer, reason=reason, actor=staff.user)


def now_of(customer):
    """The account as it is now."""
    return Customer.objects.get(pk=customer.pk)
