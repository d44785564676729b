"""The organization that is asked for a relationship: its people look, and its global admins answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Agreement, BillTo, Customer
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import TenantRole, User
from partnercenter.errors import Refused
from partnercenter.notifications.models import Notification
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Role
from relationships.models import Partnership, RelationshipRequest
from relationships.services.my_requests import accept_request, decline_request
from tests.asking import ask, page_of
from tests.domains import told

LIST = "/my/requests/"


def admin_of(tenant, name="Amy"):
    return User.objects.create_user(
        f"{name.lower()}@{tenant.pk.hex[:20]}.com", display_name=name, tenant=tenant, role=TenantRole.GLOBAL_ADMIN
    )


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
        client = browse(paula)
        html = client.get(page_of(asked)).content.decode()

        answer = client.post(page_of(asked, "accept"), follow=True)

        provider, reseller = (Customer.objects.get(partner=partner) for partner in (northwind, adatum))
        assert "Adatum" in html
        assert adatum.partner_id in html
        assert "Northwind and Adatum serve your organization from then on, and are told at once." in html
        assert told(answer) == ["Northwind and Adatum serve your organization now, and were told so."]
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

    def test_declining_what_was_accepted_meanwhile_is_told_once(self, ana, proseware, paula, browse):
        asked = ask(ana, proseware)
        accept_request(asked, actor=paula)

        answer = browse(paula).post(page_of(asked, "decline"), {"reason": ""}, follow=True)

        [sentence] = told(answer)
        assert sentence.startswith("The request was not declined: Paula accepted this request on")
        assert answer.content.decode().count("Paula accepted this request on") == 1


def test_staff_who_left_are_not_told(ana, contoso, make_staff, proseware, paula):
    sam = make_staff(contoso, "Sam", Role.SALES_AGENT)
    asked = ask(sam, proseware)
    Staff.objects.filter(pk=sam.pk).update(removed_at=timezone.now())

    accept_request(asked, actor=paula)

    assert [one.user for one in Notification.objects.all()] == [ana.user]


def test_the_agreement_still_has_to_be_attested(ana, proseware, paula):
    accept_request(ask(ana, proseware, made_at=timezone.now() - timedelta(days=2)), actor=paula)

    assert not Agreement.objects.exists()


class TestWhatNeedsNoAnswerAnyMore:
    """A second request for what the first one brought, and one of two partners that have parted: neither waits on."""

    @pytest.fixture
    def second(self, ana, proseware, paula):
        first, second = ask(ana, proseware), ask(ana, proseware)
        accept_request(first, actor=paula)
        return second

    def test_it_can_be_declined_and_not_accepted(self, second, paula, browse):
        client = browse(paula)

        html = client.get(page_of(second)).content.decode()
        client.post(page_of(second, "accept"), follow=True)
        answer = client.post(page_of(second, "decline"), {"reason": "Done already."}, follow=True)

        second.refresh_from_db()
        assert page_of(second, "decline") in html
        assert page_of(second, "accept") not in html
        assert told(answer) == ["You declined the request of Contoso, which was told so."]
        assert (second.status, second.reason) == ("declined", "Done already.")

    def test_only_a_global_admin_declines_it(self, second, proseware, browse):
        kim = User.objects.create_user("kim@proseware.com", display_name="Kim", tenant=proseware)
        client = browse(kim)

        html = client.get(page_of(second)).content.decode()
        answer = client.post(page_of(second, "decline"), {"reason": ""})

        second.refresh_from_db()
        assert page_of(second, "decline") not in html
        assert (answer.status_code, second.status) == (403, "waiting")

    def test_of_partners_that_have_parted_as_well(self, nora, adatum, partnership, proseware, paula, browse):
        asked = ask(nora, proseware, reseller=adatum)
        Partnership.objects.update(status="removed", ended_at=timezone.now())
        client = browse(paula)

        html = client.get(page_of(asked)).content.decode()
        client.post(page_of(asked, "decline"), {"reason": ""})

        asked.refresh_from_db()
        assert page_of(asked, "decline") in html
        assert asked.status == "declined"


def test_who_is_asked_by_two_together_reads_that_both_get_the_privileges(
    nora, adatum, partnership, proseware, paula, browse
):
    html = browse(paula).get(page_of(ask(nora, proseware, reseller=adatum))).content.decode()

    assert "Northwind and Adatum may each manage your users, passwords, licenses, and domains" in html


def test_who_does_not_decide_reads_who_does(ana, proseware, paula, browse):
    ask(ana, proseware)
    kim = User.objects.create_user("kim@proseware.com", display_name="Kim", tenant=proseware)

    assert "1 request waits for an answer of a Global admin" in browse(kim).get("/my/").content.decode()
    assert "1 request waits for your answer" in browse(paula).get("/my/").content.decode()


def test_whoever_is_here_with_the_wrong_account_signs_out_and_comes_back(ana, proseware, tara, browse):
    asked = ask(ana, proseware)
    client = browse(tara)

    html = client.get(page_of(asked)).content.decode()
    left = client.post("/accounts/logout/", {"next": page_of(asked)})

    assert "Sign in with an account of the organization that was asked." in html
    assert f'<input type="hidden" name="next" value="{page_of(asked)}">' in html
    assert "Proseware" not in html
    assert left.url == page_of(asked)


def test_the_page_leads_back_to_all_requests(ana, proseware, paula, browse):
    assert f'href="{LIST}"' in browse(paula).get(page_of(ask(ana, proseware))).content.decode()
