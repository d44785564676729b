"""The organization that is asked for a relationship: its people look, and its global admins answer."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Agreement, BillTo, Customer
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import Domain, Tenant, TenantRole, User
from partnercenter.errors import Refused
from partnercenter.notifications.models import Notification
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Role
from relationships.models import Partnership, RelationshipRequest
from relationships.services.my_requests import accept_request, decline_request
from relationships.services.requests import withdraw_request
from tests.asking import ask, page_of
from tests.conftest import PASSWORD
from tests.domains import told

LIST = "/my/requests/"


@pytest.fixture
def carol(proseware):
    """Somebody at Proseware who decides nothing."""
    return User.objects.create_user(
        "carol@proseware.com", PASSWORD, email="carol@proseware.com", display_name="Carol", tenant=proseware
    )


def admin_of(tenant, name="Amy"):
    return User.objects.create_user(
        f"{name.lower()}@{tenant.pk.hex[:20]}.com", display_name=name, tenant=tenant, role=TenantRole.GLOBAL_ADMIN
    )


def organization(name="Wingtip", cloud="global", country="US"):
    tenant = Tenant.objects.create(name=name, cloud=cloud, country=country)
    Domain.objects.create(tenant=tenant, name=f"{name.lower()}.example", is_primary=True)
    return tenant


class TestAccepting:
    def test_a_global_admin_makes_the_organization_a_customer(self, ana, contoso, proseware, paula, browse):
        asked = ask(ana, proseware)
        client = browse(paula)

        html = client.get(page_of(asked)).content.decode()
        answer = client.post(page_of(asked, "accept"), follow=True)

        customer, asked = Customer.objects.get(), RelationshipRequest.objects.get()
        for words in ("Contoso", contoso.partner_id, "United States", "manage your users, passwords", "costs nothing"):
            assert words in html
        assert told(answer) == ["Contoso serves your organization now, and was told so."]
        assert answer.redirect_chain[-1][0] == "/my/"
        assert "Cloud Reseller" in answer.content.decode()
        assert (customer.partner, customer.tenant, customer.name) == (contoso, proseware, "Proseware")
        assert customer.has_admin_privileges
        assert (asked.status, asked.ended_by, asked.tenant) == ("accepted", paula, proseware)
        assert "Proseware" in browse(ana).get("/customers/").content.decode()

    def test_bills_go_to_the_person_who_accepted_until_the_partner_completes_it(self, ana, proseware, paula, browse):
        accept_request(ask(ana, proseware), actor=paula)

        bill_to = BillTo.objects.get()
        assert (bill_to.company_name, bill_to.country, bill_to.line1) == ("Proseware", "US", "")
        assert (bill_to.first_name, bill_to.last_name, bill_to.email) == ("Paula", "Ruiz", "paula@proseware.com")
        client = browse(ana)
        account = client.get(f"/customers/{proseware.pk}/account/").content.decode()
        assert "The address is incomplete" in account
        assert f"/customers/{proseware.pk}/account/edit/" in account
        edit = client.get(f"/customers/{proseware.pk}/account/edit/")
        assert edit.status_code == 200
        assert edit.context["form"]["line1"].value() == ""

    def test_somebody_without_first_and_last_name_is_the_contact_under_the_shown_name(self, ana, proseware):
        accept_request(ask(ana, proseware), actor=admin_of(proseware))

        assert (BillTo.objects.get().first_name, BillTo.objects.get().last_name) == ("", "Amy")

    def test_without_privileges_the_partner_gets_none(self, ana, proseware, paula, browse):
        asked = ask(ana, proseware, with_privileges=False)
        html = browse(paula).get(page_of(asked)).content.decode()

        accept_request(asked, actor=paula)

        assert "Without delegated admin privileges:" in html
        assert not Customer.objects.get().has_admin_privileges

    def test_accepting_twice_is_accepting_once(self, ana, proseware, paula, browse):
        asked = ask(ana, proseware)
        client = browse(paula)

        client.post(page_of(asked, "accept"))
        again = client.post(page_of(asked, "accept"), follow=True)

        assert told(again)[-1] == "Contoso serves your organization: the request was accepted before."
        assert Customer.objects.count() == 1
        assert Activity.objects.filter(deed=Deed.REQUEST_ACCEPTED).count() == 1

    def test_the_maker_and_the_admins_of_the_partner_are_told(
        self, contoso, ana, hugo, uri, make_staff, proseware, paula, mailoutbox
    ):
        sam, agnes = make_staff(contoso, "Sam", Role.SALES_AGENT), make_staff(contoso, "Agnes", Role.ADMIN_AGENT)
        asked = ask(sam, proseware, send=False)

        accept_request(asked, actor=paula)

        notifications = Notification.objects.all()
        assert {one.user_id for one in notifications} == {ana.user_id, sam.user_id, agnes.user_id}
        assert {one.sentence for one in notifications} == {
            "Proseware accepted your request and is in your customer list now."
        }
        assert {one.url for one in notifications} == {f"/customers/{proseware.pk}/account/"}
        assert len(mailoutbox) == 3

    def test_the_log_of_the_partner_has_one_line(self, ana, proseware, paula):
        asked = ask(ana, proseware)

        accept_request(asked, actor=paula)

        line = Activity.objects.get(deed=Deed.REQUEST_ACCEPTED)
        assert (line.actor, line.customer, line.subject_id) == (paula, proseware, asked.pk)
        assert line.details == {"With delegated admin privileges": True}

    def test_whoever_has_the_link_of_a_request_to_nobody_in_particular_can_accept(self, ana, contoso, proseware, paula):
        asked = ask(ana)

        accept_request(asked, actor=paula)

        asked.refresh_from_db()
        assert (asked.tenant, Customer.objects.get().tenant) == (proseware, proseware)

    def test_a_former_customer_comes_back_to_its_own_account(self, ana, tailspin):
        tara = admin_of(tailspin.tenant)
        tailspin.ended_at, tailspin.admin_privileges_at = timezone.now(), None
        tailspin.save()

        accept_request(ask(ana, tailspin.tenant), actor=tara)

        customer = Customer.objects.get()
        assert (customer.pk, customer.ended_at, customer.has_admin_privileges) == (tailspin.pk, None, True)
        assert customer.bill_to.line1 == "1 Main Street"

    def test_privileges_that_were_taken_back_are_granted_again(self, ana, tailspin, browse):
        tara = admin_of(tailspin.tenant)
        tailspin.admin_privileges_ended_at = timezone.now()
        tailspin.save()
        asked = ask(ana, tailspin.tenant)

        html = browse(tara).get(page_of(asked)).content.decode()
        accept_request(asked, actor=tara)

        assert "is a customer of Contoso already" not in html
        assert Customer.objects.get().has_admin_privileges

    def test_staff_of_a_partner_accept_for_their_own_organization(self, ana, fabrikam, finn):
        User.objects.filter(pk=finn.user_id).update(role=TenantRole.GLOBAL_ADMIN)

        accept_request(ask(ana, fabrikam.tenant), actor=finn.user)

        assert Customer.objects.get().tenant == fabrikam.tenant


class TestTogether:
    def test_one_acceptance_makes_both_relationships(
        self, northwind, nora, adatum, adam, partnership, proseware, paula, browse
    ):
        asked = ask(nora, proseware, reseller=adatum)
        html = browse(paula).get(page_of(asked)).content.decode()

        accept_request(asked, actor=paula)

        provider, reseller = (Customer.objects.get(partner=partner) for partner in (northwind, adatum))
        assert "Adatum" in html
        assert adatum.partner_id in html
        assert (provider.relationships, provider.reseller) == (["cloud_reseller"], adatum)
        assert (reseller.relationships, reseller.provider) == (["indirect_reseller"], northwind)
        assert provider.has_admin_privileges
        assert reseller.has_admin_privileges
        for partner in (northwind, adatum):
            assert Activity.objects.filter(partner=partner, deed=Deed.REQUEST_ACCEPTED, customer=proseware).count() == 1
        assert {one.kind for one in Notification.objects.filter(user=nora.user)} == {"request_accepted"}
        assert {one.kind for one in Notification.objects.filter(user=adam.user)} == {"customer_begun"}

    def test_after_the_end_of_the_partnership_nobody_accepts(self, nora, adatum, partnership, proseware, paula, browse):
        asked = ask(nora, proseware, reseller=adatum)
        Partnership.objects.update(status="removed", ended_at=timezone.now())

        with pytest.raises(Refused, match="do not work together any more"):
            accept_request(asked, actor=paula)

        assert "do not work together any more" in browse(paula).get(page_of(asked)).content.decode()
        assert not Customer.objects.exists()

    def test_a_reseller_that_serves_it_through_another_provider_leaves_all_as_it_is(
        self, make_partner, nora, adatum, partnership, proseware, paula, make_customer, browse
    ):
        other = make_partner("Southridge", kind=Partner.Kind.PROVIDER)
        make_customer(
            adatum,
            "Proseware",
            tenant=proseware,
            domain="proseware.com",
            provider=other,
            relationships=["indirect_reseller"],
        )
        asked = ask(nora, proseware, reseller=adatum)

        answer = browse(paula).post(page_of(asked, "accept"), follow=True)

        assert told(answer) == ["Adatum serves Proseware through another provider already."]
        assert answer.redirect_chain == [(page_of(asked), 302)]
        assert Customer.objects.count() == 1
        assert RelationshipRequest.objects.get().is_waiting


class TestDeclining:
    def test_a_reason_reaches_the_partner(self, ana, proseware, paula, browse):
        asked = ask(ana)

        answer = browse(paula).post(page_of(asked, "decline"), {"reason": "We are served well."}, follow=True)

        asked.refresh_from_db()
        assert told(answer) == ["You declined the request of Contoso, which was told so."]
        assert (asked.status, asked.tenant, asked.reason) == ("declined", proseware, "We are served well.")
        assert not Customer.objects.exists()
        assert Activity.objects.get(deed=Deed.REQUEST_DECLINED).details["Reason"] == "We are served well."
        assert Notification.objects.get().sentence == "Proseware declined your request for a relationship."
        assert "We are served well." in browse(ana).get(f"/relationships/requests/{asked.pk}/").content.decode()

    def test_a_reason_that_is_too_long_comes_back_with_the_page(self, ana, proseware, paula, browse):
        asked = ask(ana, proseware)

        answer = browse(paula).post(page_of(asked, "decline"), {"reason": "x" * 501})

        assert answer.status_code == 422
        assert "x" * 501 in answer.content.decode()
        assert RelationshipRequest.objects.get().is_waiting

    def test_declining_twice_is_declining_once_and_accepting_is_too_late(self, ana, proseware, paula):
        asked = ask(ana, proseware)

        assert decline_request(asked, reason="", actor=paula)
        assert not decline_request(asked, reason="", actor=paula)
        with pytest.raises(Refused, match="Paula declined this request on"):
            accept_request(asked, actor=paula)


def as_operator(ana, paula):
    paula.tenant = None
    return paula


def as_own_staff(ana, paula):
    return ana.user


def as_other_cloud(ana, paula):
    return admin_of(organization(cloud="germany", country="DE"))


def as_other_market(ana, paula):
    return admin_of(organization(country="CN"))


def as_other_organization(ana, paula):
    return admin_of(organization())


STRANGERS = [
    (as_operator, "belong to no organization", None),
    (as_own_staff, "You belong to a partner that asks here.", None),
    (as_other_cloud, "works in the Global cloud, and you are signed in to the Germany cloud", None),
    (as_other_market, "Wingtip is in China, where Contoso cannot serve customers", False),
    (as_other_organization, "This request is for another organization than Wingtip", True),
]


class TestWhoCannotAnswer:
    @pytest.mark.parametrize(("who", "sentence", "bound"), STRANGERS)
    def test_who_is_here_by_mistake_reads_why_and_nothing_more(
        self, ana, proseware, paula, browse, who, sentence, bound
    ):
        asked = ask(ana, proseware if bound else None, opened_at=None)
        person = who(ana, paula)
        person.save()
        client = browse(person)

        answer = client.get(page_of(asked))
        acted = [client.post(page_of(asked, name), follow=True) for name in ("accept", "decline")]

        html = answer.content.decode()
        assert sentence in html
        assert "What it asks for" not in html
        assert "Accept" not in html
        assert all(sentence in told(one)[0] for one in acted)
        asked.refresh_from_db()
        assert (asked.status, asked.opened_at) == ("waiting", None)

    def test_others_of_the_organization_read_who_can(self, ana, proseware, paula, carol, browse):
        for name in ("Zoe", "Amy", "Bob"):
            admin_of(proseware, name)
        User.objects.filter(display_name="Bob").update(blocked_at=timezone.now())
        asked = ask(ana, proseware)
        client = browse(carol)

        html = client.get(page_of(asked)).content.decode()
        answer = client.post(page_of(asked, "accept"))

        sentence = "Only a Global admin of your organization can answer this request, for example Amy, Paula, or Zoe."
        assert sentence in html
        assert "What it asks for" in html
        assert re.search(r"<button[^>]*disabled[^>]*>.*Accept", html)
        assert (answer.status_code, sentence in answer.content.decode()) == (403, True)
        asked.refresh_from_db()
        assert asked.opened_at is None

    def test_who_is_a_customer_with_everything_has_nothing_to_do(self, ana, tailspin, browse):
        asked, tara = ask(ana, email="tara@tailspintoys.com"), admin_of(tailspin.tenant)

        html = browse(tara).get(page_of(asked)).content.decode()

        assert "Tailspin Toys is a customer of Contoso already" in html
        with pytest.raises(Refused, match="already"):
            accept_request(asked, actor=tara)

    def test_what_has_ended_says_how(self, ana, proseware, paula, browse):
        expired = ask(ana, proseware, expires_at=timezone.now())
        withdrawn, accepted = ask(ana, proseware), ask(ana, proseware)
        withdraw_request(withdrawn, actor=ana.user)
        accept_request(accepted, actor=paula)
        client = browse(paula)

        pages = [client.get(page_of(asked)).content.decode() for asked in (expired, withdrawn, accepted)]

        assert "nobody had answered it. Ask Contoso to send you a new one." in pages[0]
        assert "Contoso withdrew this request on" in pages[1]
        assert "Paula accepted this request on" in pages[2]
        for html in pages:
            assert "What it asks for" in html
            assert f"{page_of(accepted)}accept/" not in html

    def test_a_stranger_does_not_learn_what_became_of_it(self, ana, proseware, paula, browse):
        asked = ask(ana)
        accept_request(asked, actor=paula)

        html = browse(admin_of(organization())).get(page_of(asked)).content.decode()

        assert "for another organization" in html
        assert "Paula" not in html
        assert "Proseware" not in html

    def test_no_other_link_leads_anywhere(self, paula, browse):
        client = browse(paula)

        for token in ("x", "x" * 500, "%00", "a%2Fb"):
            assert client.get(f"/my/requests/{token}/").status_code == 404
            assert client.post(f"/my/requests/{token}/accept/").status_code == 404

    def test_signed_out_the_link_leads_to_the_sign_in_and_back(self, ana, proseware, paula, client):
        asked = ask(ana, proseware)

        answer = client.get(page_of(asked))
        back = client.post(answer.url, {"login": paula.principal_name, "password": PASSWORD})

        assert answer.url.startswith("/accounts/login/")
        assert back.url == page_of(asked)


class TestLooking:
    def test_the_first_look_of_a_global_admin_is_noted_and_binds_nobody(self, ana, proseware, paula, browse):
        asked = ask(ana)
        client = browse(paula)

        client.head(page_of(asked))
        asked.refresh_from_db()
        assert asked.opened_at is None
        client.get(page_of(asked))
        asked.refresh_from_db()
        first = asked.opened_at
        client.get(page_of(asked))
        asked.refresh_from_db()

        assert asked.opened_at == first is not None
        assert asked.tenant is None

    def test_everybody_of_the_organization_sees_all_its_requests(self, ana, finn, proseware, paula, carol, browse):
        declined, waiting = ask(ana, proseware), ask(finn, proseware)
        others = ask(finn, organization())
        decline_request(declined, reason="", actor=paula)

        answer = browse(carol).get(LIST)

        html = answer.content.decode()
        assert [one.pk for one in answer.context["table"].records] == [waiting.pk, declined.pk]
        assert page_of(waiting) in html
        assert page_of(others) not in html
        assert "Declined" in html

    def test_the_own_page_says_how_many_wait(self, ana, finn, proseware, carol, browse):
        client = browse(carol)
        before = client.get("/my/").content.decode()
        ask(ana, proseware), ask(finn, proseware), ask(ana, proseware, expires_at=timezone.now())

        html = client.get("/my/").content.decode()

        assert "No request waits for an answer." in before
        assert "2 requests wait for your answer" in html
        assert f'href="{LIST}"' in html

    def test_who_belongs_to_no_organization_reads_so(self, browse, paula):
        User.objects.filter(pk=paula.pk).update(tenant=None)

        assert "belong to no organization" in browse(paula).get(LIST).content.decode()

    def test_the_list_asks_as_often_for_fifty_rows_as_for_one(
        self, ana, proseware, paula, browse, django_assert_max_num_queries
    ):
        client = browse(paula)
        ask(ana, proseware)
        client.get(LIST)
        with django_assert_max_num_queries(20) as one:
            client.get(LIST)
        for _number in range(49):
            ask(ana, proseware)

        with django_assert_max_num_queries(len(one)):
            client.get(LIST)


def test_staff_who_left_are_not_told(ana, contoso, make_staff, proseware, paula):
    sam = make_staff(contoso, "Sam", Role.SALES_AGENT)
    asked = ask(sam, proseware)
    Staff.objects.filter(pk=sam.pk).update(removed_at=timezone.now())

    accept_request(asked, actor=paula)

    assert [one.user for one in Notification.objects.all()] == [ana.user]


def test_the_agreement_still_has_to_be_attested(ana, proseware, paula):
    accept_request(ask(ana, proseware, made_at=timezone.now() - timedelta(days=2)), actor=paula)

    assert not Agreement.objects.exists()
