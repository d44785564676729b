"""What can be changed of a subscription now, and why the rest cannot: the sentences stand where the controls are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import formats, timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from customers.models import Customer
from partnercenter.web.templatetags.web import grouped
from subscriptions.catalog import Kind
from subscriptions.models import REGRET, Subscription
from subscriptions.selectors.eligibility import Eligibility
from subscriptions.selectors.families import ends_with
from subscriptions.selectors.subscriptions import returnable_seats


@dataclass(frozen=True)
class Limits:
    """What the account `customer` may change of a subscription that it sees, at a moment.

    Each `why_not_…` is a sentence, or empty where nothing is in the way.
    """

    subscription: Subscription
    customer: Customer
    now: datetime

    @cached_property
    def why_nothing(self) -> str:
        """What keeps everything as it is."""
        if self.subscription.customer_id != self.customer.pk:
            sentence = _("%(provider)s sold this subscription and changes it; ask them.")
            return sentence % {"provider": self.customer.provider}
        if self.subscription.has_ended:
            return _("This subscription has ended: nothing of it can be changed any more.")
        if self.subscription.due_at and self.subscription.due_at <= self.now:
            # What it becomes is for the clock to say, as of the moment at which that was due.
            return _("Its time has just run out, and the portal is about to renew or end it. Try again in a minute.")
        return ""

    @cached_property
    def _not_active(self) -> str:
        """What keeps the terms of the purchase as they are."""
        if self.why_nothing or self.subscription.is_active:
            return self.why_nothing
        if self.subscription.status == Subscription.Status.SUSPENDED:
            return _("Nothing of this can be changed while the subscription is suspended. Reactivate it first.")
        return _("Only an active subscription can be changed; this one will not be active again. Buy it anew.")

    @cached_property
    def returnable(self) -> int:
        """How many seats were added in the last days and can be given back."""
        return returnable_seats(self.subscription, self.now - REGRET)

    @cached_property
    def fewest(self) -> int:
        """The smallest quantity there can be now."""
        one = self.subscription
        return min(one.quantity, max(one.offer.minimum, one.assigned, one.quantity - self.returnable))

    @cached_property
    def why_not_more(self) -> str:
        """Why no seats can be added, where nothing can be bought at all."""
        return Eligibility(self.customer).bars_all

    @cached_property
    def most(self) -> int:
        """The largest quantity there can be."""
        quantity = self.subscription.quantity
        return quantity if self.why_not_more else max(self.subscription.offer.maximum, quantity)

    @cached_property
    def why_not_quantity(self) -> str:
        if self._not_active:
            return self._not_active
        if not self.subscription.offer.is_license_based:
            return _("What is billed by usage has no quantity.")
        if self.fewest < self.most:
            return ""
        if self.why_not_more:
            return self.why_not_more
        offer = self.subscription.offer
        if offer.minimum == offer.maximum:
            return _("This offer is sold with exactly %(count)s seats.") % {"count": grouped(self.most)}
        return _("There can be no more of it, and seats can be given back only within 7 days after they were added.")

    @property
    def quantity_hint(self) -> str:
        """The range, and what sets its lower end."""
        one = self.subscription
        words = {"fewest": grouped(self.fewest), "most": grouped(self.most), "assigned": grouped(one.assigned)}
        if self.why_not_more:
            return f"{_('From %(fewest)s to %(most)s.') % words} {self.why_not_more}"
        if max(one.offer.minimum, one.quantity - self.returnable) < self.fewest == one.assigned:
            sentence = _("From %(fewest)s to %(most)s: %(assigned)s are assigned to users. Revoke some to have fewer.")
        elif self.fewest == one.quantity > one.offer.minimum:
            sentence = _(
                "From %(fewest)s to %(most)s. Seats can be given back only within 7 days after they were added."
            )
        elif self.fewest > one.offer.minimum:
            sentence = _("From %(fewest)s to %(most)s: only what was added in the last 7 days can be given back.")
        else:
            sentence = _("From %(fewest)s to %(most)s.")
        return sentence % words

    @property
    def why_not_cycle(self) -> str:
        if self._not_active:
            return self._not_active
        return "" if len(self.subscription.offer.cycles) > 1 else _("This offer is billed in one way only.")

    @cached_property
    def ends_with(self) -> str:
        """What it belongs to that is not renewed, so that it is not renewed either; empty if there is none."""
        one = self.subscription
        name = ends_with([one.pk]).get(one.pk, "") if one.parent_id else ""
        return name if not name or one.customer_id == self.customer.pk else _("what it belongs to")

    @property
    def why_not_renewal(self) -> str:
        if self._not_active:
            return self._not_active
        if self.subscription.is_trial:
            return _("A trial is not renewed. Buy the product before the trial ends.")
        if self.ends_with:
            return _("It ends together with %(parent)s, which is not renewed.") % {"parent": self.ends_with}
        return "" if self.subscription.term else _("What has no term is not renewed: it goes on until it is canceled.")

    @property
    def why_not_reseller(self) -> str:
        if self.why_nothing:
            return self.why_nothing
        return "" if self.customer.partner.is_provider else _("Only indirect providers sell through resellers.")

    @property
    def why_not_suspend(self) -> str:
        if self.why_nothing:
            return self.why_nothing
        return "" if self.subscription.is_active else _("Only an active subscription can be suspended.")

    @property
    def why_not_reactivate(self) -> str:
        one = self.subscription
        if self.why_nothing:
            return self.why_nothing
        if one.status != Subscription.Status.SUSPENDED:
            return _("Only a suspended subscription can be reactivated.")
        if Customer.Relationship.CLOUD_RESELLER not in self.customer.relationships:
            return _("You do not sell to this customer any more. Request a new relationship first.")
        if one.parent and not one.parent.is_active:
            return _("It belongs to %(parent)s, which is not active. Reactivate that first.") % {"parent": one.parent}
        return ""

    @property
    def why_not_cancel(self) -> str:
        one = self.subscription
        if self.why_nothing:
            return self.why_nothing
        if not one.is_active:
            return _("Only an active subscription can be canceled.")
        if one.kind == Kind.LICENSE and one.cancelable_until < self.now:
            sentence = _(
                "It could be canceled until %(day)s, 7 days after it was bought or renewed. "
                "Suspend it, or let it end with its term."
            )
            return sentence % {"day": formats.date_format(timezone.localtime(one.cancelable_until), "DATE_FORMAT")}
        return ""

    @property
    def why_not_add_azure(self) -> str:
        """Why no Azure subscription can be added under this plan."""
        if self.why_nothing:
            return self.why_nothing
        return "" if self.subscription.is_active else _("The Azure plan is not active.")
