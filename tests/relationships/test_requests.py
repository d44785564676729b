"""A partner asks an organization for a relationship."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import Domain, Tenant
from partnercenter.partners.roles import Action, denial
from relationships.models import RelationshipRequest
from relationships.services.my_requests import accept_request
from relationships.services.request_letters import link_of
from relationships.services.requests import withdraw_request
from tests.asking import NEW, ask, page_of, proposed
from tests.domains import told

LIST = "/relationships/requests/"


def page(asked, name="request"):
    return reverse(f"requests:{name}", args=[asked.pk])


def errors_of(answer):
    return {name: list(found) for name, found in answer.context["form"].errors.items()}


class TestAsking:
    def test_the_portal_sends_what_the_page_proposes(self, ana, contoso, proseware, browse, mailoutbox):
        client = browse(ana)
        fields = proposed(client) | {"email": "paula@proseware.com", "domain": "Proseware.com"}

        answer = client.post(NEW, fields | {"send": "1"}, follow=True)

        asked = RelationshipRequest.objects.get()
        assert told(answer) == ["The request to paula@proseware.com is on its way."]
        assert (asked.tenant, asked.partner, asked.made_by, asked.status) == (proseware, contoso, ana.user, "waiting")
        assert (asked.with_privileges, asked.language, asked.reseller) == (True, "en", None)
        assert asked.sent_at is not None
        [letter] = mailoutbox
        assert (letter.to, letter.body, letter.subject) == (["paula@proseware.com"], asked.letter, asked.subject)
        assert letter.from_email.startswith("Contoso <")
        assert letter.extra_headers == {"Reply-To": "ana@contoso.onmicrosoft.com"}
        assert link_of(asked.token) in asked.letter

    def test_what_is_sent_by_oneself_is_kept_and_not_mailed(self, ana, browse, mailoutbox):
        client = browse(ana)

        answer = client.post(NEW, proposed(client) | {"email": "paula@proseware.com", "save": "1"}, follow=True)

        asked = RelationshipRequest.objects.get()
        html = answer.content.decode()
        assert (asked.sent_at, asked.tenant, mailoutbox) == (None, None, [])
        assert "The portal has not sent this letter." in html
        assert "Let the portal send it" in html
        assert "Copy letter" in html

    def test_the_mail_program_gets_the_letter_as_it_is(self, ana, browse):
        asked = ask(ana, send=False, subject="50 % & more? #1", letter=f"Grüß Gott,\n\n{'x' * 10}\nAna & co + 1")

        address = browse(ana).get(page(asked)).context["mail_link"]

        assert urlsplit(address)[:3] == ("mailto", "", "paula@proseware.com")
        query = parse_qs(urlsplit(address).query)
        assert query == {"subject": [asked.subject], "body": [asked.letter.replace("\n", "\r\n")]}
        assert "+" not in address
        assert unquote(address).count("\r\n") == 3

    def test_posting_twice_makes_one_request_and_one_mail(self, ana, browse, mailoutbox):
        client = browse(ana)
        fields = proposed(client) | {"email": "paula@proseware.com", "send": "1"}

        first, second = client.post(NEW, fields), client.post(NEW, fields, follow=True)

        asked = RelationshipRequest.objects.get()
        assert first.url == page(asked)
        assert told(second)[-1] == "You have made this request already. This is how it stands."
        assert len(mailoutbox) == 1
        assert Activity.objects.filter(deed=Deed.RELATIONSHIP_REQUESTED).count() == 1

    def test_two_people_with_one_wish_make_two_requests(self, ana, contoso, make_staff, browse):
        agnes = make_staff(contoso, "Agnes", "admin_agent")
        fields = proposed(browse(ana)) | {"email": "paula@proseware.com", "send": "1"}
        browse(ana).post(NEW, fields)

        answer = browse(agnes).post(NEW, fields)

        assert "letter" in errors_of(answer)

    def test_the_log_says_who_asked_whom_for_what(self, ana, proseware):
        asked = ask(ana, proseware)

        line = Activity.objects.get()
        assert (line.deed, line.actor, line.subject_id) == (Deed.RELATIONSHIP_REQUESTED, ana.user, asked.pk)
        assert line.details == {
            "Recipient": "Proseware <paula@proseware.com>",
            "With delegated admin privileges": True,
            "Sent by the portal": True,
        }

    def test_who_may_not_ask_reads_which_roles_do(self, hugo, ana, browse):
        asked = ask(ana)
        client = browse(hugo)

        for address in (LIST, page(asked)):
            html = client.get(address).content.decode()
            assert denial(Action.REQUEST_RELATIONSHIP) in html
            assert NEW not in html
        for address in (NEW, page(asked, "send"), page(asked, "withdraw")):
            assert client.post(address).status_code == 403


class TestRecipients:
    @pytest.mark.parametrize(
        ("domain", "sentence"),
        [
            ("nowhere.example", "No organization of the Global cloud has this domain."),
            ("federal.onmicrosoft.us", "No organization of the Global cloud has this domain."),
            ("contoso.onmicrosoft.com", "This is the organization of the partner itself."),
            ("wingtip.de", "Wingtip is in Germany, which is not in your market."),
            ("..", "No organization of the Global cloud has this domain."),
            ("\u202e", "No organization of the Global cloud has this domain."),
        ],
    )
    def test_an_organization_that_cannot_be_asked_is_not(self, ana, browse, make_partner, domain, sentence):
        make_partner("Federal", cloud="usgov", suffix="onmicrosoft.us")
        wingtip = Tenant.objects.create(name="Wingtip", cloud="global", country="DE")
        Domain.objects.create(tenant=wingtip, name="wingtip.de", is_primary=True)
        client = browse(ana)
        fields = proposed(client) | {"email": "paula@proseware.com", "domain": domain}

        answer = client.post(NEW, fields | {"send": "1"})

        assert answer.status_code == 422
        assert errors_of(answer)["domain"][0].startswith(sentence)
        assert not RelationshipRequest.objects.exists()

    def test_a_domain_that_waits_for_proof_is_nobodys(self, ana, browse, proseware):
        Domain.objects.create(tenant=proseware, name="new.example", verified_at=None, added_at=timezone.now())
        client = browse(ana)

        fields = proposed(client) | {"email": "p@new.example", "domain": "new.example", "send": "1"}

        assert "domain" in errors_of(client.post(NEW, fields))

    @pytest.mark.parametrize("email", ["", "paula", "bill@microsoft.com", "kim@contoso.onmicrosoft.com"])
    def test_an_address_that_is_no_customers_is_refused(self, ana, browse, email):
        client = browse(ana)

        answer = client.post(NEW, proposed(client) | {"email": email, "send": "1"})

        assert list(errors_of(answer)) == ["email"]

    def test_a_customer_that_granted_everything_is_not_asked_again(self, ana, tailspin, browse):
        client = browse(ana)
        fields = proposed(client, f"{NEW}?customer={tailspin.tenant_id}") | {"send": "1"}

        answer = client.post(NEW, fields)

        assert errors_of(answer) == {"domain": ["Tailspin Toys has granted you all of this already."]}
        assert reverse("customers:account", args=[tailspin.tenant_id]) in answer.content.decode()

    @pytest.mark.parametrize("ended", ["ended_at", "admin_privileges_ended_at"])
    def test_who_left_or_took_privileges_back_is_asked_again_with_what_is_known(self, ana, tailspin, browse, ended):
        setattr(tailspin, ended, timezone.now())
        tailspin.save()
        client = browse(ana)

        fields = proposed(client, f"{NEW}?customer={tailspin.tenant_id}")
        client.post(NEW, fields | {"send": "1"})

        asked = RelationshipRequest.objects.get()
        assert (asked.tenant, asked.email) == (tailspin.tenant, "casey@tailspintoys.onmicrosoft.com")
        assert asked.with_privileges

    def test_a_customer_without_privileges_is_asked_for_them_alone(self, ana, tailspin, tara, browse):
        Customer.objects.update(admin_privileges_at=None)
        client = browse(ana)

        html = client.get(f"{NEW}?customer={tailspin.tenant_id}").content.decode()
        client.post(NEW, proposed(client, f"{NEW}?customer={tailspin.tenant_id}") | {"send": "1"})

        asked = RelationshipRequest.objects.get()
        theirs = browse(tara).get(page_of(asked)).content.decode()
        answer = browse(tara).post(page_of(asked, "accept"), follow=True)
        assert "You serve Tailspin Toys already, so this asks only for delegated admin privileges." in html
        assert 'name="privileges"' not in html
        assert asked.subject == "Contoso asks for delegated admin privileges"
        assert "Contoso, which serves your organization already, asks only for delegated" in asked.letter
        assert "Contoso serves your organization already. It asks only for delegated admin privileges." in theirs
        assert "may sell you subscriptions" not in theirs
        assert told(answer) == ["Contoso can administer your services now, and was told so."]

    def test_a_letter_that_was_for_anybody_is_looked_at_once_it_is_for_a_customer(self, ana, tailspin, browse):
        Customer.objects.update(admin_privileges_at=None)
        client = browse(ana)
        fields = proposed(client) | {"email": "tara@tailspintoys.com", "privileges": "without", "send": "1"}

        answer = client.post(NEW, fields | {"domain": "tailspintoys.com"})

        assert answer.context["form"].looks == ["The letter says now what you have chosen. Read it, then send it."]
        assert "asks only for delegated admin privileges" in answer.context["form"]["letter"].value()
        assert not RelationshipRequest.objects.exists()

    def test_an_older_request_asks_for_what_is_missing_by_now(self, ana, proseware, paula, browse):
        older = ask(ana, proseware)
        accept_request(ask(ana, proseware, with_privileges=False), actor=paula)

        html = browse(paula).get(page_of(older)).content.decode()

        assert "Contoso serves your organization already. It asks only for delegated admin privileges." in html

    def test_a_customer_of_another_partner_tells_nothing_about_itself(self, finn, tailspin, browse):
        fields = proposed(browse(finn), f"{NEW}?customer={tailspin.tenant_id}")

        assert (fields["domain"], fields["email"]) == ("", "")

    def test_a_second_request_is_sent_after_a_second_look(self, ana, proseware, browse):
        first = ask(ana, proseware)
        client = browse(ana)
        fields = proposed(client) | {"email": "kim@example.com", "domain": "proseware.com", "send": "1"}

        answer = client.post(NEW, fields)

        assert page(first) in answer.content.decode()
        assert answer.context["form"].looks[0].startswith("A request to Proseware waits for an answer already.")
        again = {field.html_name: field.value() or "" for field in answer.context["form"]}
        assert client.post(NEW, again | {"send": "1"}).status_code == 302
        assert RelationshipRequest.objects.count() == 2

    def test_one_that_was_answered_or_is_of_another_partner_is_no_second_one(self, ana, finn, proseware, browse):
        withdraw_request(ask(ana, proseware), actor=ana.user)
        ask(finn, proseware)
        client = browse(ana)

        answer = client.post(NEW, proposed(client) | {"email": "paula@proseware.com", "send": "1"})

        assert answer.status_code == 302


class TestClouds:
    @pytest.mark.parametrize(("cloud", "country"), [("usgov", "US"), ("germany", "DE")])
    def test_where_requests_are_always_with_privileges_there_is_no_choice(
        self, cloud, country, make_partner, make_staff, browse
    ):
        partner = make_partner("Federal", cloud=cloud, country=country, suffix="onmicrosoft.us")
        client = browse(make_staff(partner, "Uma", "global_admin"))

        answer = client.get(NEW)
        fields = proposed(client) | {"email": "kim@example.com", "privileges": "without", "send": "1"}
        client.post(NEW, fields)

        html = answer.content.decode()
        assert "always requested together with delegated admin privileges" in html
        assert 'name="privileges"' not in html
        assert "administer your services for you" in fields["letter"] or country == "DE"
        assert RelationshipRequest.objects.get().with_privileges

    def test_without_privileges_the_letter_says_so(self, ana, browse):
        client = browse(ana)
        fields = proposed(client) | {"privileges": "without", "draw": "1"}

        answer = client.post(NEW, fields)

        assert "does not include delegated admin privileges" in answer.context["form"]["letter"].value()

    @pytest.mark.parametrize(("country", "language"), [("DE", "de"), ("AT", "de"), ("CN", "zh-hans"), ("FR", "en")])
    def test_the_letter_begins_in_the_language_of_the_country(
        self, country, language, make_partner, make_staff, browse
    ):
        client = browse(make_staff(make_partner("Wolke", country=country), "Greta", "global_admin"))

        assert proposed(client)["language"] == language
