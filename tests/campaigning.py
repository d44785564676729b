"""Campaigns of Fabrikam, as their tests begin."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partnercenter.jobs.services import run_job
from subscriptions.models import TransferCampaign
from subscriptions.services.campaigns import send_campaign, upload_campaign
from subscriptions.services.transfers import Signature
from tests.subscribing import azure_plan

HEADER = "Microsoft ID of the customer,Current partner,Note"


@pytest.fixture
def targets(source, target, contoso, fabrikam, make_customer, azure):
    """Fabrikam's accounts of two customers whose Azure Contoso has."""
    account = make_customer(contoso, "Proseware")
    azure_plan(account)
    second = make_customer(fabrikam, "Proseware", tenant=account.tenant, domain=account.domain)
    azure_plan(second)
    return [target, second]


def content_of(*rows, header=HEADER):
    return "\n".join([header, *rows]).encode()


def file_of(*rows, header=HEADER, name="campaign.csv"):
    return SimpleUploadedFile(name, content_of(*rows, header=header))


def rows_for(targets, partner):
    return [f"{one.tenant_id},{partner.pk},Hello {number}" for number, one in enumerate(targets)]


def upload(person, *rows, wish=None, name="campaign.csv"):
    """A campaign of a person's partner that is not sent yet."""
    return upload_campaign(
        person.partner, name=name, content=content_of(*rows), wish=wish or str(uuid.uuid4()), actor=person.user
    )


def send(campaign, person):
    """A person signs a campaign as it is now; whether that did it."""
    campaign.refresh_from_db()
    signature = Signature(person.user.display_name, "203.0.113.7", "A browser")
    return send_campaign(campaign, signature, checked_at=campaign.checked_at, actor=person.user)


def work(campaign):
    """The worker does what is to be done; the campaign as it is then."""
    campaign.refresh_from_db()
    run_job(campaign.job_id)
    return TransferCampaign.objects.select_related("job").get(pk=campaign.pk)


def told(campaign):
    """The line of each row, its problem, and whether it has a transfer."""
    rows = campaign.rows.order_by("line")
    return [(row.line, row.code, row.transfer_id is not None) for row in rows]


def page_of(campaign, page="campaign"):
    return reverse(f"transfers:{page}", args=[campaign.pk])


def let_it_grow_old(campaign, days):
    old = campaign.created_at - timedelta(days=days)
    TransferCampaign.objects.filter(pk=campaign.pk).update(created_at=old)
