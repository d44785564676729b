"""What a partner has asked: one request afterwards, and the list of all."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from partnercenter.activity.models import Activity, Deed
from relationships.models import RelationshipRequest
from relationships.services.my_requests import accept_request, decline_request
from relationships.services.request_letters import link_of
from relationships.services.requests import resend_request, withdraw_request
from tests.asking import NEW, ask, proposed
from tests.domains import told

LIST = "/relationships/requests/"


def page(asked, name="request"):
    return reverse(f"requests:{name}", args=[asked.pk])


def errors_of(answer):
    return {name: list(found) for name, found in answer.context["form"].errors.items()}


class TestAfterwards:
    def test_sending_again_gives_ninety_days_from_then(self, ana, mailoutbox):
        long_ago = timezone.now() - timedelta(days=85)
        asked = ask(ana, sent_at=long_ago, expires_at=long_ago + timedelta(days=90), reminded_before=7)

        sent, at_once = resend_request(asked, actor=ana.user), resend_request(asked, actor=ana.user)

        asked.refresh_from_db()
        assert (sent, at_once, len(mailoutbox)) == (True, False, 2)
        assert asked.expires_at - timezone.now() > timedelta(days=89)
        assert asked.reminded_before is None
        assert Activity.objects.filter(deed=Deed.REQUEST_RESENT).count() == 1

    def test_withdrawing_is_asked_first_and_done_once(self, ana, browse):
        asked = ask(ana)
        client = browse(ana)

        question = client.get(page(asked, "withdraw")).content.decode()
        first = client.post(page(asked, "withdraw"), follow=True)
        second = client.post(page(asked, "withdraw"), follow=True)

        asked.refresh_from_db()
        assert "Withdraw the request to paula@proseware.com?" in question
        assert told(first) == ["The request is withdrawn."]
        assert told(second) == ["The request was withdrawn before."]
        assert (asked.status, asked.ended_by) == ("withdrawn", ana.user)
        assert Activity.objects.filter(deed=Deed.REQUEST_WITHDRAWN).count() == 1

    def test_what_has_ended_is_not_sent_again_but_asked_again(self, ana, proseware, browse):
        asked = ask(ana, proseware, expires_at=timezone.now(), language="de", letter="Hallo\n{}", with_privileges=False)
        RelationshipRequest.objects.update(letter=f"Hallo\n{link_of(asked.token)}")
        client = browse(ana)

        refused = client.post(page(asked, "send"), follow=True)
        fields = proposed(client, f"{NEW}?again={asked.pk}")

        assert "This request expired on" in told(refused)[0]
        assert "Ask again" in refused.content.decode()
        assert (fields["domain"], fields["email"]) == ("proseware.onmicrosoft.com", "paula@proseware.com")
        assert (fields["privileges"], fields["language"]) == ("without", "de")
        assert fields["letter"].startswith("Hallo\n")
        assert asked.token not in fields["letter"]
        client.post(NEW, fields | {"send": "1"})
        assert RelationshipRequest.objects.filter(status="waiting", letter=fields["letter"]).exists()

    def test_replies_go_to_whoever_sends_and_the_steps_name_them(self, ana, contoso, make_staff, browse, mailoutbox):
        agnes = make_staff(contoso, "Agnes", "admin_agent")
        asked = ask(ana, send=False)

        resend_request(asked, actor=agnes.user)

        assert mailoutbox[0].extra_headers == {"Reply-To": agnes.user.principal_name}
        assert [step.who for step in browse(ana).get(page(asked)).context["steps"]] == ["Ana", "Agnes"]
        assert Activity.objects.latest("pk").get_deed_display() == "Request for a relationship sent"

    def test_an_accepted_one_leads_to_the_customer(self, ana, proseware, paula, browse):
        asked = ask(ana, proseware)
        accept_request(asked, actor=paula)
        client = browse(ana)

        html = client.get(page(asked)).content.decode()
        Customer.objects.update(ended_at=timezone.now())
        ended = client.get(page(asked)).content.decode()

        assert f'<a class="button primary" href="/customers/{proseware.pk}/account/">' in html
        assert "To the account of" not in ended
        assert reverse("former:customer", args=[proseware.pk]) in ended

    def test_the_page_tells_every_step(self, ana, proseware, browse):
        asked = ask(ana, proseware, sent_at=timezone.now() - timedelta(days=1))
        RelationshipRequest.objects.update(opened_at=timezone.now())
        resend_request(asked, actor=ana.user)
        RelationshipRequest.objects.update(reminded_at=timezone.now(), reminded_before=3)
        withdraw_request(asked, actor=ana.user)

        steps = browse(ana).get(page(asked)).context["steps"]

        assert [step.label for step in steps] == [
            "Requested",
            "Sent by the portal",
            "Opened by a Global admin of the organization",
            "Sent by the portal",
            "Reminded 3 days before the end",
            "Withdrawn",
        ]

    def test_strangers_find_nothing(self, ana, finn, browse):
        asked = ask(ana)
        client = browse(finn)

        assert client.get(page(asked)).status_code == 404
        assert page(asked) not in client.get(LIST).content.decode()
        assert proposed(client, f"{NEW}?again={asked.pk}")["email"] == ""


class TestTheList:
    def test_it_is_empty_at_first_and_says_what_belongs_there(self, ana, browse):
        html = browse(ana).get(LIST).content.decode()

        assert "No requests yet" in html
        assert NEW in html

    def test_it_is_searched_and_filtered(self, ana, proseware, browse):
        known, unknown = ask(ana, proseware, email="kim@example.com"), ask(ana, email="lee@wingtip.com")
        withdraw_request(unknown, actor=ana.user)
        client = browse(ana)

        def found(**query):
            return [one.pk for one in client.get(LIST, query).context["table"].records]

        assert found() == [unknown.pk, known.pk]
        assert found(q="prose") == found(q="KIM@") == found(state="waiting") == [known.pk]
        assert found(q="wingtip") == found(state="withdrawn") == [unknown.pk]
        assert found(q="PRÖSEWÁRE kim@") == [known.pk]
        assert found(q="nobody") == found(q="prose", state="withdrawn") == []
        assert found(state="nonsense") == [unknown.pk, known.pk]

    def test_states_stand_with_their_moments(self, ana, browse):
        now = timezone.now()
        ask(ana, send=False, expires_at=now + timedelta(days=3))
        ask(ana, opened_at=now)
        ask(ana, expires_at=now - timedelta(seconds=1))

        html = browse(ana).get(LIST).content.decode()

        assert "Not sent by the portal" in html
        assert "3 days left" in html
        assert "Opened" in html
        assert "Expired" in html

    def test_it_asks_as_often_for_fifty_rows_as_for_one(self, ana, proseware, browse, django_assert_max_num_queries):
        client = browse(ana)
        ask(ana, proseware)
        client.get(LIST)
        with django_assert_max_num_queries(20) as one:
            client.get(LIST)
        for number in range(49):
            ask(ana, proseware if number % 2 else None, email=f"kim{number}@example.com")

        with django_assert_max_num_queries(len(one)):
            client.get(LIST)

    def test_where_it_is_asked_from(self, ana, tailspin, browse):
        client = browse(ana)
        tailspin.admin_privileges_ended_at = timezone.now()
        tailspin.save()
        asking = f"{NEW}?customer={tailspin.tenant_id}"

        assert f'href="{NEW}"' in client.get(reverse("new_customers:list")).content.decode()
        assert f'href="{LIST}"' in client.get("/customers/").content.decode()
        assert asking in client.get(reverse("customers:account", args=[tailspin.tenant_id])).content.decode()
        assert asking in client.get(reverse("customers:users", args=[tailspin.tenant_id])).content.decode()

    @pytest.mark.parametrize("button", ["send", "save"])
    def test_twenty_letters_a_minute_are_enough(self, button, ana, browse):
        client = browse(ana)

        answers = [client.post(NEW, {button: "1"}).status_code for _ in range(42)]  # a new minute may begin meanwhile

        assert set(answers) == {422, 429}
        assert answers.index(429) >= 20
        assert client.post(NEW, {"draw": "1"}).status_code == 200
        assert mail.outbox == []


def test_whoever_answers_is_found_by_name_from_then_on(ana, proseware, paula, browse):
    asked = ask(ana, email="someone@example.com")
    client = browse(ana)
    assert not client.get(LIST, {"q": "prosewäre"}).context["table"].records

    decline_request(asked, reason="", actor=paula)

    assert [one.pk for one in client.get(LIST, {"q": "prosewäre"}).context["table"].records] == [asked.pk]
