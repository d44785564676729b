"""The steps of ordering, as the pages show them."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Customer

_STEPS: Final = (
    ("choose", gettext_noop("Choose offers"), "subscriptions:new"),
    ("review", gettext_noop("Review"), "subscriptions:review"),
    ("done", gettext_noop("Confirmation"), ""),
)


def order_steps(customer: Customer, current: str) -> list[dict[str, str]]:
    """Label, state and, for what can be gone back to, address of each step; `current` is the name of one."""
    names = [name for name, _label, _url in _STEPS]
    here = names.index(current)
    return [
        {
            "label": _(label),
            "state": "done" if place < here else "current" if place == here else "next",
            "url": reverse(url, args=[customer.tenant_id]) if url and current != "done" else "",
        }
        for place, (_name, label, url) in enumerate(_STEPS)
    ]
