"""Customers of before: the list, the history of one, and what the account of one who came back tells."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from relationships.models import PastRelationship
from relationships.services.beginning import Beginning, begin_relationship
from relationships.services.my_requests import accept_request
from relationships.services.removal import remove_relationship
from tests.asking import ask
from tests.subscribing import buy_software, reserve, subscribe, subscribe_many

E3 = "Office 365 Enterprise E3"
LIST = "/relationships/former/"
DAY = timedelta(days=1)


def words_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def history(customer):
    return reverse("former:customer", args=[customer.tenant_id])


@pytest.fixture
def end(ana):
    def ended(customer, reason="They buy elsewhere."):
        remove_relationship(customer, reason=reason, actor=ana.user)
        return customer

    return ended


class TestList:
    def test_it_tells_who_when_by_whom_and_why(self, tailspin, end, browse, ana):
        end(tailspin)

        words = words_of(browse(ana).get(LIST))

        for told in ("Tailspin Toys", "tailspintoys.onmicrosoft.com", "Ana", "They buy elsewhere."):
            assert told in words

    def test_the_last_one_is_first_and_customers_of_today_are_not_there(self, end, browse, ana, contoso, make_customer):
        for name in ("Adventure Works", "Wingtip Toys"):
            end(make_customer(contoso, name))
        make_customer(contoso, "Proseware")

        rows = browse(ana).get(LIST).context["table"].records

        assert [row.name for row in rows] == ["Wingtip Toys", "Adventure Works"]

    @pytest.mark.parametrize("text", ["wingtip", "wingtiptoys.onmicrosoft", "toys wing", "WÌNGTIP"])
    def test_it_is_searched_by_name_and_domain(self, text, end, browse, ana, contoso, make_customer):
        for name in ("Adventure Works", "Wingtip Toys"):
            end(make_customer(contoso, name))

        rows = browse(ana).get(LIST, {"q": text}).context["table"].records

        assert [row.name for row in rows] == ["Wingtip Toys"]

    def test_it_is_searched_by_microsoft_id(self, tailspin, end, browse, ana):
        end(tailspin)

        assert len(browse(ana).get(LIST, {"q": str(tailspin.tenant_id)}).context["table"].records) == 1

    def test_what_matches_nothing_and_what_is_empty_read_differently(self, tailspin, end, browse, ana):
        client = browse(ana)
        assert "No former customers" in words_of(client.get(LIST))

        end(tailspin)

        assert "No former customer matches" in words_of(client.get(LIST, {"q": "nobody"}))

    def test_other_partners_do_not_see_them(self, tailspin, end, browse, finn):
        end(tailspin)

        assert browse(finn).get(LIST).context["table"].records == []

    def test_the_customer_list_leads_there(self, tailspin, browse, ana):
        assert f'href="{LIST}"' in browse(ana).get("/customers/").content.decode()

    def test_many_cost_as_many_questions_as_one(
        self, end, browse, ana, contoso, make_customer, django_assert_max_num_queries
    ):
        for number in range(12):
            end(make_customer(contoso, f"Customer {number}"))
        client = browse(ana)
        client.get(LIST)

        with django_assert_max_num_queries(8):
            client.get(LIST)


class TestHistory:
    def test_it_shows_everything_as_it_was(self, tailspin, end, browse, ana):
        subscribe(tailspin, E3, status="suspended", name="Mail for all")
        reserve(tailspin, status="canceled", canceled_at=timezone.now(), name="Two servers")
        buy_software(tailspin, purchased_at=timezone.now() - 31 * DAY)
        end(tailspin)

        words = words_of(browse(ana).get(history(tailspin)))

        for told in (
            "They buy elsewhere.",
            "Cloud Reseller",
            "1 Main Street",
            "Casey Jensen",
            "Ended with the relationship",
            "Mail for all",
            "Suspended",
            "Two servers",
            "Purchased",
            "Relationship removed",
        ):
            assert told in words

    def test_of_very_many_subscriptions_the_first_ones_are_shown(
        self, tailspin, end, browse, ana, django_assert_max_num_queries
    ):
        subscribe_many(tailspin, 60, status="suspended")
        end(tailspin)
        client = browse(ana)
        client.get(history(tailspin))

        with django_assert_max_num_queries(18):
            words = words_of(client.get(history(tailspin)))

        assert "The first 50 of 60." in words

    def test_privileges_that_the_customer_took_back_say_so(self, tailspin, end, browse, ana):
        Customer.objects.update(admin_privileges_ended_at=timezone.now() - DAY)
        end(tailspin)

        assert "Taken back by the customer" in words_of(browse(ana).get(history(tailspin)))

    def test_who_may_not_see_the_log_reads_the_rest(self, tailspin, end, browse, hugo):
        end(tailspin)

        words = words_of(browse(hugo).get(history(tailspin)))

        assert "They buy elsewhere." in words
        assert "can see the activity log" in words
        assert "can request relationships" in words
        assert "Relationship removed" not in words

    def test_an_account_that_ended_before_reasons_were_kept_is_readable(self, tailspin, browse, ana):
        Customer.objects.update(ended_at=timezone.now())

        assert browse(ana).get(history(tailspin)).status_code == 200
        assert browse(ana).get(LIST).status_code == 200

    def test_strangers_and_customers_that_never_were_do_not_exist(self, tailspin, end, browse, finn):
        end(tailspin)

        assert browse(finn).get(history(tailspin)).status_code == 404

    def test_who_serves_it_now_gets_the_account(self, tailspin, browse, ana):
        answer = browse(ana).get(history(tailspin))

        assert answer.url == reverse("customers:account", args=[tailspin.tenant_id])


def test_the_account_of_one_who_came_back_tells_what_was_before(tailspin, end, browse, ana, contoso, tara):
    end(tailspin, "Moved to another partner.")
    begin_relationship(Beginning(contoso, tailspin.tenant, True, {}, timezone.now()), actor=tara)

    words = words_of(browse(ana).get(reverse("customers:account", args=[tailspin.tenant_id])))

    assert "Earlier relationships" in words
    assert "Moved to another partner." in words
    assert PastRelationship.objects.count() == 1


def test_an_account_without_a_past_says_nothing_of_one(tailspin, browse, ana):
    words = words_of(browse(ana).get(reverse("customers:account", args=[tailspin.tenant_id])))

    assert "Earlier relationships" not in words


def test_a_reseller_reads_that_its_provider_asks_again(
    northwind, adatum, nora, adam, partnership, proseware, paula, browse
):
    accept_request(ask(nora, proseware, reseller=adatum), actor=paula)
    remove_relationship(Customer.objects.get(partner=northwind), reason="Moved.", actor=nora.user)

    page = browse(adam).get(f"{LIST}{proseware.pk}/")

    assert "Ask your provider for a request together with you." in words_of(page)
    assert "/relationships/requests/new/?customer=" not in page.content.decode()


def test_the_next_step_says_what_happens_then(tailspin, end, browse, ana):
    soon = timezone.now() + 9 * DAY
    for status in ("expired", "disabled"):
        subscribe(tailspin, E3, status=status, due_at=soon)
    end(tailspin)

    words = words_of(browse(ana).get(history(tailspin)))

    assert re.search(r"Disabled [A-Z0-9]", words)
    assert re.search(r"Deleted [A-Z0-9]", words)
