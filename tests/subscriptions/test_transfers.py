"""A transfer from the request to the move: who may do what, what is refused, and what everybody is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Agreement, Customer
from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from partnercenter.jobs.services import run_job
from partnercenter.notifications.models import Notification
from partnercenter.partners.roles import Role
from subscriptions.models import Party, Reservation, Subscription, Transfer, TransferItem
from subscriptions.selectors.reservations import cancelable_reservations
from subscriptions.services.reservations import cancel_reservation
from subscriptions.services.transfer_clock import move_transfers_on
from subscriptions.services.transfer_move import retry_now
from subscriptions.services.transfers import Signature, agree_to_transfer, cancel_transfer, decline_transfer
from tests.subscribing import azure_plan, azure_subscription, reserve, subscribe
from tests.transferring import accept, agree, ask, owner_of

State = Transfer.Status


def state(transfer):
    return Transfer.objects.get(pk=transfer.pk).status


def told(person):
    user = getattr(person, "user", person)
    return [each.kind for each in Notification.objects.filter(user=user).order_by("pk")]


class TestAsking:
    def test_the_request_is_the_signature_of_the_new_partner(self, asked, finn, carla, ana):
        [signature] = asked.signatures.all()
        assert (signature.party, signature.signed_by, signature.address) == (Party.TARGET, finn.user, "203.0.113.7")
        assert (asked.status, asked.must_act) == (State.AWAITING_CONSENT, Party.CUSTOMER)
        assert (told(carla), told(finn), told(ana)) == (["transfer_asked"], ["transfer_sent"], [])

    def test_the_current_partner_learns_of_it_when_the_customer_has_agreed(self, ana, agreed, contoso, finn):
        assert state(agreed) == State.AWAITING_REVIEW
        assert told(ana) == ["transfer_signed"]
        assert told(finn) == ["transfer_sent", "transfer_signed"]
        assert [line.deed for line in Activity.objects.filter(partner=contoso)] == [Deed.TRANSFER_SIGNED]

    def test_asking_twice_is_asking_once(self, source, target, finn):
        assert ask(source, target, finn) == ask(source, target, finn)
        assert Transfer.objects.count() == 1

    def test_a_second_one_waits_for_the_end_of_the_first(self, asked, source, target, finn):
        with pytest.raises(Refused, match="open transfer"):
            ask(source, target, finn, token="another")

    def test_the_customer_asks_and_the_new_partner_agrees(self, source, target, carla, finn, ana):
        transfer = ask(source, target, carla, as_=Party.CUSTOMER)

        assert transfer.must_act == Party.TARGET
        assert (told(finn), told(carla), told(ana)) == (["transfer_asked"], ["transfer_sent"], ["transfer_sent"])
        with pytest.raises(Refused, match="new partner"):
            agree(transfer, ana)
        agree(transfer, finn)
        assert state(transfer) == State.AWAITING_REVIEW

    @pytest.mark.parametrize(("shown", "typed"), [("Zoe\u0301  Carl ", "zo\u00e9 carl"), ("\uff2b Li", "K\u3000Li")])
    def test_a_name_that_is_written_in_another_way_is_ones_own(self, shown, typed, asked, carla):
        carla.display_name = shown
        carla.save()

        assert agree_to_transfer(asked, Signature(typed), actor=carla)

    def test_a_name_that_is_not_ones_own_is_no_signature(self, asked, carla):
        with pytest.raises(Refused, match="Type your own name"):
            agree_to_transfer(asked, Signature("Somebody Else"), actor=carla)
        assert state(asked) == State.AWAITING_CONSENT

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            (lambda target: Subscription.objects.filter(customer=target).update(status="suspended"), "not active"),
            (lambda target: Subscription.objects.filter(customer=target).delete(), "no Azure plan"),
            (lambda target: Agreement.objects.filter(customer=target).delete(), "customer agreement"),
            (lambda target: Customer.objects.filter(pk=target.pk).update(relationships=["advisor"]), "does not sell"),
        ],
        ids=["plan inactive", "no plan", "no agreement", "no relationship"],
    )
    def test_what_is_missing_is_said_with_its_remedy(self, change, sentence, source, target, finn):
        change(target)

        with pytest.raises(Refused, match=sentence):
            ask(source, target, finn)

    def test_nobody_moves_anything_to_themselves(self, source, ana):
        with pytest.raises(Refused, match="the same"):
            ask(source, source, ana)

    def test_a_sales_agent_asks_for_nothing(self, source, target, fabrikam, make_staff):
        sam = make_staff(fabrikam, "Sam", Role.SALES_AGENT)

        with pytest.raises(Refused, match="Admin agent of the new partner"):
            ask(source, target, sam)
        assert not Transfer.objects.exists()


class TestAnswering:
    def test_the_customer_declines_with_a_reason(self, asked, carla, finn, ana):
        decline_transfer(asked, "We stay.", actor=carla)

        assert state(asked) == State.DECLINED
        assert told(finn) == ["transfer_sent", "transfer_declined"]
        assert told(ana) == []

    def test_the_current_partner_declines(self, agreed, ana, carla):
        decline_transfer(agreed, "Bills are open.", actor=ana.user)

        assert state(agreed) == State.DECLINED
        assert "transfer_declined" in told(carla)

    def test_the_new_partner_cancels_until_something_moves(self, agreed, azure, finn, ana):
        accept(agreed, ana, azure.values())

        with pytest.raises(Refused, match="accepted already"):
            cancel_transfer(agreed, actor=finn.user)

    def test_the_new_partner_cancels_what_the_customer_began_once_it_has_agreed(self, source, target, carla, finn):
        transfer = ask(source, target, carla, as_=Party.CUSTOMER)
        with pytest.raises(Refused, match="Only a Global admin of the customer"):
            cancel_transfer(transfer, actor=finn.user)
        agree(transfer, finn)

        assert cancel_transfer(transfer, "We are full.", actor=finn.user)

        assert state(transfer) == State.CANCELED
        assert told(carla)[-1] == "transfer_canceled"

    def test_who_did_not_ask_does_not_cancel(self, agreed, carla):
        with pytest.raises(Refused, match="new partner"):
            cancel_transfer(agreed, actor=carla)

    def test_nobody_signs_once_one_of_the_partners_has_parted_from_the_customer(self, asked, source, carla):
        Customer.objects.filter(pk=source.pk).update(ended_at=timezone.now())

        with pytest.raises(Refused, match="does not sell to this customer any more"):
            agree(asked, carla)
        assert state(asked) == State.AWAITING_CONSENT

    def test_who_comes_too_late_reads_so(self, asked, carla):
        Transfer.objects.update(expires_at=timezone.now())

        with pytest.raises(Refused, match="expired"):
            agree(asked, carla)

    def test_a_person_who_lost_the_role_signs_nothing(self, asked, carla):
        type(carla).objects.filter(pk=carla.pk).update(role="user")

        with pytest.raises(Refused, match="Global admin of the customer"):
            agree(asked, carla)


@pytest.mark.django_db(transaction=True)
class TestMoving:
    def test_what_is_chosen_moves_and_the_rest_stays(self, agreed, azure, source, target, ana, finn, carla):
        accept(agreed, ana, [azure["Production"], azure["Test"]])
        run_job(Transfer.objects.get().job_id)

        assert state(agreed) == State.COMPLETE
        assert [owner_of(azure[name]) for name in azure] == [target, target, source]
        moved = Subscription.objects.select_related("parent").get(pk=azure["Test"].pk)
        assert (moved.partner, moved.parent.customer, moved.status) == (target.partner, target, "active")
        lines = Activity.objects.filter(deed=Deed.SUBSCRIPTION_TRANSFERRED, subject_id=azure["Test"].pk)
        assert {line.partner_id for line in lines} == {source.partner_id, target.partner_id}
        for person in (ana, finn, carla):
            assert told(person)[-1] == "transfer_ended"

    def test_accepting_twice_moves_once(self, agreed, azure, ana):
        accept(agreed, ana, azure.values())

        assert not accept(agreed, ana, azure.values())
        assert TransferItem.objects.count() == 3

    def test_a_subscription_of_an_old_offer_becomes_part_of_the_plan(self, agreed, source, target, ana):
        old = subscribe(source, "Microsoft Azure", name="Line of business")

        accept(agreed, ana, [old])
        run_job(Transfer.objects.get().job_id)

        old.refresh_from_db()
        assert (old.customer, old.offer_id, old.parent.is_plan, old.name) == (
            target,
            "MS-AZR-0017G",
            True,
            "Line of business",
        )

    def test_a_reseller_that_sells_for_the_new_partner_no_more_is_not_on_record(
        self, source, azure, northwind, adatum, make_customer, make_staff, carla, ana
    ):
        account = make_customer(northwind, "Litware", tenant=source.tenant, domain=source.domain)
        azure_plan(account)
        only = make_customer(northwind, "Proseware", reseller=adatum)
        transfer = ask(source, account, make_staff(northwind, "Nora", Role.GLOBAL_ADMIN), reseller=adatum)
        agree(transfer, carla)
        accept(transfer, ana, [azure["Test"]])
        Customer.objects.filter(pk=only.pk).update(ended_at=timezone.now())

        run_job(Transfer.objects.get().job_id)

        moved = Subscription.objects.get(pk=azure["Test"].pk)
        assert (moved.customer, moved.reseller) == (account, None)

    def test_nothing_is_tried_again_while_it_moves(self, agreed, azure, ana):
        accept(agreed, ana, azure.values())
        TransferItem.objects.filter(subscription=azure["Test"]).update(code="900105", tried_at=timezone.now())

        with pytest.raises(Refused, match="moves right now"):
            retry_now(agreed, actor=ana.user)
        assert TransferItem.objects.filter(tried_at=None).count() == 2

    def test_what_was_suspended_meanwhile_is_tried_again_and_the_rest_is_done(self, agreed, azure, target, ana):
        accept(agreed, ana, azure.values())
        Subscription.objects.filter(pk=azure["Test"].pk).update(status="suspended")
        run_job(Transfer.objects.get().job_id)

        assert state(agreed) == State.IN_PROGRESS
        assert [item.code for item in TransferItem.objects.filter(status="waiting")] == ["900105"]

        Subscription.objects.filter(pk=azure["Test"].pk).update(status="active")
        move_transfers_on(timezone.now() + timedelta(minutes=11))

        assert state(agreed) == State.COMPLETE
        assert owner_of(azure["Test"]) == target

    def test_after_three_days_it_is_completed_with_errors(self, agreed, azure, source, ana):
        accept(agreed, ana, azure.values())
        Subscription.objects.filter(pk=azure["Test"].pk).update(status="suspended")
        run_job(Transfer.objects.get().job_id)

        move_transfers_on(timezone.now() + timedelta(days=3, minutes=1))

        assert state(agreed) == State.COMPLETED_WITH_ERRORS
        assert owner_of(azure["Test"]) == source
        assert not TransferItem.objects.filter(status="waiting").exists()

    def test_where_nothing_could_move_it_has_failed(self, agreed, azure, ana):
        accept(agreed, ana, azure.values())
        Subscription.objects.filter(pk__in=[one.pk for one in azure.values()]).update(status="suspended")
        run_job(Transfer.objects.get().job_id)

        move_transfers_on(timezone.now() + timedelta(days=3, minutes=1))

        assert state(agreed) == State.FAILED


class TestReservations:
    def test_a_reservation_moves_with_its_subscription(self, agreed, azure, source, target, ana):
        single, shared = reserve(source, azure["Test"]), reserve(source)

        accept(agreed, ana, [azure["Test"]], [single, shared])
        run_job(Transfer.objects.get().job_id)

        assert {one.customer for one in Reservation.objects.all()} == {target}
        assert {one.partner for one in Reservation.objects.all()} == {target.partner}
        assert Reservation.objects.get(pk=single.pk).azure == azure["Test"]

    def test_one_that_stays_is_for_nothing_any_more(self, agreed, azure, source, ana):
        single = reserve(source, azure["Test"])

        accept(agreed, ana, [azure["Test"]])
        run_job(Transfer.objects.get().job_id)

        single.refresh_from_db()
        assert (single.customer, single.is_orphan) == (source, True)

    def test_without_its_subscription_none_moves(self, agreed, azure, source, ana):
        single = reserve(source, azure["Test"])

        with pytest.raises(Refused, match="stays"):
            accept(agreed, ana, [azure["Production"]], [single])
        assert not TransferItem.objects.exists()

    def test_in_another_currency_a_monthly_one_ends_at_its_next_bill(self, agreed, source, target, ana, fabrikam):
        fabrikam.currency = "EUR"
        fabrikam.save()
        begun = timezone.now() - timedelta(days=40)
        monthly, upfront = reserve(source, begun_at=begun), reserve(source, begun_at=begun, billing_cycle="upfront")

        accept(agreed, ana, [], [monthly, upfront])
        run_job(Transfer.objects.get().job_id)

        monthly.refresh_from_db()
        assert timezone.now() < monthly.ends_at < timezone.now() + timedelta(days=31)
        assert Reservation.objects.get(pk=upfront.pk).ends_at == upfront.ends_at

    def test_one_paid_upfront_is_not_canceled_by_the_new_partner(self, agreed, source, target, ana, finn):
        upfront, monthly = reserve(source, billing_cycle="upfront"), reserve(source, billing_cycle="monthly")
        accept(agreed, ana, [], [upfront, monthly])
        run_job(Transfer.objects.get().job_id)
        upfront, monthly = (Reservation.objects.get(pk=one.pk) for one in (upfront, monthly))

        with pytest.raises(Refused, match="neither canceled nor exchanged"):
            cancel_reservation(upfront, actor=finn.user)
        assert [*cancelable_reservations(target, timezone.now())] == [monthly]

    def test_one_that_could_not_follow_in_time_is_for_nothing(self, agreed, azure, source, ana):
        single = reserve(source, azure["Test"])
        accept(agreed, ana, [azure["Test"]], [single])
        Reservation.objects.filter(pk=single.pk).update(status=Reservation.Status.CANCELED, canceled_at=timezone.now())
        run_job(Transfer.objects.get().job_id)
        move_transfers_on(timezone.now() + timedelta(days=3, minutes=1))

        single.refresh_from_db()
        assert (state(agreed), single.customer, single.azure) == (State.COMPLETED_WITH_ERRORS, source, None)

    def test_the_old_partner_cancels_nothing_that_has_just_moved(self, agreed, source, ana):
        seen = reserve(source)
        accept(agreed, ana, [], [seen])
        run_job(Transfer.objects.get().job_id)

        with pytest.raises(Refused, match="not with the current partner"):
            cancel_reservation(seen, actor=ana.user)


class TestOneOpenTransfer:
    def test_of_two_partners_one_gets_a_subscription(
        self, agreed, azure, source, make_partner, make_staff, make_customer, carla, ana
    ):
        trey = make_partner("Trey")
        tom = make_staff(trey, "Tom", Role.GLOBAL_ADMIN)
        other = make_customer(trey, "Litware", domain=source.domain, tenant=source.tenant)
        azure_plan(other)
        second = ask(source, other, tom)
        agree(second, carla)
        accept(agreed, ana, [azure["Test"]])

        with pytest.raises(Refused, match="another open transfer"):
            accept(second, ana, [azure["Test"]])
        assert accept(second, ana, [azure["Production"]])


class TestTheClock:
    def test_nobody_answers_and_everybody_is_told(self, agreed, ana, finn, carla):
        move_transfers_on(timezone.now() + timedelta(days=30, minutes=1))

        assert state(agreed) == State.EXPIRED
        for person in (ana, finn, carla):
            assert told(person)[-1] == "transfer_expired"

    def test_who_must_act_is_reminded_three_times(self, asked, carla, finn):
        for days in (22, 23.5, 24, 27.5, 28, 29.5, 29.6):
            move_transfers_on(timezone.now() + timedelta(days=days))

        assert told(carla).count("transfer_ending") == 3
        assert told(finn) == ["transfer_sent"]

    def test_a_clock_that_stood_still_reminds_once(self, asked, carla):
        move_transfers_on(timezone.now() + timedelta(days=29.5))
        move_transfers_on(timezone.now() + timedelta(days=29.6))

        assert told(carla).count("transfer_ending") == 1


def test_many_move_in_a_few_statements(agreed, azure, source, target, ana, django_assert_max_num_queries):
    plan = azure["Test"].parent
    many = [azure_subscription(plan, f"Azure {number}") for number in range(30)]
    accept(agreed, ana, many)

    with django_assert_max_num_queries(60):
        run_job(Transfer.objects.get().job_id)

    assert Subscription.objects.filter(customer=target, kind="azure").count() == 30
