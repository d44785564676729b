"""What a customer that is about to be added may buy, and what was chosen for it."""

from __future__ import annotations

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from customers.models import Customer
from relationships.models import NewCustomer
from subscriptions.models import OrderLine
from subscriptions.selectors.eligibility import Eligibility
from subscriptions.selectors.orders import lines_of


class EligibilityOfNew(Eligibility):
    """What may be bought together with a new customer: as its draft says, and with nothing bought before."""

    def __init__(self, draft: NewCustomer) -> None:
        answers = draft.answers
        super().__init__(Customer(partner=draft.partner, qualification=answers.get("qualification", "")))
        self._accepted: bool = answers.get("agreement") == "accepted"

    @cached_property
    def has_agreement(self) -> bool:
        """Whether the draft attests that the customer accepted the customer agreement."""
        return self._accepted


def ordered_with(draft: NewCustomer) -> list[OrderLine]:
    """What is chosen for a new customer, in the order in which it was."""
    return lines_of(draft.order) if draft.order else []


def why_not_ordered(draft: NewCustomer) -> str:
    """Why what is chosen cannot be bought together with the customer as its draft is now; empty if it can."""
    lines, eligibility = ordered_with(draft), EligibilityOfNew(draft)
    for line in lines:
        if why_not := eligibility.why_not_line(line, lines):
            return _("%(offer)s: %(why_not)s") % {"offer": line.offer, "why_not": why_not}
    return ""
