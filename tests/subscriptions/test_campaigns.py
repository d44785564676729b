"""A campaign: one file, a transfer for each row that can be sent, exactly once, and a reason for each of the others."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Agreement, Customer
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import cancel_job
from partnercenter.notifications.models import Notification
from partnercenter.partners.models import Staff
from partnercenter.partners.roles import Role
from subscriptions.models import Subscription, Transfer, TransferCampaign, TransferCampaignRow
from subscriptions.selectors.campaign_checks import findings
from subscriptions.services.campaign_files import FileLine
from subscriptions.services.campaigns import ask_next, check_again, discard_campaign, forget_campaigns, send_campaign
from subscriptions.services.transfers import Signature
from subscriptions.tasks import campaign as handler
from tests.campaigning import let_it_grow_old, rows_for, send, told, upload, work
from tests.subscribing import azure_plan
from tests.transferring import ask


@pytest.fixture
def uploaded(finn, targets, contoso):
    """A campaign of both customers that nobody has sent."""
    return upload(finn, *rows_for(targets, contoso))


def end_plans_of(account):
    Subscription.objects.filter(customer=account, kind="plan").update(status="suspended")


class TestChecking:
    def test_a_file_is_kept_with_what_was_found_and_sends_nothing(self, uploaded, targets, contoso):
        rows = uploaded.rows.order_by("line")

        assert [(row.account, row.source_partner, row.note) for row in rows] == [
            (targets[0], contoso, "Hello 0"),
            (targets[1], contoso, "Hello 1"),
        ]
        assert told(uploaded) == [(2, "", False), (3, "", False)]
        assert not Transfer.objects.exists()
        assert Activity.objects.get(deed=Deed.CAMPAIGN_UPLOADED).details == {
            "Campaign": "campaign.csv",
            "Rows": 2,
            "Blocked": 0,
        }

    def test_every_row_that_cannot_be_sent_has_a_reason(self, finn, targets, contoso, northwind):
        litware, proseware = targets
        Agreement.objects.filter(customer=litware).delete()

        campaign = upload(
            finn,
            f"{uuid.uuid4()},{contoso.pk},",
            rows_for(targets, contoso)[0],
            f"{proseware.tenant_id},{northwind.pk},",
            "nonsense,,",
            rows_for(targets, contoso)[1],
        )

        assert told(campaign) == [
            (2, "unknown", False),
            (3, "agreement", False),
            (4, "no_azure", False),
            (5, "unknown", False),
            (6, "twice", False),
        ]

    def test_a_note_that_no_transfer_can_hold_is_a_problem_of_its_row(self, finn, targets, contoso):
        campaign = upload(finn, f"{targets[0].tenant_id},{contoso.pk},{'x' * 1001}")

        assert told(campaign) == [(2, "long_note", False)]

    def test_of_two_rows_for_the_same_customer_the_first_one_counts(self, finn, targets, contoso, northwind):
        litware = targets[0].tenant_id

        campaign = upload(finn, f"{litware},{contoso.pk},", f"{litware},{contoso.pk},", f"{litware},{northwind.pk},")

        assert told(campaign) == [(2, "", False), (3, "twice", False), (4, "twice", False)]

    def test_a_customer_of_another_partner_is_unknown(self, ana, targets, fabrikam, make_customer):
        stranger = make_customer(fabrikam, "Wingtip Toys")

        assert told(upload(ana, f"{stranger.tenant_id},{fabrikam.pk},")) == [(2, "unknown", False)]

    def test_the_rows_are_checked_with_as_many_questions_as_one(self, finn, targets, contoso):
        lines = [FileLine(number, str(one.tenant_id), str(contoso.pk)) for number, one in enumerate(targets)]

        with CaptureQueriesContext(
            connection,
        ) as one:
            findings(finn.partner, lines[:1])
        with CaptureQueriesContext(connection) as both:
            found = findings(finn.partner, lines)

        assert len(both) == len(one) <= 6
        assert [(one.target, one.source.partner, one.code) for one in found] == [(one, contoso, "") for one in targets]

    def test_the_same_file_sent_twice_by_a_double_click_is_one_campaign(self, finn, targets, contoso):
        rows = rows_for(targets, contoso)

        first, second = upload(finn, *rows, wish="one"), upload(finn, *rows, wish="one")
        other = upload(finn, rows[0], wish="one")

        assert (first == second, first == other, TransferCampaign.objects.count()) == (True, False, 2)

    def test_what_was_put_right_can_be_sent_after_another_check(self, finn, targets, contoso):
        Subscription.objects.filter(customer=targets[1], kind="plan").delete()
        campaign = upload(finn, *rows_for(targets, contoso))
        before = told(campaign)
        azure_plan(targets[1])

        check_again(campaign)

        assert before == [(2, "", False), (3, "900133", False)]
        assert told(campaign) == [(2, "", False), (3, "", False)]
        assert [row.note for row in campaign.rows.order_by("line")] == ["Hello 0", "Hello 1"]


class TestSending:
    def test_a_job_asks_for_each_transfer_with_its_note(self, uploaded, finn, targets):
        send(uploaded, finn)
        campaign = work(uploaded)

        made = Transfer.objects.order_by("asked_at")
        assert [(one.target, one.note, one.status, one.asked_by) for one in made] == [
            (targets[0], "Hello 0", "awaiting_consent", finn.user),
            (targets[1], "Hello 1", "awaiting_consent", finn.user),
        ]
        assert told(campaign) == [(2, "", True), (3, "", True)]
        assert (campaign.job.status, campaign.job.succeeded, campaign.job.failed) == ("done", 2, 0)

    def test_the_signature_is_that_of_the_person_at_the_moment_of_sending(self, uploaded, finn):
        send(uploaded, finn)
        campaign = work(uploaded)

        signatures = [one.signatures.get() for one in Transfer.objects.all()]
        assert {(one.signed_by, one.typed_name, one.address, one.browser) for one in signatures} == {
            (finn.user, "Finn", "203.0.113.7", "A browser")
        }
        assert {one.signed_at for one in signatures} == {campaign.sent_at}

    def test_only_the_own_name_signs(self, uploaded, finn):
        signature = Signature("Fred")

        with pytest.raises(Refused, match="Type your own name to sign: Finn"):
            send_campaign(uploaded, signature, checked_at=uploaded.checked_at, actor=finn.user)

        assert not Job.objects.exists()

    def test_sending_twice_sends_once(self, uploaded, finn):
        assert [send(uploaded, finn), send(uploaded, finn)] == [True, False]
        assert Job.objects.count() == 1

    def test_a_handler_that_is_called_again_and_again_makes_nothing_twice(self, uploaded, finn):
        send(uploaded, finn)
        job = Job.objects.get()

        answers = [handler.work(job) for _ in range(4)]

        assert [(one.succeeded, one.failed, one.more) for one in answers] == [
            (1, 0, True),
            (1, 0, False),
            (0, 0, False),
            (0, 0, False),
        ]
        assert Transfer.objects.count() == 2

    def test_a_row_whose_transfer_is_there_already_finds_it(self, uploaded, finn):
        send(uploaded, finn)
        work(uploaded)
        TransferCampaignRow.objects.update(transfer=None, tried_at=None)
        uploaded.refresh_from_db()

        ask_next(uploaded, actor=finn.user)

        assert told(uploaded) == [(2, "", True), (3, "", False)]
        assert Transfer.objects.count() == 2

    def test_a_worker_that_dies_in_a_row_leaves_it_whole(self, uploaded, finn):
        send(uploaded, finn)
        with transaction.atomic():
            handler.work(Job.objects.get())
            transaction.set_rollback(True)
        assert told(uploaded) == [(2, "", False), (3, "", False)]

        work(uploaded)

        assert told(uploaded) == [(2, "", True), (3, "", True)]
        assert Transfer.objects.count() == 2

    def test_what_comes_in_the_way_before_the_job_is_the_reason_of_its_row(self, uploaded, finn, targets):
        send(uploaded, finn)
        end_plans_of(targets[0])

        campaign = work(uploaded)

        assert told(campaign) == [(2, "900132", False), (3, "", True)]
        assert (campaign.job.status, campaign.job.succeeded, campaign.job.failed) == ("done", 1, 1)

    def test_what_the_current_partner_loses_before_the_job_is_not_asked_for(self, uploaded, finn, source):
        send(uploaded, finn)
        Customer.objects.filter(pk=source.pk).update(ended_at=timezone.now())

        assert told(work(uploaded)) == [(2, "no_azure", False), (3, "", True)]

    def test_a_role_that_is_taken_away_before_the_job_sends_nothing_more(self, uploaded, finn):
        send(uploaded, finn)
        uploaded.refresh_from_db()
        ask_next(uploaded, actor=finn.user)
        Staff.objects.filter(pk=finn.pk).update(roles=[Role.SALES_AGENT])

        campaign = work(uploaded)

        assert told(campaign) == [(2, "", True), (3, "no_right", False)]
        assert Transfer.objects.count() == 1

    def test_a_transfer_that_somebody_else_asked_for_meanwhile_is_not_asked_for_again(
        self, uploaded, finn, source, targets
    ):
        send(uploaded, finn)
        ask(source, targets[0], finn)

        assert told(work(uploaded)) == [(2, "open", False), (3, "", True)]

    def test_a_reason_without_a_code_is_kept_in_words(self, uploaded, finn):
        send(uploaded, finn)
        User.objects.filter(pk=finn.user_id).update(display_name="Finley")

        campaign = work(uploaded)

        assert told(campaign) == [(2, "refused", False), (3, "refused", False)]
        assert {row.problem for row in campaign.rows.all()} == {"Type your own name to sign: Finley."}

    def test_rows_that_are_blocked_are_not_tried(self, finn, targets, contoso):
        campaign = upload(finn, "nonsense,,", rows_for(targets, contoso)[0])

        send(campaign, finn)
        campaign = work(campaign)

        assert told(campaign) == [(2, "unknown", False), (3, "", True)]
        assert campaign.job.total == 1

    def test_a_campaign_of_which_nothing_can_be_sent_is_not(self, finn, targets):
        with pytest.raises(Refused, match="No row of this campaign can be sent"):
            send(upload(finn, "nonsense,,"), finn)

    def test_nobody_signs_other_rows_than_those_that_were_seen(self, uploaded, finn):
        seen = uploaded.checked_at
        check_again(uploaded)

        with pytest.raises(Refused, match="checked again a moment ago"):
            send_campaign(uploaded, Signature("Finn"), checked_at=seen, actor=finn.user)

    def test_a_customer_of_a_provider_keeps_its_reseller(
        self, nora, northwind, adatum, partnership, source, azure, contoso, make_customer
    ):
        account = make_customer(northwind, "Litware", tenant=source.tenant, domain=source.domain, reseller=adatum)
        azure_plan(account)
        campaign = upload(nora, f"{source.tenant_id},{contoso.pk},")

        send(campaign, nora)
        work(campaign)

        assert Transfer.objects.get().reseller == adatum

    def test_who_signed_is_told_in_numbers_and_the_log_knows(self, uploaded, finn, targets):
        send(uploaded, finn)
        end_plans_of(targets[0])
        work(uploaded)

        notice = Notification.objects.get(user=finn.user)
        assert (notice.user, notice.url) == (finn.user, f"/transfers/campaigns/{uploaded.pk}/")
        assert notice.sentence == (
            "1 transfer of the campaign campaign.csv is on its way. 1 was left: the results say why."
        )
        deeds = [Deed.CAMPAIGN_UPLOADED, Deed.CAMPAIGN_SENT, Deed.CAMPAIGN_ENDED]
        lines = Activity.objects.filter(deed__in=deeds).order_by("pk")
        assert [(line.deed, line.partner, line.actor) for line in lines] == [
            (deed, finn.partner, finn.user) for deed in deeds
        ]
        assert lines[2].details == {"Campaign": "campaign.csv", "Transfers": 1, "Not sent": 1}

    def test_what_a_canceled_job_has_not_reached_stays_as_it_is(self, uploaded, finn):
        send(uploaded, finn)
        cancel_job(Job.objects.get(), actor=finn.user)

        assert told(uploaded) == [(2, "", False), (3, "", False)]
        assert not Notification.objects.exists()


class TestForgetting:
    def test_a_campaign_is_discarded_with_its_rows(self, uploaded, finn):
        discard_campaign(uploaded, actor=finn.user)

        assert not TransferCampaignRow.objects.exists()
        assert Activity.objects.get(deed=Deed.CAMPAIGN_DISCARDED).details == {"Campaign": "campaign.csv", "Rows": 2}

    @pytest.mark.parametrize("doing", [check_again, lambda one: discard_campaign(one, actor=one.created_by)])
    def test_one_that_was_sent_is_neither_checked_again_nor_discarded(self, doing, uploaded, finn):
        send(uploaded, finn)

        with pytest.raises(Refused, match="was sent before"):
            doing(uploaded)

    def test_one_that_was_discarded_is_not_sent(self, uploaded, finn):
        gone = TransferCampaign.objects.get(pk=uploaded.pk)
        discard_campaign(uploaded, actor=finn.user)

        with pytest.raises(Refused, match="was discarded a moment ago"):
            send_campaign(gone, Signature("Finn"), checked_at=gone.checked_at, actor=finn.user)

    def test_the_clock_forgets_after_seven_days_what_nobody_sent(self, uploaded, finn, targets, contoso):
        sent = upload(finn, *rows_for(targets, contoso), name="sent.csv")
        for one in (uploaded, sent):
            let_it_grow_old(one, days=8)
        send(sent, finn)
        young = upload(finn, *rows_for(targets, contoso), name="young.csv")

        assert forget_campaigns(timezone.now()) == 1
        assert {*TransferCampaign.objects.all()} == {sent, young}
        assert forget_campaigns(timezone.now() + timedelta(days=7, seconds=1)) == 1


class TestWhatTheDatabaseGuards:
    def test_no_campaign_is_sent_without_a_signature(self, uploaded):
        with pytest.raises(IntegrityError, match="a_sent_campaign_is_signed"):
            TransferCampaign.objects.update(sent_at=timezone.now())

    @pytest.mark.parametrize("doing", [lambda rows: rows.update(typed_name="Fred"), lambda rows: rows.delete()])
    def test_a_campaign_that_was_sent_is_never_changed_or_deleted(self, uploaded, finn, doing):
        send(uploaded, finn)

        with pytest.raises(InternalError, match="Cannot update or delete"):
            doing(TransferCampaign.objects.all())

    def test_no_row_has_both_a_transfer_and_a_problem(self, uploaded, finn):
        send(uploaded, finn)
        work(uploaded)

        with pytest.raises(IntegrityError, match="a_sent_row_has_no_problem"):
            TransferCampaignRow.objects.update(code="open")

    def test_no_row_can_be_sent_that_means_nobody(self, uploaded):
        with pytest.raises(IntegrityError, match="a_row_without_a_problem_is_of_a_customer"):
            TransferCampaignRow.objects.update(account=None)
