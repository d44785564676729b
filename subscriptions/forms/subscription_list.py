"""Search and filters of subscriptions, as they stand in the address of a list."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from customers.forms.customer_list import DayField
from customers.models import Customer
from partnercenter.partners.models import Partner
from partnercenter.web.forms import search_field
from partnercenter.web.keyset import Source
from subscriptions.catalog import CATALOG
from subscriptions.models import Subscription
from subscriptions.selectors.subscription_list import (
    EVERY_STATE,
    Wanted,
    found_of_customer,
    found_of_partner,
    offers_bought_from,
)
from subscriptions.selectors.subscriptions import LIST_LABELS, resellers_for

KINDS: Final = [("", _("All kinds")), *LIST_LABELS.items()]
STATES: Final = [("", _("All that have not ended")), *Subscription.Status.choices, (EVERY_STATE, _("All states"))]
# What of an address says which subscriptions a list has.
NAMES: Final = ("ends_from", "ends_to", "kind", "offer", "q", "reseller", "state")


class SubscriptionSearchForm(forms.Form):
    """What to look for: `q kind state` of the address; across customers also `offer reseller ends_from ends_to`.

    What makes no sense in it looks for nothing in particular; but it is `senseless`, and nothing is done with what it
    finds. `customer` is whose subscriptions are listed; without one all customers of the partner have them.
    """

    q = search_field(_("Search subscriptions"), _("Name, product or ID"))
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, required=False)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    offer = forms.ChoiceField(
        label=_("Product"), choices=[(pk, one.name) for pk, one in CATALOG.items()], required=False
    )
    reseller = forms.ChoiceField(label=_("Reseller"), required=False)
    ends_from = DayField(label=_("Term ends from"))
    ends_to = DayField(label=_("Term ends to"))

    def __init__(self, data: Any, *, partner: Partner, customer: Customer | None = None) -> None:
        super().__init__(data, auto_id="search_%s")
        self.partner, self.customer = partner, customer
        if customer:
            for name in ("offer", "ends_from", "ends_to"):
                del self.fields[name]
        self.resellers = self._resellers()
        for name, field in self.fields.items():
            if name != "q":
                field.widget.attrs |= {"form": "find", "autocomplete": "off"}
        self.is_valid()

    def _resellers(self) -> dict[str, Partner]:
        if self.customer or not self.partner.is_provider:
            del self.fields["reseller"]
            return {}
        resellers = {str(reseller.pk): reseller for reseller in resellers_for(self.partner)}
        choices = [("", _("All resellers")), *((guid, str(one)) for guid, one in resellers.items())]
        self.fields["reseller"].choices = choices  # type: ignore[attr-defined]
        return resellers

    def offer_only_what_is_there(self) -> None:
        """Let the field of products have those only that somebody has bought."""
        there = {*offers_bought_from(self.partner), self.wanted.offer_id} & CATALOG.keys()
        offers = sorted((CATALOG[offer_id] for offer_id in there), key=lambda offer: offer.search_text)
        choices = [("", _("All products")), *((offer.id, offer.name) for offer in offers)]
        self.fields["offer"].widget.choices = choices

    @property
    def wanted(self) -> Wanted:
        """What was asked for."""
        said = self.cleaned_data
        return Wanted(
            text=said.get("q", ""),
            kind=said.get("kind", ""),
            state=said.get("state", ""),
            offer_id=said.get("offer", ""),
            reseller=self.resellers.get(said.get("reseller", "")),
            ends_from=_midnight(said.get("ends_from")),
            ends_before=_midnight(said.get("ends_to"), days_later=1),
        )

    @property
    def senseless(self) -> bool:
        """Whether the address asks for something that there is not: it may have meant only a few."""
        return bool(self.errors)

    @property
    def searching(self) -> bool:
        """Whether the list leaves anything out that somebody could look for."""
        return self.wanted not in (Wanted(), Wanted(state=EVERY_STATE))

    @property
    def matching(self) -> str:
        """What of the address says which subscriptions the list has, and nothing of how it shows them."""
        return urlencode([(name, self.data[name]) for name in NAMES if name in self.fields and self.data.get(name)])

    @property
    def found(self) -> Source[Subscription]:
        """The subscriptions that were asked for."""
        return self.found_of_kind(self.wanted.kind)

    def found_of_kind(self, kind: str) -> Source[Subscription]:
        """Those of one kind, for a list that shows the kinds apart."""
        wanted = Wanted(**{**vars(self.wanted), "kind": kind})
        if self.customer:
            return found_of_customer(self.customer, wanted)
        return found_of_partner(self.partner, wanted)


def _midnight(day: date | None, *, days_later: int = 0) -> datetime | None:
    """Midnight, where the reader is, in UTC; None for days at the ends of the calendar, which UTC may not have."""
    try:
        midnight = timezone.make_aware(datetime.combine(day + timedelta(days_later), time.min)) if day else None
        return midnight.astimezone(UTC) if midnight else None
    except OverflowError:
        return None
