"""What is done with software purchases."""

from __future__ import annotations

from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy

from customers.models import Customer
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record, record_each
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from subscriptions.models import SoftwarePurchase
from subscriptions.selectors.software import cancelable_software, why_not_cancel
from subscriptions.services.history import QUANTITY, SOFTWARE
from subscriptions.services.holding import relationship_held

BUSY: Final = gettext_lazy("Somebody else is changing this purchase right now. Try again in a moment.")


def cancel_software(purchase: SoftwarePurchase, *, actor: User) -> None:
    """Give all copies of a purchase back within 30 days. Raises `Refused` afterwards; twice is once."""
    now = timezone.now()
    with relationship_held(purchase.customer), without_long_waits(BUSY):
        rows = SoftwarePurchase.objects.select_for_update(of=("self",))
        held = rows.select_related("customer__partner").get(pk=purchase.pk)
        if held.status == SoftwarePurchase.Status.CANCELED:
            return
        if why_not := why_not_cancel(held, now):
            raise Refused(why_not)
        held.move_to(SoftwarePurchase.Status.CANCELED, canceled_at=now)
        details = {SOFTWARE: str(held), QUANTITY: held.quantity}
        customer = held.customer
        record(
            Deed.SOFTWARE_CANCELED,
            partner=customer.partner,
            actor=actor,
            customer=customer,
            details=details,
            subject=held.pk,
        )


def cancel_all_software(customer: Customer, *, actor: User) -> int:
    """Give all purchases of an account back that are not older than 30 days; how many that were.

    Raises `Refused` where somebody else holds one of them for too long.
    """
    now = timezone.now()
    with relationship_held(customer), without_long_waits(BUSY):
        held = list(cancelable_software(customer, now).select_for_update(no_key=True).order_by("pk"))
        canceled = {"status": SoftwarePurchase.Status.CANCELED, "canceled_at": now}
        SoftwarePurchase.objects.filter(pk__in=[purchase.pk for purchase in held]).update(**canceled)
        told = {purchase.pk: {SOFTWARE: str(purchase), QUANTITY: purchase.quantity} for purchase in held}
        record_each(Deed.SOFTWARE_CANCELED, partner=customer.partner, actor=actor, customer=customer, told=told)
    return len(held)
