"""What jobs of this app do, and what the clock does for it; settings name both."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from partnercenter.jobs.models import Job
from partnercenter.jobs.services import Handler, Progress
from subscriptions.models import LicenseChange, SubscriptionChange, Transfer, TransferCampaign
from subscriptions.services.campaigns import ask_next, finish_campaign, forget_campaigns
from subscriptions.services.license_changes import change_next_licenses, finish_license_change
from subscriptions.services.life_cycle import move_on
from subscriptions.services.orders import forget_drafts
from subscriptions.services.reservations import expire_reservations
from subscriptions.services.subscription_changes import change_next_subscriptions, finish_subscription_change
from subscriptions.services.transfer_clock import move_transfers_on
from subscriptions.services.transfer_move import finish_move, move_next


@shared_task(name="subscriptions.move_on")
def move_subscriptions_on() -> int:
    """Renew, expire, disable and delete what is due, and let reservations end."""
    now = timezone.now()
    return move_on(now) + expire_reservations(now)


@shared_task(name="subscriptions.forget_drafts")
def forget_order_drafts() -> int:
    return forget_drafts(timezone.now())


@shared_task(name="subscriptions.forget_campaigns")
def forget_unsent_campaigns() -> int:
    return forget_campaigns(timezone.now())


@shared_task(name="subscriptions.move_transfers_on")
def move_waiting_transfers_on() -> int:
    return move_transfers_on(timezone.now())


def _work_on_transfer(job: Job) -> Progress:
    return move_next(_transfer_of(job), timezone.now())


def _finish_transfer(job: Job) -> None:
    finish_move(_transfer_of(job))


def _transfer_of(job: Job) -> Transfer:
    return Transfer.objects.get(pk=job.subject_id)


def _work_on_campaign(job: Job) -> Progress:
    return ask_next(_campaign_of(job), actor=job.requested_by)


def _finish_campaign(job: Job) -> None:
    finish_campaign(_campaign_of(job), job=job)


def _campaign_of(job: Job) -> TransferCampaign:
    return TransferCampaign.objects.select_related("partner__tenant").get(pk=job.subject_id)


def _work_on_licenses(job: Job) -> Progress:
    return change_next_licenses(_license_change_of(job))


def _finish_licenses(job: Job) -> None:
    finish_license_change(_license_change_of(job), job=job)


def _license_change_of(job: Job) -> LicenseChange:
    people = ("customer__partner", "requested_by")
    return LicenseChange.objects.defer("user_ids").select_related(*people).get(pk=job.subject_id)


def _work_on_subscriptions(job: Job) -> Progress:
    return change_next_subscriptions(_subscription_change_of(job))


def _finish_subscriptions(job: Job) -> None:
    finish_subscription_change(_subscription_change_of(job), job=job)


def _subscription_change_of(job: Job) -> SubscriptionChange:
    people = ("partner__tenant", "customer", "reseller__tenant", "requested_by")
    return SubscriptionChange.objects.select_related(*people).get(pk=job.subject_id)


change_subscriptions = Handler(work=_work_on_subscriptions, finish=_finish_subscriptions)
change_licenses = Handler(work=_work_on_licenses, finish=_finish_licenses)
transfer = Handler(work=_work_on_transfer, finish=_finish_transfer)
campaign = Handler(work=_work_on_campaign, finish=_finish_campaign)
