"""The pages on which partners see transfers: the lists, and one of them."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from partnercenter.jobs.services import run_job
from partnercenter.notifications.models import Notification
from partnercenter.partners.roles import Role
from subscriptions.models import Party, Subscription, Transfer, TransferItem, TransferSignature
from subscriptions.selectors.transfers import each_way, transfers_of
from subscriptions.services.transfer_clock import move_transfers_on
from subscriptions.tables.transfers import TransferTable
from tests.subscribing import azure_plan, azure_subscription
from tests.transferring import accept, agree, ask


def page(client, person, transfer):
    client.force_login(person.user)
    return client.get(reverse("transfers:transfer", args=[transfer.pk]))


def test_the_page_of_a_transfer_says_whose_turn_it_is_and_what_happened(client, finn, asked, carla):
    response = page(client, finn, asked)

    assert response.context["waits_for"] == "Litware"
    assert response.context["days"] == 30
    assert [step.label for step in response.context["steps"]] == [
        "Requested and signed",
        "Waits for a signature",
        "The current partner reviews and chooses",
        "What is chosen moves",
    ]


def test_only_those_who_sign_for_a_party_see_from_where_it_signed(client, finn, agreed, fabrikam, make_staff):
    helper = make_staff(fabrikam, "Hedda", Role.HELPDESK_AGENT)

    own, agreed_by_customer = page(client, finn, agreed).context["steps"][:2]
    looked_at = page(client, helper, agreed).context["steps"][0]

    assert own.evidence == ("203.0.113.7", "A browser")
    assert agreed_by_customer.evidence == ()
    assert looked_at.evidence == ()


def test_each_thing_that_moves_is_told_with_its_state(client, ana, finn, agreed, azure):
    accept(agreed, ana, azure.values())
    agreed.refresh_from_db()

    response = page(client, finn, agreed)

    assert response.context["numbers"] == {"total": 3, "moved": 0, "failed": 0, "stuck": 0, "waiting": 3}
    assert [shown.item.name for shown in response.context["items"]] == ["Production", "Test", "Web shop"]


def test_the_current_partner_reviews_or_goes_to_where_it_declines(client, ana, agreed):
    response = page(client, ana, agreed)

    review = reverse("transfers:review", args=[agreed.pk])
    assert [(act.label, act.url) for act in response.context["acts"]] == [
        ("Review", review),
        ("Decline", f"{review}#decline"),
    ]
    assert 'id="decline"' in client.get(review).content.decode()


def test_while_it_moves_the_progress_stands_first_and_afterwards_the_hand_over(client, ana, finn, agreed, azure):
    accept(agreed, ana, azure.values())
    agreed.refresh_from_db()
    meanwhile = page(client, finn, agreed).content.decode()
    run_job(agreed.job_id)
    afterwards = page(client, finn, agreed).content.decode()

    assert meanwhile.index('id="transfer-items"') < meanwhile.index('id="facts"')
    assert afterwards.index('id="facts"') < afterwards.index('id="transfer-items"')
    assert afterwards.index("Hand-over</a>") < afterwards.index("Record</a>") < afterwards.index("Ask again</a>")


def test_what_nobody_answered_in_time_has_expired_before_the_clock_notices(client, finn, asked):
    Transfer.objects.filter(pk=asked.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    response = page(client, finn, asked)

    assert response.context["status"] == Transfer.Status.EXPIRED
    assert response.context["waits_for"] == ""


def listed(client, **query):
    return [(one.name, one.waits_for) for one in client.get(reverse("transfers:list"), query).context["table"].records]


@pytest.fixture
def others(source, target, finn, contoso, fabrikam, make_customer):
    """Fabrikam has asked for the Azure of two further customers of Contoso."""
    made = []
    for name in ("Proseware", "Wide World"):
        account = make_customer(contoso, name)
        azure_plan(account)
        own = make_customer(fabrikam, f"{name} of Fabrikam", tenant=account.tenant, domain=account.domain)
        azure_plan(own)
        made.append(ask(account, own, finn, token=name))
    return made


class TestTheLists:
    def test_the_one_asked_for_last_stands_first_under_the_own_name_of_the_customer(self, browse, finn, asked, others):
        assert listed(browse(finn)) == [
            ("Wide World of Fabrikam", "Wide World"),
            ("Proseware of Fabrikam", "Proseware"),
            ("Litware", "Litware"),
        ]

    def test_the_current_partner_learns_of_one_once_the_customer_has_agreed(self, browse, ana, asked, carla):
        client = browse(ana)
        before = listed(client)
        agree(asked, carla)

        assert before == []
        assert client.get(reverse("subscriptions:transfers", args=[carla.tenant_id])).context["table"].total == 1
        assert listed(client) == [("Litware", "Contoso")]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"direction": "sent"}, 0),
            ({"direction": "received"}, 1),
            ({"mine": "1"}, 1),
            ({"state": "awaiting_review"}, 1),
            ({"state": "complete"}, 0),
            ({"q": "ware LIT"}, 1),
            ({"q": "toys"}, 0),
            ({"direction": "nonsense", "state": "?", "q": ""}, 1),
        ],
    )
    def test_search_and_filters_leave_only_what_is_asked_for(self, query, found, browse, ana, agreed):
        assert len(listed(browse(ana), **query)) == found

    def test_a_filter_knows_what_has_expired_before_the_clock_notices(self, browse, finn, asked):
        Transfer.objects.filter(pk=asked.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

        assert listed(browse(finn), state="awaiting_consent") == []
        assert len(listed(browse(finn), state="expired")) == 1

    def test_the_home_page_says_how_many_wait_for_the_own_answer(self, browse, ana, finn, agreed):
        sentence = "1 transfer of Azure subscriptions waits for your answer."

        assert sentence in browse(ana).get("/").content.decode()
        assert sentence not in browse(finn).get("/").content.decode()

    def test_the_new_partner_has_nothing_to_do_while_others_have(self, browse, finn, agreed, others):
        assert listed(browse(finn), mine="1") == []
        assert len(listed(browse(finn), direction="sent")) == 3

    def test_what_a_customer_has_begun_waits_for_the_new_partner(self, browse, finn, source, target, carla):
        ask(source, target, carla, as_=Party.CUSTOMER)

        assert listed(browse(finn), mine="1") == [("Litware", "Fabrikam")]

    def test_a_search_finds_nobody_by_the_name_that_another_partner_gave_them(self, browse, ana, others):
        Transfer.objects.filter(pk=others[0].pk).update(status="awaiting_review")
        TransferSignature.objects.create(
            transfer=others[0], party=Party.CUSTOMER, signed_by=others[0].asked_by, typed_name="Paula"
        )

        assert listed(browse(ana), q="fabrikam") == []
        assert [name for name, _waits in listed(browse(ana), q="proseware")] == ["Proseware"]

    def test_the_reseller_of_the_new_partner_reads_and_does_nothing(self, browse, asked, adatum, make_staff):
        Transfer.objects.filter(pk=asked.pk).update(reseller=adatum)
        client = browse(make_staff(adatum, "Adam", Role.GLOBAL_ADMIN))

        page = client.get(reverse("transfers:transfer", args=[asked.pk]))

        assert listed(client) == [("Litware", "Litware")]
        assert (page.context["acts"], page.context["may_act"], page.context["waits_for_you"]) == ([], False, False)
        assert client.post(reverse("transfers:cancel", args=[asked.pk])).status_code == 404

    def test_what_waits_for_its_provider_does_not_wait_for_the_reseller(
        self, browse, source, target, carla, adatum, make_staff
    ):
        asked = ask(source, target, carla, as_=Party.CUSTOMER)
        Transfer.objects.filter(pk=asked.pk).update(reseller=adatum)
        client = browse(make_staff(adatum, "Adam", Role.GLOBAL_ADMIN))

        page = client.get(reverse("transfers:transfer", args=[asked.pk]))

        assert listed(client) == [("Litware", "Fabrikam")]
        assert not page.context["waits_for_you"]
        assert not client.get(reverse("transfers:list")).context["table"].records[0].is_mine

    def test_a_reseller_finds_what_it_reads_however_it_is_written(self, browse, asked, source, adatum, make_staff):
        Transfer.objects.filter(pk=asked.pk).update(reseller=adatum)
        source.tenant.name = "Café Zoë"
        source.tenant.save()
        client = browse(make_staff(adatum, "Adam", Role.GLOBAL_ADMIN))

        assert [name for name, _waits in listed(client, q="café ZOË")] == ["Café Zoë"]

    def test_a_long_list_costs_as_many_queries_as_a_short_one(self, browse, finn, asked, others):
        client = browse(finn)
        client.get(reverse("transfers:list"))

        def queries(query):
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("transfers:list"), query)
            return len(captured)

        assert queries({"q": "litware"}) == queries({})

    def test_the_export_has_exactly_what_the_list_shows(self, browse, finn, asked, others):
        response = browse(finn).get(reverse("transfers:export"), {"q": "litware"})

        header, row, rest = b"".join(response.streaming_content).decode("utf-8-sig").split("\r\n")
        assert header.startswith("Transfer ID,Microsoft ID,Company name,Current partner,New partner")
        assert row.startswith(f"{asked.pk},{asked.source.tenant_id},Litware,Contoso,Fabrikam,")
        assert rest == ""

    def test_a_stranger_finds_nothing(self, browse, northwind, make_staff, agreed):
        client = browse(make_staff(northwind, "Nora", Role.GLOBAL_ADMIN))

        assert listed(client) == []
        assert client.get(reverse("transfers:transfer", args=[agreed.pk])).status_code == 404


def test_a_move_is_not_stopped_from_the_page_of_its_job(browse, ana, agreed, azure):
    accept(agreed, ana, azure.values())
    agreed.refresh_from_db()
    client = browse(ana)

    page = client.get(reverse("jobs:job", args=[agreed.job_id]))
    response = client.post(reverse("jobs:cancel", args=[agreed.job_id]), follow=True)

    assert "Cancel the job" not in page.content.decode()
    [message] = response.context["messages"]
    assert str(message).startswith("A transfer that was accepted cannot be stopped")
    assert agreed.job.cancel_requested_at is None


def test_what_cannot_move_says_why_and_what_helps_and_stands_first(client, ana, finn, agreed, azure):
    accept(agreed, ana, azure.values())
    Subscription.objects.filter(pk=azure["Web shop"].pk).update(status="suspended")
    agreed.refresh_from_db()
    run_job(agreed.job_id)

    response = page(client, finn, Transfer.objects.get(pk=agreed.pk))

    first = response.context["items"][0]
    assert (first.item.name, first.problem.remedy) == ("Web shop", "The current partner reactivates it.")
    assert response.context["numbers"] == {"total": 3, "moved": 2, "failed": 0, "stuck": 1, "waiting": 0}
    assert "what could not be moved is tried again by itself. Do what" in response.content.decode()


def test_what_could_not_move_waits_for_the_current_partner_and_all_three_are_told(
    client, ana, finn, carla, agreed, azure, browse
):
    accept(agreed, ana, azure.values())
    Subscription.objects.filter(pk=azure["Web shop"].pk).update(status="suspended")
    agreed.refresh_from_db()
    run_job(agreed.job_id)
    move_transfers_on(timezone.now() + timedelta(minutes=11))

    told = Notification.objects.filter(kind="transfer_stuck")
    assert {one.user for one in told} == {ana.user, finn.user, carla}
    assert told.count() == 3
    assert told.first().sentence.startswith("1 thing of Litware could not be moved to Fabrikam.")
    assert listed(browse(ana), mine="1") == [("Litware", "Contoso")]
    assert listed(browse(finn), mine="1") == []
    shown = page(client, ana, Transfer.objects.get(pk=agreed.pk)).context
    assert (shown["waits_for_you"], shown["days"]) == (True, 3)
    assert shown["steps"][-1].label == "Some things could not be moved yet"
    assert "1 transfer of Azure subscriptions waits for your answer." in browse(ana).get("/").content.decode()


def test_the_mail_says_who_asks_why_and_until_when(source, target, finn, carla):
    transfer = ask(source, target, finn, note="As we agreed.")

    [told] = Notification.objects.filter(user=carla)
    day = date_format(timezone.localtime(transfer.expires_at).date(), "DATE_FORMAT")
    assert told.sentence == (
        "Fabrikam asks that Azure subscriptions of Litware go from Contoso to Fabrikam. "
        f"Sign or decline this until {day}; after that it expires. “As we agreed.”"
    )


def test_who_has_looked_after_it_tries_again_at_once(client, ana, finn, agreed, azure, browse, fabrikam, make_staff):
    accept(agreed, ana, azure.values())
    Subscription.objects.filter(pk__in=[azure["Web shop"].pk, azure["Test"].pk]).update(status="suspended")
    agreed.refresh_from_db()
    run_job(agreed.job_id)
    retry, as_finn = reverse("transfers:retry", args=[agreed.pk]), browse(finn)
    helper = browse(make_staff(fabrikam, "Hedda", Role.HELPDESK_AGENT))

    def said():
        return [str(message) for message in as_finn.post(retry, follow=True).context["messages"]]

    assert said() == ["Nothing could be moved yet. What is to be done stands beside each thing."]
    Subscription.objects.filter(pk=azure["Web shop"].pk).update(status="active")
    assert said() == ["1 thing was moved."]
    assert helper.post(retry).status_code == 403
    assert "Try again now" not in helper.get(reverse("transfers:transfer", args=[agreed.pk])).content.decode()
    Subscription.objects.filter(pk=azure["Test"].pk).update(status="active")
    assert said() == ["1 thing was moved."]
    assert Transfer.objects.get().status == Transfer.Status.COMPLETE
    [over] = said()
    assert over.startswith("Everything that was chosen is with Fabrikam since")


def test_many_things_are_told_in_numbers_and_the_first_hundred(client, ana, finn, agreed, azure):
    accept(agreed, ana, azure.values())
    agreed.refresh_from_db()
    plan = Subscription.objects.get(pk=azure["Test"].parent_id)
    many = [azure_subscription(plan, f"Number {number}") for number in range(120)]
    TransferItem.objects.bulk_create(TransferItem(transfer=agreed, subscription=one, name=one.name) for one in many)

    response = page(client, finn, agreed)

    assert (len(response.context["items"]), response.context["more"]) == (100, 23)
    assert response.context["numbers"]["total"] == 123


def test_the_page_asks_for_the_items_alone_until_there_is_no_more_to_wait_for(client, ana, finn, agreed, azure):
    accept(agreed, ana, azure.values())
    agreed.refresh_from_db()
    client.force_login(finn.user)
    address, headers = reverse("transfers:transfer", args=[agreed.pk]), {"HX-Request": "true"}

    meanwhile = client.get(address, headers=headers)
    run_job(agreed.job_id)
    afterwards = client.get(address, headers=headers)

    assert meanwhile.content.decode().lstrip().startswith('<section class="card span" id="transfer-items"')
    assert afterwards.headers["HX-Refresh"] == "true"


def test_lists_and_signatures_are_read_along_indexes_however_many_there_are(asked, fabrikam):
    order = TransferTable.orders["asked"].reversed()
    listed = [order.sort(way.rows)[:51] for way in each_way(transfers_of(fabrikam), fabrikam).parts]
    with transaction.atomic(), connection.cursor() as cursor:
        # A few rows are sorted at once: of many only the plan tells.
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plans = [rows.explain() for rows in (*listed, asked.signatures.filter(party=Party.CUSTOMER))]

    indexes = ("transfers_sent", "transfers_received", "transfers_resold", "signatures_of_a_transfer")
    for index, plan in zip(indexes, plans, strict=True):
        assert index in plan
        assert "Sort" not in plan
