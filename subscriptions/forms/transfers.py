"""Which transfers a list shows."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from partnercenter.partners.models import Partner
from partnercenter.web.forms import SearchForm, search_field
from subscriptions.models import Transfer
from subscriptions.selectors.transfers import RECEIVED, SENT, in_direction, in_state, matching, waiting_for


class TransferFilter(SearchForm):
    """Which transfers to show: `q direction state mine` of the address."""

    q = search_field(gettext_lazy("Search transfers"), gettext_lazy("Customer"))
    direction = forms.ChoiceField(
        label=gettext_lazy("Direction"),
        choices=[
            ("", gettext_lazy("Sent and received")),
            (SENT, gettext_lazy("Sent: you take over")),
            (RECEIVED, gettext_lazy("Received: you hand over")),
        ],
        required=False,
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("All states")), *Transfer.Status.choices],
        required=False,
    )
    mine = forms.BooleanField(label=gettext_lazy("Waits for you"), required=False)

    def narrow(self, transfers: QuerySet[Transfer], partner: Partner, now: datetime) -> QuerySet[Transfer]:
        """Those of the transfers that a partner asked for."""
        wanted = self.cleaned_data
        if text := wanted.get("q"):
            transfers = matching(transfers, partner, text)
        if direction := wanted.get("direction"):
            transfers = in_direction(transfers, partner, direction)
        if state := wanted.get("state"):
            transfers = in_state(transfers, state, now)
        return waiting_for(transfers, partner, now) if wanted.get("mine") else transfers
