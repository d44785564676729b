"""Addresses of transfers below `/transfers/`."""

from __future__ import annotations

from django.urls import path

from subscriptions.views import transfer_asking, transfers

app_name = "transfers"

urlpatterns = [
    path("", transfers.transfers, name="list"),
    path("export/", transfers.export, name="export"),
    path("<uuid:transfer_id>/", transfers.transfer, name="transfer"),
    path("<uuid:transfer_id>/agree/", transfer_asking.agree, name="agree"),
    path("<uuid:transfer_id>/cancel/", transfer_asking.cancel, name="cancel"),
    path("<uuid:transfer_id>/decline/", transfer_asking.decline, name="decline"),
]
