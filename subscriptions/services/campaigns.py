"""Campaigns: a file is kept and checked, somebody signs for its rows, and a job asks for their transfers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import uuid5

from django.conf import settings
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.clouds import Feature, explain_missing, offers
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import Progress, enqueue
from partnercenter.locks import delete_unheld, without_long_waits
from partnercenter.notifications.models import Notification
from partnercenter.notifications.services import notify
from partnercenter.partners.models import Partner
from subscriptions.models import Party, Transfer, TransferCampaign, TransferCampaignRow
from subscriptions.selectors.campaign_checks import NO_AZURE, NO_RIGHT, REFUSED, Finding, Line, findings
from subscriptions.selectors.campaigns import rows_to_send
from subscriptions.selectors.transfer_checks import codes_of_accounts
from subscriptions.selectors.transfer_preconditions import account_with_azure
from subscriptions.selectors.transfers import is_name_of, may_act_for
from subscriptions.services.campaign_files import read_campaign
from subscriptions.services.transfers import Signature, Wish, ask_for_transfer

# What a line of the log tells; translated when it is read.
CAMPAIGN: Final = gettext_noop("Campaign")
ROWS: Final = gettext_noop("Rows")
BLOCKED: Final = gettext_noop("Blocked")
TRANSFERS: Final = gettext_noop("Transfers")
NOT_SENT: Final = gettext_noop("Not sent")

BUSY: Final = gettext_lazy("Somebody else is changing this campaign right now. Try again in a moment.")
WRITTEN_AT_ONCE: Final = 1_000
FORGOTTEN_AT_ONCE: Final = 100


def upload_campaign(partner: Partner, *, name: str, content: bytes, wish: str, actor: User) -> TransferCampaign:
    """Read and check a file, and keep it with everything that was found; nothing is sent.

    `wish` is any text that tells one wish of a person from the next: of the same file there is one campaign for it,
    however often somebody clicks. Raises `Refused` for bytes that are no such file, and in a cloud without transfers.
    """
    if not offers(partner.cloud, Feature.TRANSFER):
        raise Refused(explain_missing(partner.cloud, Feature.TRANSFER))
    lines = {line.number: line for line in read_campaign(content)}
    found = findings(partner, [*lines.values()])
    pk = uuid5(actor.pk, f"campaign\n{wish}\n{sha256(content).hexdigest()}")
    with without_long_waits(BUSY):
        # Of two clicks at once the second one waits here for the first.
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        if there := TransferCampaign.objects.filter(pk=pk).first():
            return there
        campaign = TransferCampaign.objects.create(pk=pk, partner=partner, name=name, created_by=actor)
        _write_rows(campaign, lines, found)
        blocked = sum(bool(one.code) for one in found)
        _log(Deed.CAMPAIGN_UPLOADED, campaign, actor, {ROWS: len(lines), BLOCKED: blocked})
    return campaign


def check_again(campaign: TransferCampaign) -> None:
    """Check all rows as everything is now; what was found before is forgotten. Raises `Refused` once it was sent."""
    rows = TransferCampaignRow.objects.filter(campaign=campaign)
    lines = {row.line: row for row in rows.order_by("line")}
    found = findings(campaign.partner, [*lines.values()])
    with without_long_waits(BUSY):
        held = _hold_unsent(campaign)
        rows.delete()
        _write_rows(held, lines, found)
        TransferCampaign.objects.filter(pk=held.pk).update(checked_at=timezone.now())


def _write_rows(campaign: TransferCampaign, lines: Mapping[int, Line], found: list[Finding]) -> None:
    """Write the rows of a campaign, by their lines, with what was found of each."""
    rows = (_row(campaign, *one) for one in zip(lines, lines.values(), found, strict=True))
    TransferCampaignRow.objects.bulk_create(rows, batch_size=WRITTEN_AT_ONCE)


def _row(campaign: TransferCampaign, number: int, line: Line, finding: Finding) -> TransferCampaignRow:
    return TransferCampaignRow(
        campaign=campaign,
        line=number,
        customer=line.customer,
        source=line.source,
        note=line.note,
        account=finding.target,
        source_partner=finding.source.partner if finding.source else None,
        code=finding.code,
    )


def discard_campaign(campaign: TransferCampaign, *, actor: User) -> None:
    """Forget a campaign that was not sent. Raises `Refused` once it was."""
    with without_long_waits(BUSY):
        held = _hold_unsent(campaign)
        _log(Deed.CAMPAIGN_DISCARDED, held, actor, {ROWS: held.rows.count()})
        held.delete()


def forget_campaigns(now: datetime) -> int:
    """Forget the campaigns that nobody has sent for long; how many went. One that is being sent meanwhile stays."""
    old = TransferCampaign.objects.filter(sent_at=None, created_at__lt=now - TransferCampaign.KEPT_FOR)
    return delete_unheld(old, at_once=FORGOTTEN_AT_ONCE)


def send_campaign(campaign: TransferCampaign, signature: Signature, *, checked_at: datetime, actor: User) -> bool:
    """Sign for all rows that can be sent, and let a worker ask for their transfers; False if that was done before.

    `checked_at` is when the rows were checked that the person has seen. Raises `Refused` for a name that is not that of
    the person, and where the rows are others by now or none can be sent.
    """
    if not is_name_of(signature.typed_name, actor):
        raise Refused(_("Type your own name to sign: %(name)s.") % {"name": actor.display_name})
    with without_long_waits(BUSY):
        held = _hold(campaign)
        if held.sent_at:
            return False
        if held.checked_at != checked_at:
            raise Refused(_("The rows were checked again a moment ago. Look at what was found, then sign."))
        total = rows_to_send(held).count()
        if not total:
            raise Refused(_("No row of this campaign can be sent. Correct the file and upload it again."))
        held.sent_at, held.sent_by = timezone.now(), actor
        held.typed_name, held.address, held.browser = signature.typed_name, signature.address, signature.browser[:300]
        held.job = enqueue(
            Job.Kind.CAMPAIGN,
            subject_id=held.pk,
            subject=held.name,
            total=total,
            url=reverse("transfers:campaign", args=[held.pk]),
            partner=held.partner,
            actor=actor,
        )
        held.save(update_fields=["sent_at", "sent_by", "typed_name", "address", "browser", "job"])
        _log(Deed.CAMPAIGN_SENT, held, actor, {TRANSFERS: total})
    return True


def _hold(campaign: TransferCampaign) -> TransferCampaign:
    rows = TransferCampaign.objects.select_for_update(of=("self",)).select_related("partner__tenant")
    held = rows.filter(pk=campaign.pk).first()
    if held is None:
        raise Refused(_("This campaign was discarded a moment ago, perhaps in another window."))
    return held


def _hold_unsent(campaign: TransferCampaign) -> TransferCampaign:
    held = _hold(campaign)
    if held.sent_at:
        raise Refused(_("This campaign was sent before. Its page shows what came of it."))
    return held


def ask_next(campaign: TransferCampaign, *, actor: User) -> Progress:
    """Ask for the transfer of the next row for who signed, in the caller's transaction: each row has one of its own.

    So no row waits for the accounts of another, and a worker that is killed leaves every row whole.
    """
    waiting = rows_to_send(campaign).select_related("account__partner__tenant", "account__reseller__tenant")
    rows = list(waiting.order_by("line")[:2])
    if not rows:
        return Progress(more=False)
    row = rows[0]
    with translation.override(actor.language or settings.LANGUAGE_CODE):
        _ask(campaign, row, actor)
    row.tried_at = timezone.now()
    row.save(update_fields=["transfer", "code", "problem", "tried_at"])
    sent = row.transfer is not None
    return Progress(succeeded=int(sent), failed=int(not sent), more=len(rows) > 1)


def _ask(campaign: TransferCampaign, row: TransferCampaignRow, actor: User) -> None:
    """Ask for the transfer of a row, or note why there is none."""
    target, partner_id = row.account, row.source_partner_id
    assert target is not None  # noqa: S101 - a constraint of the table
    source = account_with_azure(partner_id, target) if partner_id else None
    if source is None:
        row.code = NO_AZURE
        return
    # The customers of a provider keep the reseller they have there.
    reseller = target.reseller if campaign.partner.is_provider else None
    token = f"campaign\n{campaign.pk}\n{row.line}"
    wish = Wish(source, target, Party.TARGET, token, row.note, reseller, is_one_of_many=True)
    signature = Signature(campaign.typed_name, campaign.address, campaign.browser, campaign.sent_at)
    try:
        row.transfer = ask_for_transfer(wish, signature, actor=actor)
    except Refused as refused:
        if isinstance(refused.__cause__, OperationalError):
            # Somebody holds one of the accounts: the job comes again in a moment.
            raise refused.__cause__ from refused
        row.code, row.problem = _why_not(wish, actor, refused)


def _why_not(wish: Wish, actor: User, refused: Refused) -> tuple[str, str]:
    """The code of what stood in the way of a row, or the sentence where there is none for it."""
    person = User.objects.select_related("staff__partner").get(pk=actor.pk)
    if not may_act_for(Transfer(target_partner=wish.target.partner), Party.TARGET, person):
        return NO_RIGHT, ""
    codes = codes_of_accounts(wish.source, wish.target)
    return (codes[0], "") if codes else (REFUSED, str(refused))


def finish_campaign(campaign: TransferCampaign, *, job: Job) -> None:
    """Say how the sending ended, as its `job` did: the log and whoever signed are told."""
    sent = campaign.rows.filter(transfer__isnull=False).count()
    left = job.total - sent
    _log(Deed.CAMPAIGN_ENDED, campaign, job.requested_by, {TRANSFERS: sent, NOT_SENT: left})
    kinds = {Job.Status.DONE: Notification.Kind.CAMPAIGN_ENDED, Job.Status.FAILED: Notification.Kind.JOB_FAILED}
    if kind := kinds.get(Job.Status(job.status)):
        facts = {"subject": job.subject, "name": campaign.name, "sent": sent, "left": left}
        notify(job.requested_by, kind, facts=facts, url=job.url)


def _log(deed: Deed, campaign: TransferCampaign, actor: User, numbers: dict[str, int]) -> None:
    details = {CAMPAIGN: campaign.name} | numbers
    record(deed, partner=campaign.partner, actor=actor, details=details)
