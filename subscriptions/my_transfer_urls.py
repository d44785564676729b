"""Addresses of transfers below `/my/transfers/`: the pages of the customer's own people."""

from __future__ import annotations

from django.urls import path

from subscriptions.views import my_transfers

app_name = "my_transfers"

urlpatterns = [
    path("", my_transfers.transfers, name="list"),
    path("new/", my_transfers.new, name="new"),
    path("<uuid:transfer_id>/", my_transfers.transfer, name="transfer"),
    path("<uuid:transfer_id>/sign/", my_transfers.sign, name="sign"),
    path("<uuid:transfer_id>/decline/", my_transfers.decline, name="decline"),
    path("<uuid:transfer_id>/cancel/", my_transfers.cancel, name="cancel"),
    path("<uuid:transfer_id>/retry/", my_transfers.retry, name="retry"),
    path("<uuid:transfer_id>/tick/", my_transfers.tick, name="tick"),
    path("<uuid:transfer_id>/remove-access/", my_transfers.remove_access, name="remove_access"),
    path("<uuid:transfer_id>/record/", my_transfers.record, name="record"),
    path("<uuid:transfer_id>/record.csv", my_transfers.record_file, name="record_file"),
]
