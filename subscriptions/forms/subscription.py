"""What can be changed of one subscription."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.meanwhile import SeenForm
from customers.forms.names import NameField
from customers.services.meanwhile import Overtaken
from partnercenter.partners.models import Partner
from subscriptions.selectors.limits import Limits
from subscriptions.selectors.subscriptions import resellers_for

LONGEST_NAME: Final = 120


class SubscriptionForm(SeenForm):
    """Everything that can be changed of a subscription; what cannot is disabled, and its hint says why.

    `seen` is the version that the person sees.
    """

    name = NameField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("What you call it in lists and exports."),
        error_messages={"required": gettext_lazy("Type a name, or that of the offer.")},
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"),
        error_messages={
            "required": gettext_lazy("Type how many."),
            "invalid": gettext_lazy("Type the quantity as a whole number."),
        },
    )
    billing_cycle = forms.ChoiceField(label=gettext_lazy("Billing"))
    auto_renew = forms.BooleanField(label=gettext_lazy("Renew automatically at the end of the term"), required=False)
    reseller = forms.ModelChoiceField(Partner.objects.none(), label=gettext_lazy("Reseller of record"), required=False)
    support_contact = forms.ModelChoiceField(
        Partner.objects.none(),
        label=gettext_lazy("Support contact"),
        required=False,
        help_text=gettext_lazy("Whom the customer turns to for help with this subscription."),
    )

    def __init__(self, data: Any, *, limits: Limits) -> None:
        self.limits, self.subscription = limits, limits.subscription
        names = ("name", "quantity", "billing_cycle", "auto_renew", "reseller", "support_contact")
        initial = {name: getattr(self.subscription, name) for name in names}
        super().__init__(data, initial=initial | {"seen": str(self.subscription.version)})
        self._offer_choices()
        for name in ("name", "support_contact"):
            self._lock(name, limits.why_nothing)
        self._lock("quantity", limits.why_not_quantity, limits.quantity_hint)
        self._lock("billing_cycle", limits.why_not_cycle)
        self._lock("auto_renew", limits.why_not_renewal)
        self._lock("reseller", limits.why_not_reseller)
        if not self.subscription.offer.cycles:
            del self.fields["billing_cycle"]
        if not limits.customer.partner.is_provider:
            # Who sells directly is who supports, and nobody stands between.
            del self.fields["reseller"], self.fields["support_contact"]

    def _offer_choices(self) -> None:
        partner = self.limits.customer.partner
        # Who is there now may stay, whether or not they could be chosen anew.
        there = Partner.objects.filter(pk__in=[self.subscription.reseller_id, self.subscription.support_contact_id])
        sellers: Any = self.fields["reseller"]
        sellers.queryset, sellers.empty_label = resellers_for(partner) | there, _("None")
        contacts: Any = self.fields["support_contact"]
        contacts.queryset, contacts.empty_label = resellers_for(partner) | there, str(partner)
        cycles: Any = self.fields["billing_cycle"]
        cycles.choices = [(cycle.value, cycle.label) for cycle in self.subscription.offer.cycles]

    def _lock(self, name: str, why_not: str, hint: str = "") -> None:
        """Disable a field that cannot be changed, and say why; else say its limits."""
        field = self.fields[name]
        field.disabled = bool(why_not)
        field.help_text = why_not or hint or field.help_text

    def clean_quantity(self) -> int:
        quantity: int = self.cleaned_data["quantity"]
        if quantity != self.subscription.quantity and not self.limits.fewest <= quantity <= self.limits.most:
            raise forms.ValidationError(self.limits.quantity_hint)
        return quantity

    def see_anew(self, overtaken: Overtaken) -> None:
        """Say what a colleague changed meanwhile, see `SeenForm.tell`."""
        self.subscription.refresh_from_db()
        differs = [name for name, mine in self.values.items() if mine != getattr(self.subscription, name)]
        self.tell(overtaken, seen=str(self.subscription.version), theirs={name: self._told(name) for name in differs})

    def _told(self, name: str) -> str:
        """The value of a field as it is now, as people read it."""
        value = getattr(self.subscription, name)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if name == "billing_cycle":
            return str(self.subscription.get_billing_cycle_display())
        return str(value or self.fields[name].empty_label)  # type: ignore[attr-defined]

    @property
    def values(self) -> Mapping[str, Any]:
        """The values of what can be changed, without what is locked."""
        return {
            name: self.cleaned_data[name]
            for name, field in self.fields.items()
            if name != "seen" and not field.disabled
        }
