"""Addresses of transfers below `/transfers/`."""

from __future__ import annotations

from django.urls import path

from subscriptions.views import (
    campaigns,
    hand_over,
    transfer_asking,
    transfer_dry_run,
    transfer_record,
    transfer_review,
    transfers,
)

app_name = "transfers"

urlpatterns = [
    path("", transfers.transfers, name="list"),
    path("export/", transfers.export, name="export"),
    path("<uuid:transfer_id>/", transfers.transfer, name="transfer"),
    path("<uuid:transfer_id>/agree/", transfer_asking.agree, name="agree"),
    path("<uuid:transfer_id>/cancel/", transfer_asking.cancel, name="cancel"),
    path("<uuid:transfer_id>/decline/", transfer_asking.decline, name="decline"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.new_campaign, name="new_campaign"),
    path("campaigns/template.csv", campaigns.campaign_template, name="campaign_template"),
    path("campaigns/<uuid:campaign_id>/", campaigns.campaign, name="campaign"),
    path("campaigns/<uuid:campaign_id>/progress/", campaigns.campaign_progress, name="campaign_progress"),
    path("campaigns/<uuid:campaign_id>/send/", campaigns.send, name="send_campaign"),
    path("campaigns/<uuid:campaign_id>/check/", campaigns.check, name="check_campaign"),
    path("campaigns/<uuid:campaign_id>/discard/", campaigns.discard, name="discard_campaign"),
    path("campaigns/<uuid:campaign_id>/export/", campaigns.export, name="export_campaign"),
    path("two-persons/", transfer_review.two_persons, name="two_persons"),
    path("two-persons/set/", transfer_review.set_two_persons, name="set_two_persons"),
    path("<uuid:transfer_id>/retry/", transfers.retry, name="retry"),
    path("<uuid:transfer_id>/dry-run/", transfer_dry_run.dry_run_of_all, name="dry_run"),
    path("<uuid:transfer_id>/review/", transfer_review.review, name="review"),
    path("<uuid:transfer_id>/review/decline/", transfer_review.decline_review, name="decline_review"),
    path("<uuid:transfer_id>/review/take-back/", transfer_review.take_back, name="take_back"),
    path("<uuid:transfer_id>/hand-over/", hand_over.hand_over, name="hand_over"),
    path("<uuid:transfer_id>/hand-over/tick/", hand_over.tick, name="tick"),
    path("<uuid:transfer_id>/hand-over/remove-access/", hand_over.remove_access, name="remove_access"),
    path("<uuid:transfer_id>/record/", transfer_record.record, name="record"),
    path("<uuid:transfer_id>/record.csv", transfer_record.record_file, name="record_file"),
]
