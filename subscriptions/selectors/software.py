"""Questions about software purchases. Each begins with a customer that a partner already got.

A purchase has no reseller on record: the account through which it was sold shows it, and no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from customers.models import Customer
from partnercenter.web.keyset import Order
from subscriptions.models import SoftwarePurchase

# The order of the list, an index of the table.
ORDERS: Final[Mapping[str, Order]] = {"purchased": Order(("purchased_at", "id"))}


def software_of(customer: Customer) -> QuerySet[SoftwarePurchase]:
    """The software that was bought through an account, whatever became of it."""
    return SoftwarePurchase.objects.filter(customer=customer)


def cancelable_software(customer: Customer, now: datetime) -> QuerySet[SoftwarePurchase]:
    """The purchases of an account that can be given back at a moment."""
    since = now - SoftwarePurchase.CANCELABLE_FOR
    return software_of(customer).filter(status=SoftwarePurchase.Status.PURCHASED, purchased_at__gte=since)


def why_not_cancel(purchase: SoftwarePurchase, now: datetime) -> str:
    """Why a purchase cannot be canceled at a moment; empty if it can."""
    if purchase.status != SoftwarePurchase.Status.PURCHASED:
        return _("This purchase was canceled already.")
    if purchase.cancelable_until < now:
        day = formats.date_format(timezone.localtime(purchase.cancelable_until), "DATE_FORMAT")
        return _("It could be canceled until %(day)s, 30 days after it was bought.") % {"day": day}
    return ""
