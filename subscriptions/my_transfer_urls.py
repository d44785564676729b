"""Addresses of transfers below `/my/transfers/`: the pages of the customer's own people."""

from __future__ import annotations

from django.urls import path

from subscriptions.views import my_transfers

app_name = "my_transfers"

urlpatterns = [
    path("<uuid:transfer_id>/", my_transfers.transfer, name="transfer"),
]
