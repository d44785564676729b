"""The steps of adding a customer, as the pages show them."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from relationships.models import NewCustomer

# Of each its name, its label, and the name of its URL, where it can be gone back to.
_STEPS: Final = (
    ("account", gettext_noop("Account info"), "new_customers:account"),
    ("subscriptions", gettext_noop("Subscriptions"), "new_customers:subscriptions"),
    ("review", gettext_noop("Review"), "new_customers:review"),
    ("done", gettext_noop("Confirmation"), ""),
)
# What follows when the account step is complete.
AFTER_ACCOUNT: Final = "new_customers:subscriptions"


def new_customer_steps(draft: NewCustomer, current: str) -> list[dict[str, str]]:
    """Label, state and, for what can be gone back to, address of each step; `current` is the name of one."""
    names = [name for name, _label, _url in _STEPS]
    here = names.index(current)
    return [
        {
            "label": _(label),
            "state": "done" if place < here else "current" if place == here else "next",
            "url": reverse(url, args=[draft.pk]) if url and draft.is_draft else "",
        }
        for place, (_name, label, url) in enumerate(_STEPS)
    ]


def next_step(draft: NewCustomer) -> dict[str, str]:
    """Where a draft is gone on with: label and address of the first step that is not done."""
    name = "account" if draft.checked_at is None else "review"
    label, url = next((label, url) for step, label, url in _STEPS if step == name)
    return {"label": _(label), "url": reverse(url, args=[draft.pk])}
