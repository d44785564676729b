"""Addresses of transfers below `/transfers/`."""

from __future__ import annotations

from django.urls import path

from subscriptions.views import transfers

app_name = "transfers"

urlpatterns = [
    path("<uuid:transfer_id>/", transfers.transfer, name="transfer"),
]
