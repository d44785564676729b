"""The review of a transfer by the current partner: what can be chosen, the dry run, the money sheet, the acceptance."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from partnercenter.jobs.services import run_job
from partnercenter.partners.roles import Role
from subscriptions.models import Reservation, Subscription, Transfer, TransferItem
from subscriptions.selectors.transfer_findings import dry_run
from subscriptions.selectors.transfer_money import SHOWN, money_of
from subscriptions.selectors.transfer_tree import Choice, Chosen, chosen_of, movable, tree_of
from subscriptions.services.transfers import cancel_transfer
from tests.conftest import PASSWORD
from tests.subscribing import azure_plan, azure_subscription, reserve, subscribe, subscribe_many
from tests.transferring import accept, agree, ask, owner_of, signing

State = Transfer.Status


def page(transfer, name="review"):
    return reverse(f"transfers:{name}", args=[transfer.pk])


def text(response):
    return " ".join(response.content.decode().split())


class TestTheTree:
    def test_reservations_stand_beneath_their_subscription_and_others_apart(self, held, azure, source):
        single, shared = reserve(source, azure["Test"]), reserve(source)
        orphan = reserve(source, scope="single")

        tree = tree_of(held, "", Choice())

        beneath = {str(node.thing): [child.thing for child in node.children] for node in tree.subscriptions}
        assert beneath == {"Production": [], "Test": [single], "Web shop": []}
        assert [node.thing for node in tree.shared] == [shared]
        assert [node.thing for node in tree.orphans] == [orphan]
        assert tree.movable == 6

    def test_what_is_not_active_is_greyed_with_the_reason(self, held, azure, anas):
        Subscription.objects.filter(pk=azure["Test"].pk).update(status="suspended")

        shown = text(anas.get(page(held)))

        assert f'value="{azure["Test"].pk}" autocomplete="off" disabled' in shown
        assert f'value="{azure["Production"].pk}" autocomplete="off" disabled' not in shown
        assert "It is not active. The current partner reactivates it." in shown
        assert "900105" in shown

    def test_a_reservation_of_what_cannot_move_cannot_move_either(self, held, azure, source):
        reserve(source, azure["Test"])
        Subscription.objects.filter(pk=azure["Test"].pk).update(status="suspended")

        [node] = [node for node in tree_of(held, "", Choice()).subscriptions if str(node.thing) == "Test"]

        assert (node.code, node.children[0].code) == ("900105", "900145")

    def test_what_another_transfer_has_is_greyed(
        self, held, azure, source, carla, ana, make_partner, make_staff, make_customer
    ):
        trey = make_partner("Trey")
        tom = make_staff(trey, "Tom", Role.GLOBAL_ADMIN)
        other = make_customer(trey, "Litware", domain=source.domain, tenant=source.tenant)
        azure_plan(other)
        second = ask(source, other, tom)
        agree(second, carla)
        accept(second, ana, [azure["Test"]])

        codes = {str(node.thing): node.code for node in tree_of(held, "", Choice()).subscriptions}

        assert codes == {"Production": "", "Test": "900104", "Web shop": ""}

    def test_licenses_are_told_with_their_number_and_cannot_be_chosen(self, held, source, anas):
        for _count in range(2):
            subscribe(source, "Office 365 Enterprise E3")

        shown = text(anas.get(page(held)))

        assert "2 license-based subscriptions stay with Contoso" in shown
        assert "Office 365 Enterprise E3" not in shown

    def test_what_is_searched_for_keeps_what_was_chosen_before(self, held, azure, anas):
        form = {"step": "look", "q": "web", "shown": f"{azure['Test'].pk}", "thing": f"{azure['Test'].pk}"}

        response = anas.post(page(held), form)

        assert [str(node.thing) for node in response.context["tree"].subscriptions] == ["Web shop"]
        assert response.context["choice"] == Choice(ids=frozenset({azure["Test"].pk}))
        assert (response.context["chosen"], response.context["elsewhere"]) == (1, 1)
        assert "1 chosen</strong>" in text(response)
        assert str(azure["Test"].pk) in text(response)

    def test_a_reservation_is_found_by_its_name_beneath_its_subscription(self, held, azure, source):
        reserve(source, azure["Test"], name="Database")

        [found] = tree_of(held, "database", Choice()).subscriptions

        assert (str(found.thing), [str(child.thing) for child in found.children]) == ("Test", ["Database"])

    def test_a_subscription_of_an_old_offer_says_that_it_joins_the_plan(self, held, source, anas):
        subscribe(source, "Microsoft Azure", name="Line of business")

        assert "it becomes part of the Azure plan with Fabrikam" in text(anas.get(page(held)))

    def test_a_page_of_ten_thousand_asks_little_of_the_database(
        self, held, source, azure, anas, django_assert_max_num_queries
    ):
        plan = Subscription.objects.get(customer=source, kind="plan")
        subscribe_many(source, 10_000, "Azure subscription", name="Shop", parent=plan)

        with django_assert_max_num_queries(40):
            response = anas.post(page(held), {"step": "all"})

        shown = text(response)
        assert "Choose all that can move (10,003)" in shown
        assert "All that can move is chosen: 10,003<" in shown
        assert "9,803 more are not shown" in shown
        assert len(response.context["tree"].subscriptions) == 200


class TestChoosing:
    def test_all_boxes_of_a_page_are_fewer_than_a_form_may_have(self, held, azure, source, anas, settings):
        for one in azure.values():
            for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS // 3 + 1):
                reserve(source, one, name=f"Reservation {number}")
        tree = anas.get(page(held)).context["tree"]
        everything = [f"{pk}" for pk in tree.shown]

        sheet = anas.post(page(held), {"step": "check", "shown": " ".join(everything), "thing": everything})

        assert sheet.status_code == 200
        assert tree.more["beneath"] > 0
        assert "reservations beneath are not shown" in text(anas.get(page(held)))

    def test_everything_needs_no_list_and_leaves_out_what_was_unticked(self, held, azure):
        choice = Choice(everything=True).after([azure["Test"].pk, azure["Production"].pk], {azure["Production"].pk})

        assert choice == Choice(everything=True, ids=frozenset({azure["Test"].pk}))
        assert {*chosen_of(held, choice).subscriptions} == {azure["Production"].pk, azure["Web shop"].pk}

    def test_everything_is_all_that_can_move(self, held, azure, source):
        Subscription.objects.filter(pk=azure["Test"].pk).update(status="suspended")
        shared = reserve(source)
        reserve(source, azure["Test"])

        everything = movable(held)

        assert {*everything.subscriptions} == {azure["Production"].pk, azure["Web shop"].pk}
        assert everything.reservations == [shared.pk]

    def test_nothing_chosen_is_said_and_nothing_is_checked(self, held, azure, anas):
        shown = text(anas.post(page(held), {"step": "check"}))

        assert "Nothing is chosen" in shown
        assert "Choose all that can move" in shown

    @pytest.mark.parametrize("value", ["x", "1 2", "\x00"])
    def test_what_is_no_id_is_refused_with_a_sentence(self, held, azure, anas, value):
        response = anas.post(page(held), {"step": "accept", "thing": value, "shown": value})

        assert response.status_code == 422
        assert "Choose anew" in text(response)


class TestTheDryRun:
    def test_each_thing_has_its_level_code_and_remedy(self, held, azure, source):
        Subscription.objects.filter(pk=azure["Web shop"].pk).update(status="suspended")
        reserve(source, azure["Test"])
        alone = reserve(source, azure["Production"], name="Alone")

        run = dry_run(held, Chosen([azure["Test"].pk, azure["Web shop"].pk], [alone.pk]))

        assert [(found.name, found.level.value, found.code) for found in run.findings] == [
            ("Web shop", "blocked", "900105"),
            ("Alone", "blocked", "900145"),
            ("Test", "warning", "left_behind"),
        ]
        assert not run.is_clear

    def test_a_reservation_is_told_with_its_quantity_and_what_it_is_for(self, held, azure, source):
        single, shared = reserve(source, azure["Test"], quantity=3), reserve(source, name="Shared")
        orphan = reserve(source, name="Orphan", scope="single")

        run = dry_run(held, Chosen([azure["Test"].pk], [single.pk, shared.pk, orphan.pk]))

        told = {(found.quantity, found.is_shared, found.azure) for found in run.findings if found.is_reservation}
        assert told == {(3, False, "Test"), (2, True, ""), (2, False, "")}

    def test_the_money_comes_first_and_what_is_ok_is_folded(self, held, azure, source, anas):
        reserve(source, azure["Test"], name="Two servers")
        ids = " ".join(str(one.pk) for one in azure.values())

        shown = text(anas.post(page(held), {"step": "check", "ids": ids}))

        assert shown.index('id="money"') < shown.index('id="findings"')
        attention, folded = shown.split("<summary>2 things are OK</summary>")
        assert ">Test</th>" in attention
        assert "left_behind" not in shown
        assert "Web shop" in folded

    def test_a_warning_is_no_hindrance(self, held, azure, source, anas):
        reserve(source, azure["Test"])

        shown = text(anas.post(page(held), {"step": "check", "shown": azure["Test"].pk, "thing": azure["Test"].pk}))

        assert "A reservation for this subscription alone stays, and will be for nothing." in shown
        assert 'name="step" value="accept"' in shown

    def test_a_blocked_choice_cannot_be_accepted(self, held, azure, source, anas):
        alone = reserve(source, azure["Test"])
        chosen = {"shown": alone.pk, "thing": alone.pk}

        shown = text(anas.post(page(held), {"step": "check", **chosen}))
        anas.post(page(held), signing(anas, held, **chosen))

        assert "900145" in shown
        assert "Something that is chosen is blocked" in shown
        assert not TransferItem.objects.exists()

    def test_nothing_of_strangers_is_named(self, held, anas, make_customer, fabrikam):
        secret = azure_subscription(azure_plan(make_customer(fabrikam, "Wingtip")), "Secret")

        shown = text(anas.post(page(held), {"step": "check", "shown": secret.pk, "thing": secret.pk}))

        assert "Secret" not in shown
        assert "Something that is not there any more" in shown

    def test_what_stands_in_the_way_of_the_whole_is_said_first(self, held, azure, target, anas):
        Subscription.objects.filter(customer=target).update(status="suspended")

        shown = text(anas.post(page(held), {"step": "check", "everything": "1"}))

        assert "plan with the new partner is not active" in shown
        assert 'name="step" value="accept"' not in shown


class TestTheMoneySheet:
    def test_monthly_ones_are_charged_by_the_new_partner_and_upfront_ones_stay_as_they_are(self, held, source):
        begun = timezone.now() - timedelta(days=40)
        monthly, upfront = reserve(source, begun_at=begun), reserve(source, billing_cycle="upfront")

        money = money_of(held, Chosen([], [monthly.pk, upfront.pk]), timezone.now())

        assert [bill.reservation for bill in money.monthly] == [monthly]
        assert timezone.now() < money.monthly[0].due_at < timezone.now() + timedelta(days=31)
        assert (money.upfront, money.ending) == ([upfront], [])

    def test_what_ends_before_another_bill_is_due_is_charged_by_nobody(self, held, source, anas):
        last = reserve(source, begun_at=timezone.now() - timedelta(days=350))
        longer = reserve(source, begun_at=timezone.now() - timedelta(days=20))

        money = money_of(held, Chosen([], [last.pk, longer.pk]), timezone.now())

        assert [bill.reservation for bill in money.monthly] == [longer]
        assert [bill.reservation for bill in money.last] == [last]
        sheet = text(anas.post(page(held), {"step": "check", "shown": f"{last.pk}", "thing": f"{last.pk}"}))
        assert "the next charge" not in sheet
        assert "nothing is charged any more" in sheet

    def test_of_very_many_the_first_ones_are_named_and_the_rest_is_counted(self, held, source, anas):
        for number in range(SHOWN + 2):
            reserve(source, name=f"Monthly {number}")

        sheet = text(anas.post(page(held), {"step": "check", "everything": "1"}))

        assert sheet.count("Charged by Fabrikam from") == SHOWN
        assert "2 more are not named here" in sheet

    def test_in_another_currency_monthly_ones_end_on_the_day_that_is_said(self, held, source, fabrikam, anas, ana):
        fabrikam.currency = "EUR"
        fabrikam.save()
        monthly = reserve(source, begun_at=timezone.now() - timedelta(days=40))
        response = anas.post(page(held), {"step": "check", "everything": "1"})
        [bill] = response.context["money"].ending

        assert "ends at its next bill" in text(response)
        accept(held, ana, [], [monthly])
        run_job(Transfer.objects.get().job_id)
        assert Reservation.objects.get(pk=monthly.pk).ends_at == bill.due_at


@pytest.mark.django_db(transaction=True)
class TestAccepting:
    def test_the_typed_name_accepts_and_what_is_chosen_moves(self, held, azure, source, target, anas):
        response = anas.post(
            page(held),
            signing(anas, held, everything="1", ids=azure["Test"].pk, typed_name="ana"),
            headers={"User-Agent": "A browser"},
        )
        run_job(Transfer.objects.get().job_id)

        assert response.url == page(held, "transfer")
        assert [owner_of(azure[name]) for name in azure] == [target, source, target]
        signature = held.signatures.get(party="source")
        assert (signature.typed_name, signature.address, signature.browser) == ("ana", "127.0.0.1", "A browser")

    def test_the_password_is_asked_for_first_and_nothing_typed_is_lost(self, held, azure, browse, ana):
        client = browse(ana)
        asked = client.post(page(held), signing(client, held, everything="1"))
        before = Transfer.objects.get().status

        client.post(asked.url, {"password": PASSWORD, "next": page(held)})

        assert asked.url.startswith(reverse("account_reauthenticate"))
        assert (before, Transfer.objects.get().status) == (State.AWAITING_REVIEW, State.IN_PROGRESS)
        assert TransferItem.objects.count() == 3

    def test_another_name_is_no_signature(self, held, azure, anas):
        response = anas.post(page(held), signing(anas, held, everything="1", typed_name="Anna"))

        assert response.status_code == 422
        assert "Type your own name to sign: Ana." in text(response)
        assert Transfer.objects.get().status == State.AWAITING_REVIEW

    def test_what_can_move_since_the_sheet_was_shown_is_shown_before_it_is_signed(self, held, azure, source, anas):
        form = signing(anas, held, everything="1")
        later = azure_subscription(azure["Test"].parent, "Later")

        response = anas.post(page(held), form)

        assert "has changed since you looked at it" in text(response)
        assert "Later" in text(response)
        assert Transfer.objects.get().status == State.AWAITING_REVIEW
        anas.post(page(held), signing(anas, held, everything="1"))
        assert TransferItem.objects.filter(subscription=later).exists()

    def test_accepting_twice_is_accepting_once(self, held, azure, anas):
        form = signing(anas, held, everything="1")
        anas.post(page(held), form)

        again = anas.post(page(held), form, follow=True)

        assert "This transfer was accepted already" in text(again)
        assert "did not count" not in text(again)
        assert TransferItem.objects.count() == 3

    def test_what_was_canceled_meanwhile_is_not_signed_and_says_so(self, held, azure, finn, anas):
        form = signing(anas, held, everything="1")
        cancel_transfer(held, actor=finn.user)

        late = text(anas.post(page(held), form, follow=True))

        assert "Finn (Fabrikam) canceled this transfer" in late
        assert "Your signature did not count." in late


class TestDeclining:
    def test_a_reason_is_needed_and_told(self, held, anas):
        without = anas.post(page(held, "decline_review"), {"reason": " "})
        anas.post(page(held, "decline_review"), {"reason": "Bills are open."})

        transfer = Transfer.objects.get()
        assert (without.status_code, transfer.status, transfer.reason) == (422, State.DECLINED, "Bills are open.")
        assert "Enter why." in text(without)

    def test_twice_is_harmless(self, held, anas):
        for _count in range(2):
            response = anas.post(page(held, "decline_review"), {"reason": "No."}, follow=True)

        assert "You declined this transfer before." in text(response)


class TestWhoMay:
    def test_before_the_customer_has_agreed_the_page_does_not_exist(self, asked, browse, ana):
        assert browse(ana).get(page(asked)).status_code == 404

    def test_the_new_partner_reviews_nothing(self, held, browse, finn):
        client = browse(finn)

        assert client.get(page(held)).status_code == 404
        assert client.post(page(held, "decline_review"), {"reason": "No."}).status_code == 404

    def test_a_sales_agent_reads_who_may(self, held, browse, contoso, make_staff):
        response = browse(make_staff(contoso, "Sam", Role.SALES_AGENT)).get(page(held))

        assert response.status_code == 403
        assert "Only a Global admin or Admin agent" in text(response)

    def test_who_comes_too_late_reads_so(self, held, anas):
        Transfer.objects.update(expires_at=timezone.now())

        assert "it has expired" in text(anas.get(page(held), follow=True))
