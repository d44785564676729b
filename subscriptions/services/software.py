"""What is done with software purchases."""

from __future__ import annotations

from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy

from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits
from subscriptions.models import SoftwarePurchase
from subscriptions.selectors.software import why_not_cancel
from subscriptions.services.history import QUANTITY, SOFTWARE

BUSY: Final = gettext_lazy("Somebody else is changing this purchase right now. Try again in a moment.")


def cancel_software(purchase: SoftwarePurchase, *, actor: User) -> None:
    """Give all copies of a purchase back within 30 days. Raises `Refused` afterwards; twice is once."""
    now = timezone.now()
    with without_long_waits(BUSY):
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
