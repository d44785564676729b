"""Removing a relationship: what stands in the way, what it ends, and what stays."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from customers.models import Customer, SearchEntry
from customers.selectors.customers import customers_of
from customers.services.user_changes import start_user_change
from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.notifications.models import Notification
from relationships.models import PastRelationship
from relationships.selectors.obstacles import obstacles_of
from relationships.selectors.removal import consequences_of
from relationships.services.beginning import Beginning, begin_relationship
from subscriptions.models import Order, Reservation, RoleAssignment, SoftwarePurchase, Subscription, Transfer
from subscriptions.services.life_cycle import move_on
from subscriptions.services.orders import add_line
from subscriptions.services.reservations import cancel_all_reservations
from subscriptions.services.software import cancel_all_software
from tests.mailserver import link_in, words_of
from tests.removing import now_of, remove
from tests.subscribing import (
    OFFERS,
    azure_plan,
    azure_subscription,
    buy_software,
    reserve,
    subscribe,
    subscribe_many,
)

E3 = "Office 365 Enterprise E3"
DAY = timedelta(days=1)


def in_the_way(customer):
    return [obstacle.sentence for obstacle in obstacles_of(customer, timezone.now())]


class TestWhatStandsInTheWay:
    def test_an_open_transfer_does_on_both_sides_and_an_ended_one_does_not(self, agreed, source, target, azure):
        Subscription.objects.update(status="suspended")

        [leaving], [coming] = obstacles_of(source, timezone.now()), obstacles_of(target, timezone.now())
        Transfer.objects.update(status="canceled", ended_at=timezone.now())

        assert leaving.sentence == coming.sentence == "1 transfer is open."
        assert leaving.url == reverse("transfers:transfer", args=[agreed.pk])
        assert (in_the_way(source), in_the_way(target)) == ([], [])

    def test_what_the_customer_has_not_agreed_to_is_not_told_to_its_current_partner(self, asked, source, target):
        Subscription.objects.update(status="suspended")

        assert (in_the_way(source), in_the_way(target)) == ([], ["1 transfer is open."])

    def test_nothing_does_where_nothing_was_bought(self, tailspin):
        assert in_the_way(tailspin) == []

    def test_active_subscriptions_do_and_others_do_not(self, tailspin):
        subscribe(tailspin, E3)
        for status in ("suspended", "expired", "disabled", "deleted", "canceled"):
            subscribe(tailspin, E3, status=status)

        assert in_the_way(tailspin) == ["1 subscription is active."]

    def test_only_what_was_sold_through_this_account_does(self, shared, adatum):
        account, served = shared
        subscribe(account, E3, reseller=adatum)

        assert in_the_way(account) == ["1 subscription is active."]
        assert in_the_way(served) == []

    def test_reservations_do_until_they_end(self, tailspin):
        now = timezone.now()
        reserve(tailspin)
        old = reserve(tailspin, begun_at=now - 8 * DAY, name="Old servers")
        reserve(tailspin, status="expired", begun_at=now - 400 * DAY)

        [found] = obstacles_of(tailspin, now)

        assert (found.sentence, found.clearable, found.button) == (
            "2 reservations are active.",
            1,
            "Cancel 1 reservation",
        )
        assert found.means[-1] == f"Old servers ends on {date_format(localtime(old.ends_at), 'DATE_FORMAT')}."

    def test_of_many_reservations_that_run_on_the_first_are_named(self, tailspin):
        for number in range(7):
            reserve(tailspin, begun_at=timezone.now() - 9 * DAY, name=f"Server {number}")

        [found] = obstacles_of(tailspin, timezone.now())

        assert (found.act, found.clearable) == ("", 0)
        assert sum("ends on" in sentence for sentence in found.means) == 5
        assert found.means[-1] == "2 more end later."

    def test_software_does_as_long_as_it_can_be_given_back(self, tailspin):
        now = timezone.now()
        buy_software(tailspin)
        buy_software(tailspin, purchased_at=now - 31 * DAY)
        buy_software(tailspin, status="canceled", canceled_at=now)

        assert in_the_way(tailspin) == ["1 software purchase can still be canceled."]

    def test_running_jobs_of_this_customer_do(self, tailspin, ana, make_customer, contoso):
        start_user_change(tailspin, [], "block", url="/", actor=ana.user)
        start_user_change(make_customer(contoso, "Wingtip"), [], "block", url="/", actor=ana.user)

        assert in_the_way(tailspin) == ["1 job is running."]

    def test_what_has_ended_does_not(self, tailspin, ana):
        job = start_user_change(tailspin, [], "block", url="/", actor=ana.user)
        Job.objects.filter(pk=job.pk).update(status="canceled")

        assert in_the_way(tailspin) == []

    def test_each_kind_is_a_question_or_two_however_much_there_is(self, tailspin, contoso, django_assert_num_queries):
        tailspin.partner = contoso
        subscribe_many(tailspin, 30)
        for number in range(3):
            reserve(tailspin, begun_at=timezone.now() - number * 5 * DAY)
            buy_software(tailspin)

        with django_assert_num_queries(6):
            assert len(obstacles_of(tailspin, timezone.now())) == 3


class TestClearing:
    def test_reservations_are_canceled_as_long_as_they_can_be_each_with_a_line(self, tailspin, ana):
        young = [reserve(tailspin, begun_at=timezone.now() - number * DAY) for number in range(2)]
        old = reserve(tailspin, begun_at=timezone.now() - 8 * DAY)

        assert cancel_all_reservations(tailspin, actor=ana.user) == 2

        states = dict(Reservation.objects.values_list("pk", "status"))
        assert states == {young[0].pk: "canceled", young[1].pk: "canceled", old.pk: "active"}
        lines = Activity.objects.filter(deed=Deed.RESERVATION_CANCELED, actor=ana.user)
        assert {line.subject_id for line in lines} == {one.pk for one in young}
        assert cancel_all_reservations(tailspin, actor=ana.user) == 0

    def test_software_is_given_back_as_long_as_it_can_be_each_with_a_line(self, tailspin, ana):
        young = buy_software(tailspin)
        old = buy_software(tailspin, purchased_at=timezone.now() - 31 * DAY)

        assert cancel_all_software(tailspin, actor=ana.user) == 1

        states = dict(SoftwarePurchase.objects.values_list("pk", "status"))
        assert states == {young.pk: "canceled", old.pk: "purchased"}
        line = Activity.objects.get(deed=Deed.SOFTWARE_CANCELED)
        assert (line.subject_id, line.details["Quantity"]) == (young.pk, 5)


class TestRemoving:
    def test_the_customer_leaves_the_list_and_the_search(self, tailspin, ana, contoso):
        assert remove(tailspin, ana)

        assert not customers_of(contoso).exists()
        assert not SearchEntry.objects.filter(customer=tailspin).exists()

    def test_privileges_end_with_it(self, tailspin, ana):
        remove(tailspin, ana)

        account = now_of(tailspin)
        assert not account.has_admin_privileges
        assert account.admin_privileges_ended_at == account.ended_at

    def test_privileges_that_were_taken_back_before_ended_then(self, tailspin, ana):
        then = timezone.now() - DAY
        Customer.objects.filter(pk=tailspin.pk).update(admin_privileges_ended_at=then)

        remove(tailspin, ana)

        assert now_of(tailspin).admin_privileges_ended_at == then

    def test_what_it_was_is_kept(self, tailspin, ana):
        remove(tailspin, ana, "They buy elsewhere.")

        past = PastRelationship.objects.get()
        assert (past.customer, past.relationships, past.begun_at) == (tailspin, ["cloud_reseller"], tailspin.begun_at)
        assert (past.ended_by, past.reason, past.ended_at) == (
            ana.user,
            "They buy elsewhere.",
            now_of(tailspin).ended_at,
        )

    def test_the_log_tells_it(self, tailspin, ana):
        remove(tailspin, ana)

        line = Activity.objects.get(deed=Deed.RELATIONSHIP_REMOVED)
        assert (line.actor, line.customer, line.partner) == (ana.user, tailspin.tenant, ana.partner)
        assert line.details == {"Reason": "They buy elsewhere.", "Delegated admin privileges": [True, False]}

    def test_the_customers_global_admins_are_told(self, tailspin, ana, tara):
        remove(tailspin, ana)

        told = Notification.objects.get(user=tara)
        assert str(told) == (
            "Contoso no longer serves Tailspin Toys: the relationship and its delegated admin privileges have ended. "
            "Subscriptions that it sold to you stay suspended until they run out."
        )
        assert told.url == "/my/partners/"

    def test_they_get_a_mail_with_the_way_to_the_page_of_their_partners(self, tailspin, ana, tara, mail_server):
        remove(tailspin, ana, "A secret of Contoso")

        [mail] = mail_server.arrived()
        assert mail["To"] == tara.principal_name
        assert "Contoso no longer serves Tailspin Toys" in words_of(mail)
        assert "A secret of Contoso" not in words_of(mail)
        assert link_in(mail) == reverse("my_partners:list")

    def test_nobody_who_goes_is_a_support_contact_any_more(self, shared, northwind, adatum, nora, fabrikam):
        account, _served = shared
        own, resellers, other = (
            subscribe(account, E3, status="suspended", support_contact=contact)
            for contact in (northwind, adatum, fabrikam)
        )

        remove(account, nora)

        for subscription in (own, resellers, other):
            subscription.refresh_from_db()
        assert [own.support_contact, resellers.support_contact, other.support_contact] == [None, None, fabrikam]
        assert own.version == 2

    def test_drafts_of_orders_are_discarded(self, tailspin, ana):
        add_line(tailspin, OFFERS[E3], actor=ana.user)

        remove(tailspin, ana)

        assert not Order.objects.exists()

    def test_roles_software_and_tags_stay(self, tailspin, ana, contoso):
        azure = azure_subscription(azure_plan(tailspin, status="suspended"), status="suspended")
        RoleAssignment.objects.create(subscription=azure, partner=contoso, role="owner")
        old = buy_software(tailspin, purchased_at=timezone.now() - 31 * DAY)
        Customer.objects.filter(pk=tailspin.pk).update(tag_ids=[7])

        remove(tailspin, ana)

        assert RoleAssignment.objects.filter(partner=contoso).exists()
        assert SoftwarePurchase.objects.get(pk=old.pk).status == "purchased"
        assert now_of(tailspin).tag_ids == [7]

    def test_something_in_the_way_keeps_everything_as_it_is(self, tailspin, ana):
        subscribe(tailspin, E3)

        with pytest.raises(Refused, match=r"something stands in the way: 1 subscription is active\."):
            remove(tailspin, ana)

        assert now_of(tailspin).ended_at is None
        assert not PastRelationship.objects.exists()

    def test_removing_twice_is_removing_once(self, tailspin, ana, tara):
        remove(tailspin, ana)
        row = Customer.objects.values().get(pk=tailspin.pk)

        assert remove(tailspin, ana) is False

        assert Customer.objects.values().get(pk=tailspin.pk) == row
        assert (PastRelationship.objects.count(), Notification.objects.count()) == (1, 1)

    def test_other_partners_go_on_to_serve_it(self, tailspin, ana, fabrikam, make_customer):
        other = make_customer(fabrikam, "Tailspin Toys", tenant=tailspin.tenant)
        subscribe(other, E3)

        remove(tailspin, ana)

        assert now_of(other).ended_at is None
        assert now_of(other).has_admin_privileges

    @pytest.mark.parametrize(
        ("cloud", "country", "suffix"),
        [("usgov", "US", "onmicrosoft.us"), ("germany", "DE", "onmicrosoft.de")],
    )
    def test_it_is_the_same_in_other_clouds(self, cloud, country, suffix, make_partner, make_staff, make_customer):
        partner = make_partner("Federal", cloud=cloud, country=country, suffix=suffix)
        uma = make_staff(partner, "Uma", "global_admin")
        customer = make_customer(partner, "Agency", domain=f"agency.{suffix}")

        assert remove(customer, uma)
        assert not customers_of(partner).exists()


class TestConsequences:
    def test_they_are_numbers(self, tailspin, ana, contoso):
        for status in ("suspended", "suspended", "expired", "deleted"):
            subscribe(tailspin, E3, status=status)
        azure = azure_subscription(azure_plan(tailspin, status="suspended"), status="suspended")
        RoleAssignment.objects.create(subscription=azure, partner=contoso, role="owner")
        buy_software(tailspin, purchased_at=timezone.now() - 31 * DAY)
        add_line(tailspin, OFFERS[E3], actor=ana.user)

        means = consequences_of(tailspin)

        assert (means.supported, means.suspended, means.endless, means.running_out) == (5, 2, 2, 1)
        assert (means.roles, means.software, means.drafts, means.resellers, means.staying) == (1, 1, 1, (), False)

    def test_they_are_asked_five_times(self, tailspin, contoso, django_assert_num_queries):
        tailspin.partner = contoso
        subscribe_many(tailspin, 30)

        with django_assert_num_queries(5):
            consequences_of(tailspin)


class TestAfterwards:
    def test_the_clock_goes_on_for_what_is_suspended(self, tailspin, ana):
        now = timezone.now()
        office = subscribe(tailspin, E3, status="suspended")
        remove(tailspin, ana)

        def at(moment):
            move_on(moment)
            office.refresh_from_db()
            return office.status

        ends_at = office.term_ends_at
        assert at(now + DAY) == "suspended"
        assert at(ends_at + timedelta(minutes=1)) == "disabled"
        assert at(ends_at + 31 * DAY) == "deleted"
        assert office.terms == 1

    def test_who_comes_back_has_everything_again(self, tailspin, ana, contoso, tara):
        office = subscribe(tailspin, E3, status="suspended")
        Customer.objects.filter(pk=tailspin.pk).update(name="Tailspin Toys Inc.", tag_ids=[7])
        remove(tailspin, ana)

        beginning = Beginning(contoso, tailspin.tenant, True, {}, timezone.now())
        account = begin_relationship(beginning, actor=tara)

        account.refresh_from_db()
        assert (account.pk, account.ended_at, account.name, account.tag_ids) == (
            tailspin.pk,
            None,
            "Tailspin Toys Inc.",
            [7],
        )
        assert account.has_admin_privileges
        assert Subscription.objects.get(customer=account) == office
        assert SearchEntry.objects.get(customer=account).search_text == account.search_text
        assert PastRelationship.objects.get(customer=account).reason == "They buy elsewhere."
        assert Activity.objects.filter(partner=contoso, customer=tailspin.tenant).exists()

    def test_it_can_end_and_begin_again_and_again(self, tailspin, ana, contoso, tara):
        for reason in ("First", "Second"):
            remove(now_of(tailspin), ana, reason)
            begin_relationship(Beginning(contoso, tailspin.tenant, False, {}, timezone.now()), actor=tara)

        assert list(PastRelationship.objects.order_by("pk").values_list("reason", flat=True)) == ["First", "Second"]
        assert now_of(tailspin).ended_at is None

    def test_reservations_end_with_their_terms(self, tailspin, ana):
        reserve(tailspin, status="expired", begun_at=timezone.now() - 400 * DAY)

        assert remove(tailspin, ana)
        assert Reservation.objects.get().status == "expired"
