"""Which transfers a list shows."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from partnercenter.partners.models import Partner
from partnercenter.web.forms import SearchForm, search_field
from subscriptions.models import Transfer, TransferCampaign
from subscriptions.selectors.campaigns import campaigns_of, sent_with
from subscriptions.selectors.transfers import RECEIVED, SENT, in_direction, in_state, matching, waiting_for


class TransferFilter(SearchForm):
    """Which transfers to show: `q direction state mine campaign` of the address.

    After `narrow` `campaign_chosen` is the campaign whose transfers alone are shown, if it is one of the partner.
    """

    campaign_chosen: TransferCampaign | None = None

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
    campaign = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def narrow(self, transfers: QuerySet[Transfer], partner: Partner, now: datetime) -> QuerySet[Transfer]:
        """Those of the transfers that a partner asked for."""
        wanted = self.cleaned_data
        if text := wanted.get("q"):
            transfers = matching(transfers, partner, text)
        if direction := wanted.get("direction"):
            transfers = in_direction(transfers, partner, direction)
        if state := wanted.get("state"):
            transfers = in_state(transfers, state, now)
        if campaign_id := wanted.get("campaign"):
            self.campaign_chosen = campaigns_of(partner).filter(pk=campaign_id).first()
            transfers = sent_with(transfers, self.campaign_chosen) if self.campaign_chosen else transfers.none()
        return waiting_for(transfers, partner, now) if wanted.get("mine") else transfers
