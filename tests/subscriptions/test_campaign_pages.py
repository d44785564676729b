"""The pages of campaigns: the list, what was found, the signature, and the state of every transfer."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partnercenter.jobs.models import Job
from partnercenter.partners.roles import Role
from subscriptions.models import Party, Transfer, TransferCampaign
from subscriptions.services.transfers import cancel_transfer
from tests.campaigning import file_of, page_of, rows_for, send, told, upload, work
from tests.subscribing import azure_plan
from tests.transferring import agree, ask

LIST, NEW = "/transfers/campaigns/", "/transfers/campaigns/new/"


@pytest.fixture
def as_finn(browse, finn):
    return browse(finn)


@pytest.fixture
def sam(fabrikam, make_staff):
    """A sales agent of Fabrikam, who only looks at transfers."""
    return make_staff(fabrikam, "Sam", Role.SALES_AGENT)


@pytest.fixture
def uploaded(finn, targets, contoso):
    """A campaign with two rows that can be sent and one that cannot."""
    return upload(finn, *rows_for(targets, contoso), "nonsense,,")


@pytest.fixture
def sent(uploaded, finn):
    """The same campaign after its job."""
    send(uploaded, finn)
    return work(uploaded)


def shown(response):
    return [(row.line, row.label) for row in response.context["table"].records]


def sign(client, campaign, **fields):
    given = {"typed_name": "Finn", "seen": campaign.checked_at.isoformat()} | fields
    headers = {"User-Agent": "A browser"}
    return client.post(page_of(campaign, "send_campaign"), given, headers=headers, REMOTE_ADDR="203.0.113.9")


def exported(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


class TestUploading:
    def test_a_file_leads_to_what_was_found_in_it(self, as_finn, targets, contoso):
        response = as_finn.post(NEW, {"file": file_of(*rows_for(targets, contoso)), "wish": "one"}, follow=True)

        campaign = TransferCampaign.objects.get()
        assert response.redirect_chain == [(page_of(campaign), 302)]
        assert shown(response) == [(2, "Can be sent"), (3, "Can be sent")]
        assert "2 rows can be sent. Nothing was sent yet." in response.text

    def test_each_row_says_what_stands_in_its_way_and_what_to_do(self, as_finn, uploaded):
        page = as_finn.get(page_of(uploaded))

        assert shown(page) == [(2, "Can be sent"), (3, "Can be sent"), (4, "Blocked")]
        assert "None of your customers has this Microsoft ID. Correct the Microsoft ID" in page.text

    @pytest.mark.parametrize(
        ("asked", "lines"),
        [("state=blocked", [4]), ("state=waiting", [2, 3]), ("problem=unknown", [4]), ("state=nonsense", [2, 3, 4])],
    )
    def test_the_rows_are_filtered_by_state_and_problem(self, as_finn, uploaded, asked, lines):
        page = as_finn.get(f"{page_of(uploaded)}?{asked}")

        assert [row.line for row in page.context["table"].records] == lines

    def test_many_rows_stand_on_several_pages(self, as_finn, finn):
        campaign = upload(finn, *["nonsense,,"] * 30)

        first = as_finn.get(f"{page_of(campaign)}?size=25&state=blocked").context["table"]
        second = as_finn.get(f"{page_of(campaign)}?size=25&state=blocked&at={first.page.next}").context["table"]

        assert (len(first.records), [row.line for row in second.records]) == (25, [27, 28, 29, 30, 31])


class TestSigning:
    def test_the_own_name_sends_without_the_file_being_chosen_again(self, as_finn, uploaded):
        response = sign(as_finn, uploaded)
        page = as_finn.get(response.url)

        uploaded.refresh_from_db()
        assert (uploaded.typed_name, uploaded.address, uploaded.browser) == ("Finn", "203.0.113.9", "A browser")
        assert page.context["campaign"].is_running
        assert shown(page) == [(2, "Waiting"), (3, "Waiting"), (4, "Not sent")]

    def test_another_name_sends_nothing_and_says_so_at_its_field(self, as_finn, uploaded):
        response = sign(as_finn, uploaded, typed_name="Fred")

        assert response.status_code == 422
        assert response.context["form"].errors == {"typed_name": ["Type your own name to sign: Finn."]}
        assert not Job.objects.exists()

    def test_a_second_click_finds_it_sent(self, as_finn, uploaded):
        sign(as_finn, uploaded)

        assert sign(as_finn, uploaded).url == page_of(uploaded)
        assert Job.objects.count() == 1

    def test_what_was_typed_is_there_after_signing_in_again(self, client, browse, finn, uploaded):
        client.post(page_of(uploaded, "send_campaign"), {"typed_name": "Finn", "seen": "x"})
        client.force_login(finn.user)

        page = client.get(page_of(uploaded, "send_campaign"))

        assert page.context["form"]["typed_name"].value() == "Finn"
        assert page.context["form"]["seen"].value() == uploaded.checked_at.isoformat()

    def test_the_progress_asks_for_the_whole_page_once_it_is_over(self, as_finn, uploaded, finn):
        send(uploaded, finn)
        page, htmx = page_of(uploaded, "campaign_progress"), {"HX-Request": "true"}

        during = as_finn.get(page, headers=htmx)
        work(uploaded)
        after = as_finn.get(page, headers=htmx)

        assert "0 of 2" in during.text
        assert after.headers["HX-Refresh"] == "true"

    def test_a_job_that_is_canceled_leaves_rows_that_were_not_reached(self, as_finn, browse, uploaded, finn, sam):
        send(uploaded, finn)
        cancel = f"/jobs/{Job.objects.get().pk}/cancel/"
        offered = [cancel in client.get(page_of(uploaded)).text for client in (as_finn, browse(sam))]

        as_finn.post(cancel)
        page = as_finn.get(page_of(uploaded))

        assert offered == [True, False]
        assert shown(page) == [(2, "Not reached"), (3, "Not reached"), (4, "Not sent")]
        assert "The job ended before 2 rows." in page.text

    def test_checking_again_and_discarding(self, as_finn, uploaded):
        again = as_finn.post(page_of(uploaded, "check_campaign"))
        gone = as_finn.post(page_of(uploaded, "discard_campaign"))

        assert (again.url, gone.url) == (page_of(uploaded), LIST)
        assert not TransferCampaign.objects.exists()


class TestTheStateOfAll:
    def test_every_transfer_has_its_state_its_days_and_who_must_act(self, as_finn, sent, carla, finn):
        litware = Transfer.objects.get(source__tenant=carla.tenant)
        agree(litware, carla)
        cancel_transfer(Transfer.objects.exclude(pk=litware.pk).get(), "Another time.", actor=finn.user)

        page = as_finn.get(page_of(sent))

        first, second, third = page.context["table"].records
        assert (first.label, first.waits_for, first.days) == ("Awaiting review", "Contoso", 30)
        assert (second.label, second.waits_for) == ("Canceled", "")
        assert (third.label, third.check_told.sentence) == (
            "Not sent",
            "None of your customers has this Microsoft ID.",
        )
        assert "Another time." in page.text
        assert [(one.state, one.count) for one in page.context["numbers"]] == [
            ("blocked", 1),
            ("awaiting_review", 1),
            ("canceled", 1),
        ]
        narrowed = as_finn.get(f"{page_of(sent)}?state=canceled").context["table"]
        assert [row.line for row in narrowed.records] == [3]

    def test_it_is_as_it_is_now_also_before_the_clock_has_noticed(self, as_finn, sent):
        Transfer.objects.update(expires_at=timezone.now())

        page, expired = as_finn.get(page_of(sent)), as_finn.get(f"{page_of(sent)}?state=expired")

        assert shown(page) == [(2, "Expired"), (3, "Expired"), (4, "Not sent")]
        assert [(one.label, one.count) for one in page.context["numbers"]] == [("Not sent", 1), ("Expired", 2)]
        assert shown(expired) == [(2, "Expired"), (3, "Expired")]

    def test_the_export_has_all_rows_and_can_be_uploaded_again(self, as_finn, finn, sent, targets, contoso):
        rows = exported(as_finn.get(page_of(sent, "export_campaign")))
        left = as_finn.get(page_of(sent, "export_campaign"), {"state": "blocked"})

        assert [(row["Line"], row["Company name"], row["State"], row["Waits for"], row["Code"]) for row in rows] == [
            ("2", "Litware", "Awaiting consent", "Litware", ""),
            ("3", "Proseware", "Awaiting consent", "Proseware", ""),
            ("4", "", "Not sent", "", "unknown"),
        ]
        assert rows[0]["Transfer ID"] == str(Transfer.objects.get(target=targets[0]).pk)
        assert rows[2]["Reason"].startswith("None of your customers has this Microsoft ID.")
        file = io.BytesIO(b"".join(left.streaming_content))
        file.name = "left.csv"
        as_finn.post(NEW, {"file": file, "wish": "two"})
        again = TransferCampaign.objects.get(name="left.csv")
        assert [(row.customer, row.code) for row in again.rows.all()] == [("nonsense", "unknown")]

    def test_a_transfer_leads_back_to_its_campaign_for_the_new_partner_alone(
        self, as_finn, browse, sent, ana, carla, source
    ):
        transfer = Transfer.objects.get(source=source)
        agree(transfer, carla)
        page = reverse("transfers:transfer", args=[transfer.pk])

        assert page_of(sent) in as_finn.get(page).text
        assert page_of(sent) not in browse(ana).get(page).text

    def test_the_list_of_transfers_can_be_that_of_a_campaign(self, as_finn, browse, sent, source, target, ana):
        cancel_transfer(Transfer.objects.get(source=source), actor=sent.sent_by)
        again = ask(source, target, sent.sent_by, as_=Party.TARGET, token="again")
        listed = f"/transfers/?campaign={sent.pk}"

        own, foreign = as_finn.get(listed), browse(ana).get(listed)

        assert again not in own.context["table"].records
        assert len(own.context["table"].records) == 2
        assert "Only transfers of the campaign campaign.csv are shown." in own.text
        assert (foreign.status_code, foreign.context["table"].records) == (200, [])


class TestTheList:
    def test_it_has_the_newest_first_with_numbers_by_state(self, as_finn, finn, sent, targets, contoso):
        newer = upload(finn, "nonsense,,", name="newer.csv")

        records = as_finn.get(LIST).context["table"].records

        assert [(one, [(number.label, number.count) for number in one.numbers]) for one in records] == [
            (newer, [("Blocked", 1)]),
            (sent, [("Not sent", 1), ("Awaiting consent", 2)]),
        ]

    def test_an_empty_one_says_what_belongs_there(self, as_finn):
        page = as_finn.get(LIST)

        assert "No campaigns yet" in page.text
        assert NEW in page.text

    def test_it_is_reached_from_the_transfers(self, as_finn):
        assert f'href="{LIST}"' in as_finn.get("/transfers/").text

    def test_it_asks_as_often_for_many_as_for_one(self, as_finn, finn, sent, targets, contoso):
        as_finn.get(LIST)
        with CaptureQueriesContext(connection) as one:
            as_finn.get(LIST)
        for number in range(10):
            upload(finn, *rows_for(targets, contoso), name=f"{number}.csv")

        with CaptureQueriesContext(connection) as many:
            as_finn.get(LIST)

        assert len(many) == len(one)

    def test_the_page_of_a_campaign_asks_as_often_for_many_rows_as_for_one(
        self, as_finn, finn, targets, contoso, fabrikam, make_customer
    ):
        small, large = upload(finn, rows_for(targets, contoso)[0]), [*rows_for(targets, contoso)[1:]]
        for number in range(5):
            account = make_customer(contoso, f"Wingtip {number}")
            azure_plan(account)
            other = make_customer(fabrikam, account.name, tenant=account.tenant, domain=account.domain)
            azure_plan(other)
            large.append(f"{account.tenant_id},{contoso.pk},")
        large = upload(finn, *large)
        for one in (small, large):
            send(one, finn)
            work(one)
        as_finn.get(page_of(small))

        with CaptureQueriesContext(connection) as few:
            as_finn.get(page_of(small))
        with CaptureQueriesContext(connection) as many:
            page = as_finn.get(page_of(large))

        assert {row.label for row in page.context["table"].records} == {"Awaiting consent"}
        assert len(many) == len(few)


class TestWhoMay:
    def test_who_only_looks_sees_it_and_reads_who_sends(self, browse, sam, uploaded):
        client = browse(sam)

        page, listed = client.get(page_of(uploaded)), client.get(LIST)

        assert (page.status_code, listed.status_code) == (200, 200)
        assert "Global admin or Admin agent" in page.text
        assert "Sign and send" not in page.text
        assert client.get(NEW).status_code == 403
        assert sign(client, uploaded).status_code == 403
        assert told(uploaded)[0] == (2, "", False)

    def test_a_campaign_of_another_partner_does_not_exist(self, browse, ana, uploaded):
        client = browse(ana)

        assert client.get(page_of(uploaded)).status_code == 404
        assert client.post(page_of(uploaded, "discard_campaign")).status_code == 404
        assert client.get(LIST).context["table"].records == []

    def test_a_colleague_who_may_sends_what_another_one_uploaded(self, browse, fabrikam, make_staff, uploaded):
        agnes = make_staff(fabrikam, "Agnes", Role.ADMIN_AGENT)

        sign(browse(agnes), uploaded, typed_name="Agnes")
        work(uploaded)

        assert {one.asked_by for one in Transfer.objects.all()} == {agnes.user}
