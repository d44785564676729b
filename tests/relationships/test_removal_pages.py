"""The page that removes a relationship: clearing what stands in the way, confirming, and what is left to see."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import formats, timezone

from customers.models import Customer
from customers.services.user_changes import start_user_change
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from partnercenter.partners.roles import Role
from relationships.models import PastRelationship
from relationships.services.removal import remove_relationship
from subscriptions.models import Subscription, Transfer
from tests.conftest import PASSWORD
from tests.pages import PAGES, address
from tests.subscribing import buy_software, reserve, subscribe, subscribe_many

E3 = "Office 365 Enterprise E3"
CONFIRMED = {"reason": "They buy elsewhere.", "name": "Tailspin Toys"}


def page(customer, name="remove"):
    return reverse(f"removal:{name}", args=[customer.tenant_id])


def words_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def anas(browse, ana):
    """Ana's browser, in which she has just typed her password."""
    client = browse(ana)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


class TestClearing:
    def test_everything_in_the_way_is_on_one_page(self, tailspin, anas):
        subscribe(tailspin, E3)
        reserve(tailspin)
        buy_software(tailspin)

        words = words_of(anas.get(page(tailspin)))

        for told in ("1 subscription is active.", "1 reservation is active.", "1 software purchase can still be"):
            assert told in words
        assert "Suspend 1 subscription" in words
        assert "Remove relationship" not in words.split("Remove the relationship with")[1]

    def test_what_nobody_can_clear_is_said_first_with_its_day(self, tailspin, anas):
        subscribe(tailspin, E3)
        reserve(tailspin)
        old = reserve(tailspin, begun_at=timezone.now() - timedelta(days=30))

        answer = anas.get(page(tailspin))

        day = formats.date_format(timezone.localtime(old.ends_at), "DATE_FORMAT")
        sentence = f"The relationship cannot be removed before {day}, because of 1 reservation that cannot be canceled"
        assert sentence in words_of(answer)
        assert [one.lasting for one in answer.context["obstacles"]] == [1, 0]
        assert reverse("subscriptions:transfers", args=[tailspin.tenant_id]) in answer.content.decode()

    def test_where_all_can_be_cleared_no_day_is_said(self, tailspin, anas):
        reserve(tailspin)

        answer = anas.get(page(tailspin))

        assert "cannot be removed before" not in words_of(answer)
        assert answer.context["obstacles"][0].transfers_url == ""

    def test_what_clears_is_confirmed_first(self, tailspin, anas):
        subscribe(tailspin, E3)

        html = anas.get(page(tailspin)).content.decode()

        assert "<summary>Suspend 1 subscription</summary>" in html
        assert "Please confirm:" in html.partition("<summary>")[2].partition('<button class="button danger">')[0]

    def test_a_job_suspends_all_and_the_page_follows_it(self, tailspin, anas):
        subscribe_many(tailspin, 3)

        answer = anas.post(page(tailspin, "suspend_all"), {"wish": "1"}, follow=True)

        assert "A job suspends 3 subscriptions." in words_of(answer)
        assert "A job is suspending them." in words_of(answer)
        assert f'hx-get="{page(tailspin)}"' in answer.content.decode()
        run_job(Job.objects.get().pk)
        assert {*Subscription.objects.values_list("status", flat=True)} == {"suspended"}
        polled = anas.get(page(tailspin), headers={"HX-Request": "true"})
        assert polled.headers["HX-Refresh"] == "true"
        assert "Nothing stands in the way" in words_of(anas.get(page(tailspin)))

    def test_asking_for_the_same_twice_is_one_job(self, tailspin, anas):
        subscribe(tailspin, E3)

        for _click in range(2):
            anas.post(page(tailspin, "suspend_all"), {"wish": "1"})

        assert Job.objects.count() == 1

    def test_where_nothing_is_active_no_job_begins(self, tailspin, anas):
        answer = anas.post(page(tailspin, "suspend_all"), follow=True)

        assert "No subscription is active any more." in words_of(answer)
        assert not Job.objects.exists()

    def test_reservations_and_software_are_canceled_at_once(self, tailspin, anas):
        reserve(tailspin)
        reserve(tailspin)
        buy_software(tailspin)

        answer = anas.post(page(tailspin, "cancel_reservations"), follow=True)
        assert "2 reservations are canceled." in words_of(answer)
        answer = anas.post(page(tailspin, "cancel_software"), follow=True)
        assert "1 purchase is canceled." in words_of(answer)

        assert "Nothing stands in the way" in words_of(answer)

    def test_htmx_asks_for_what_is_left_alone(self, tailspin, anas, ana):
        start_user_change(tailspin, [], "block", url="/", actor=ana.user)

        piece = anas.get(page(tailspin), headers={"HX-Request": "true"}).content.decode()

        assert piece.lstrip().startswith('<div class="stack readable" id="obstacles"')

    def test_ten_thousand_subscriptions_are_as_many_questions_as_one(
        self, tailspin, anas, django_assert_max_num_queries
    ):
        subscribe_many(tailspin, 10_000)
        anas.get(page(tailspin))

        with django_assert_max_num_queries(14):
            words = words_of(anas.get(page(tailspin)))

        assert "10,000 subscriptions are active." in words


class TestConfirming:
    def test_it_ends_and_leads_to_the_list(self, tailspin, anas, ana):
        answer = anas.post(page(tailspin), CONFIRMED, follow=True)

        assert answer.redirect_chain[-1][0] == reverse("customers:list")
        assert "The relationship with Tailspin Toys has ended." in words_of(answer)
        assert f'href="{reverse("former:list")}"' in answer.content.decode()
        assert PastRelationship.objects.get().ended_by == ana.user

    def test_the_name_is_compared_as_people_read_it(self, tailspin, anas):
        answer = anas.post(page(tailspin), CONFIRMED | {"name": "  tailspin   TOYS "})

        assert answer.url == reverse("customers:list")

    @pytest.mark.parametrize(
        ("sent", "told"),
        [
            ({"name": "Tailspin"}, "This is not the name. Type Tailspin Toys to confirm."),
            ({"name": ""}, "Type the company name to confirm."),
            ({"reason": " "}, "Enter why the relationship ends."),
            ({"reason": "\u200b\u200b"}, "Enter why the relationship ends."),
            ({"reason": "x" * 501}, "at most 500 characters"),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_ends(self, tailspin, anas, sent, told):
        answer = anas.post(page(tailspin), CONFIRMED | sent)

        assert answer.status_code == 422
        assert told in words_of(answer)
        assert Customer.objects.get().ended_at is None

    def test_whoever_did_not_just_type_the_password_is_asked_for_it(self, tailspin, browse, ana):
        client = browse(ana)

        asked = client.post(page(tailspin), CONFIRMED)
        assert asked.url.startswith(reverse("account_reauthenticate"))
        assert Customer.objects.get().ended_at is None

        answer = client.post(asked.url, {"password": PASSWORD}, follow=True)
        assert "The relationship with Tailspin Toys has ended." in words_of(answer)
        assert Customer.objects.get().ended_at is not None

    def test_something_new_in_the_way_is_shown_and_nothing_ends(self, tailspin, anas):
        subscribe(tailspin, E3)

        answer = anas.post(page(tailspin), CONFIRMED)

        assert answer.status_code == 422
        assert "1 subscription is active." in words_of(answer)
        assert Customer.objects.get().ended_at is None

    def test_a_second_click_leads_to_the_history(self, tailspin, anas):
        anas.post(page(tailspin), CONFIRMED)

        answer = anas.post(page(tailspin), CONFIRMED, follow=True)

        assert answer.redirect_chain[-1][0] == reverse("former:customer", args=[tailspin.tenant_id])
        assert "has ended already" in words_of(answer)

    def test_what_was_typed_comes_back_after_signing_in_again(self, tailspin, browse, ana, client):
        client.post(page(tailspin), CONFIRMED)
        client.force_login(ana.user)

        assert "They buy elsewhere." in words_of(client.get(page(tailspin)))

    def test_the_consequences_are_told_before(self, tailspin, anas):
        subscribe(tailspin, E3, status="suspended")
        buy_software(tailspin, purchased_at=timezone.now() - timedelta(days=31))

        words = words_of(anas.get(page(tailspin)))

        assert "1 suspended subscription stays suspended." in words
        assert "1 software purchase is paid and stays the customer's." in words
        assert "Your delegated admin privileges end at once." in words


class TestWhoMay:
    def test_a_helpdesk_agent_reads_on_the_account_page_who_can(self, tailspin, browse, hugo):
        words = words_of(browse(hugo).get(reverse("customers:account", args=[tailspin.tenant_id])))

        assert "Only a Global admin or Admin agent can remove a relationship." in words

    def test_a_reseller_reads_that_its_provider_does_it(self, make_customer, northwind, adatum, adam, browse):
        served = make_customer(adatum, "Proseware", provider=northwind, relationships=["indirect_reseller"])
        client = browse(adam)

        response = client.get(page(served))
        account = client.get(reverse("customers:account", args=[served.tenant_id]))

        for answer in (response, account):
            assert "Northwind sells to this customer" in words_of(answer)
        assert client.post(page(served), {"reason": "x", "name": "Proseware"}).status_code == 422
        assert Customer.objects.get().ended_at is None

    def test_a_role_that_was_taken_away_meanwhile_ends_nothing(self, tailspin, anas, ana):
        ana.roles = [Role.HELPDESK_AGENT]
        ana.save()

        assert anas.post(page(tailspin), CONFIRMED).status_code == 403
        assert Customer.objects.get().ended_at is None


class TestAfterwards:
    # What leads to the history instead.
    LEAD_ON = frozenset({"customers:customer", "former:customer", "removal:remove"})

    def test_every_page_of_the_customer_is_gone(self, example, tailspin, anas, ana):
        Job.objects.update(status="canceled")
        Subscription.objects.update(status="suspended")
        Transfer.objects.update(status="canceled", ended_at=timezone.now())
        for act in ("cancel_reservations", "cancel_software"):
            anas.post(page(tailspin, act))
        assert remove_relationship(tailspin, reason="Test", actor=ana.user)

        left = {}
        for name, known in PAGES.items():
            if "microsoft_id" in known.parameters and name not in self.LEAD_ON:
                answers = [method(address(name, example)).status_code for method in (anas.get, anas.post)]
                if not {*answers} <= {404, 405}:
                    left[name] = answers

        assert left == {}

    def test_its_own_address_leads_to_the_history(self, tailspin, anas, ana):
        remove_relationship(tailspin, reason="Test", actor=ana.user)

        answer = anas.get(reverse("customers:customer", args=[tailspin.tenant_id]))

        assert answer.url == reverse("former:customer", args=[tailspin.tenant_id])
        nobody = reverse("customers:customer", args=[uuid.uuid4()])
        assert anas.get(nobody).status_code == 404
