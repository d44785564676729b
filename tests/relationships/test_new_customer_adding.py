"""Submitting: one customer, all of it or nothing, and one look at the password."""

import pytest
from django.urls import reverse

from customers.models import Agreement, BillTo, Customer, QualificationDetails, Tag
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import Domain, Tenant, TenantRole, User
from partnercenter.notifications.models import Notification
from partnercenter.partners.models import Staff
from partnercenter.partners.roles import Action, Role, denial
from relationships.models import NewCustomer, Partnership
from subscriptions.models import Order, OrderLine, Subscription
from tests.mailserver import words_of
from tests.pages import fingerprint
from tests.relationships.new_customers import ACCEPTED, account_of, add, added, done_of, fill, review_of, seen, start
from tests.subscribing import OFFERS

E3 = "Office 365 Enterprise E3"


def text_of(response):
    return response.content.decode()


def order_of(draft, staff, offer=E3):
    """Something that is to be bought with a draft."""
    order = Order.objects.create(made_by=staff.user)
    found = OFFERS[offer]
    OrderLine.objects.create(order=order, offer_id=found.id, quantity=2, billing_cycle=found.cycles[0])
    NewCustomer.objects.filter(pk=draft.pk).update(order=order)
    return order


class TestAdding:
    def test_a_company_becomes_an_organization_with_a_domain_a_user_and_an_account(self, browse, ana):
        customer, response = added(browse(ana), phone="(425) 555-0100", registration_id="77")

        tenant = customer.tenant
        assert (tenant.cloud, tenant.name, tenant.country) == ("global", "Wide World Importers", "US")
        assert list(tenant.domains.values_list("name", "is_primary")) == [("wideworld.onmicrosoft.com", True)]
        admin = User.objects.get(tenant=tenant)
        assert (admin.principal_name, admin.role) == ("admin@wideworld.onmicrosoft.com", TenantRole.GLOBAL_ADMIN)
        assert (admin.display_name, admin.location) == ("Kim Akers", "US")
        assert (customer.partner, customer.relationships, customer.reseller) == (ana.partner, ["cloud_reseller"], None)
        assert customer.has_admin_privileges
        assert (customer.name, customer.domain) == ("Wide World Importers", "wideworld.onmicrosoft.com")
        bill_to = BillTo.objects.get(customer=customer)
        assert (bill_to.phone, bill_to.registration_id, bill_to.state, bill_to.culture) == (
            "+14255550100",
            "77",
            "WA",
            "en-US",
        )
        assert not Agreement.objects.filter(customer=customer).exists()

    def test_the_password_is_shown_once_and_only_its_hash_is_kept(self, browse, ana):
        client = browse(ana)

        customer, response = added(client)

        password = response.context["added"].password
        admin = User.objects.get(tenant=customer.tenant)
        assert text_of(response).count(f">{password}<") == 1
        assert admin.check_password(password)
        assert password not in admin.password
        assert admin.must_change_password
        assert response.headers["Cache-Control"] == "no-store"
        again = client.get(done_of(NewCustomer.objects.get()))
        assert password not in text_of(again)
        assert "was shown once" in text_of(again)
        assert reverse("customers:users", args=[customer.tenant_id]) in text_of(again)

    def test_of_the_answers_only_what_the_confirmation_tells_stays(self, browse, ana):
        added(browse(ana), phone="(425) 555-0100")

        kept = NewCustomer.objects.get().answers
        assert kept == {"company_name": "Wide World Importers", "domain_prefix": "wideworld"}

    def test_what_is_handed_over_says_where_and_until_when(self, browse, ana, settings):
        _customer, response = added(browse(ana))

        page = text_of(response)
        assert f"{settings.PUBLIC_URL}/accounts/login/" in page
        assert "<dt>Partner</dt><dd>Contoso</dd>" in page
        assert "Valid until" in page

    def test_who_may_issue_a_new_password_is_said_to_who_may_not(self, browse, make_staff, contoso):
        client = browse(make_staff(contoso, "Sam", Role.SALES_AGENT))

        customer, _response = added(client)

        page = text_of(client.get(done_of(NewCustomer.objects.get())))
        assert denial(Action.MANAGE_USERS) in page
        assert reverse("customers:users", args=[customer.tenant_id]) not in page

    def test_the_log_tells_of_it(self, browse, ana, contoso):
        tag = Tag.objects.create(partner=contoso, name="VIP")
        tag.refresh_from_db()

        customer, _response = added(browse(ana), tags=[str(tag.guid)], qualification="state_owned", **ACCEPTED)

        lines = Activity.objects.filter(customer=customer.tenant).order_by("pk")
        assert [line.deed for line in lines] == [
            Deed.CUSTOMER_ADDED,
            Deed.QUALIFICATION_CHANGED,
            Deed.AGREEMENT_ATTESTED,
            Deed.TAGS_CHANGED,
            Deed.PASSWORDS_HANDED_OUT,
        ]
        assert {line.actor for line in lines} == {ana.user}
        assert lines[0].details == {
            "Domain": "wideworld.onmicrosoft.com",
            "Location": "US",
            "User": "admin@wideworld.onmicrosoft.com",
            "Delegated admin privileges": True,
        }
        assert customer.tag_ids == [tag.pk]

    def test_what_was_said_of_agreement_and_qualification_is_kept(self, browse, ana):
        customer, _response = added(
            browse(ana), qualification="education", segment="higher", website="https://wide.example", **ACCEPTED
        )

        details = QualificationDetails.objects.get(customer=customer)
        assert (customer.qualification, details.segment, details.website) == (
            "education",
            "higher",
            "https://wide.example",
        )
        agreement = Agreement.objects.get(customer=customer)
        assert str(agreement) == "Lee Gu, 2026-01-31"

    @pytest.mark.parametrize(
        ("cloud", "country", "suffix", "address"),
        [
            ("usgov", "US", "onmicrosoft.us", {}),
            (
                "germany",
                "DE",
                "onmicrosoft.de",
                {"city": "Berlin", "postal_code": "10117", "state": "", "culture": "de-DE"},
            ),
        ],
    )
    def test_other_clouds_have_their_own_domains(
        self, browse, make_partner, make_staff, cloud, country, suffix, address
    ):
        partner = make_partner("Federal", cloud=cloud, country=country, suffix=suffix)
        client = browse(make_staff(partner, "Uma", Role.GLOBAL_ADMIN))

        customer, response = added(client, country=country, drawn=country, **address)

        assert customer.domain == f"wideworld.{suffix}"
        assert (customer.tenant.cloud, customer.tenant.country) == (cloud, country)
        assert response.context["added"].admin.principal_name == f"admin@wideworld.{suffix}"
        later = text_of(client.get(done_of(NewCustomer.objects.get())))
        assert "users and licenses of customers are not managed here" in later
        assert "users/" not in later


class TestResellers:
    def test_the_reseller_serves_the_customer_too_and_is_told(self, browse, nora, adam, northwind, adatum, partnership):
        client = browse(nora)
        draft = start(client, reseller=str(adatum.pk))
        assert draft.answers == {"reseller": str(adatum.pk)}
        fill(client, draft, reseller=str(adatum.pk), **ACCEPTED)

        add(client, draft)

        mine, theirs = (Customer.objects.get(partner=partner) for partner in (northwind, adatum))
        assert (mine.reseller, mine.provider, mine.relationships) == (adatum, None, ["cloud_reseller"])
        assert (theirs.reseller, theirs.provider, theirs.relationships) == (None, northwind, ["indirect_reseller"])
        assert mine.tenant == theirs.tenant
        assert Agreement.objects.get(customer=theirs).email == "lee@wideworldimporters.com"
        assert BillTo.objects.get(customer=theirs).company_name == "Wide World Importers"
        line = Activity.objects.get(partner=adatum)
        assert (line.deed, line.details, line.actor) == (
            Deed.RELATIONSHIP_BEGUN,
            {"Indirect provider": "Northwind"},
            nora.user,
        )
        added_line = Activity.objects.get(partner=northwind, deed=Deed.CUSTOMER_ADDED)
        assert added_line.details["Indirect reseller"] == "Adatum"
        assert Notification.objects.get().user == adam.user

    def test_a_reseller_that_left_meanwhile_is_chosen_anew(self, browse, nora, adatum, partnership):
        client = browse(nora)
        draft = start(client)
        fill(client, draft, reseller=str(adatum.pk))
        looked = seen(client, draft)
        Partnership.objects.update(status="removed", ended_at=partnership.accepted_at)

        response = client.post(done_of(draft), {"seen": looked})

        assert response.url == f"{account_of(draft)}?then=review&check=1"
        assert "does not work with you any more" in text_of(client.get(response.url))
        assert not Customer.objects.exists()

    def test_nobody_preselects_a_stranger(self, browse, nora, northwind, fabrikam):
        assert start(browse(nora), reseller=str(fabrikam.pk)).answers == {}

    def test_direct_partners_have_no_resellers(self, browse, ana, adatum):
        client = browse(ana)
        draft = start(client, reseller=str(adatum.pk))

        assert draft.answers == {}
        assert "reseller" not in client.get(account_of(draft)).context["form"].fields


class TestOrders:
    def test_what_was_chosen_is_bought_with_it(self, browse, ana):
        client = browse(ana)
        draft = start(client)
        fill(client, draft, **ACCEPTED)
        order = order_of(draft, ana)
        assert E3 in text_of(client.get(review_of(draft)))

        add(client, draft)

        order.refresh_from_db()
        subscription = Subscription.objects.get()
        assert (order.status, order.customer) == ("placed", Customer.objects.get())
        assert (subscription.quantity, subscription.customer) == (2, order.customer)

    def test_nothing_is_bought_before_the_agreement(self, browse, ana):
        client = browse(ana)
        draft = start(client)
        fill(client, draft)
        order_of(draft, ana)
        page = client.get(review_of(draft))
        assert "Nothing can be bought before the customer has accepted" in page.context["bars"]

        response = client.post(done_of(draft), {"seen": page.context["seen"]})

        assert response.url == review_of(draft)
        assert not Customer.objects.exists()

    def test_what_cannot_be_bought_adds_nothing(self, browse, ana):
        client = browse(ana)
        draft = start(client)
        fill(client, draft, **ACCEPTED)
        order_of(draft, ana, "Audio Conferencing")  # an add-on of nothing
        looked = seen(client, draft)
        before = Tenant.objects.count()

        response = client.post(done_of(draft), {"seen": looked}, follow=True)

        assert "Audio Conferencing" in " ".join(map(str, response.context["messages"]))
        assert (Tenant.objects.count(), Customer.objects.count()) == (before, 0)
        assert NewCustomer.objects.get().is_draft

    def test_a_line_that_was_added_meanwhile_is_looked_at_first(self, browse, ana):
        client = browse(ana)
        draft = start(client)
        fill(client, draft, **ACCEPTED)
        looked = seen(client, draft)
        order_of(draft, ana)

        response = client.post(done_of(draft), {"seen": looked})

        assert response.url == review_of(draft)
        assert not Customer.objects.exists()


class TestOnce:
    def test_submitting_twice_adds_one_and_shows_no_password_again(self, browse, ana):
        client = browse(ana)
        draft = start(client)
        fill(client, draft)
        looked = {"seen": seen(client, draft)}
        first = client.post(done_of(draft), looked)
        before = fingerprint()

        second = client.post(done_of(draft), looked)

        assert (first.status_code, second.status_code) == (200, 200)
        assert first.context["added"].password not in text_of(second)
        assert second.context["added"] is None
        assert fingerprint() == before
        assert Customer.objects.count() == 1

    def test_what_was_added_leads_to_its_confirmation(self, browse, ana):
        client = browse(ana)
        added(client)
        draft = NewCustomer.objects.get()

        assert client.get(account_of(draft)).url == done_of(draft)
        assert client.get(review_of(draft)).url == done_of(draft)
        assert fill(client, draft).url == done_of(draft)

    def test_answers_that_were_changed_in_another_window_are_looked_at_first(self, browse, ana):
        client = browse(ana)
        draft = start(client)
        fill(client, draft)
        looked = seen(client, draft)
        fill(client, draft, city="Seattle")

        response = client.post(done_of(draft), {"seen": looked})

        assert response.url == review_of(draft)
        assert not Customer.objects.exists()

    def test_a_domain_that_was_taken_meanwhile_is_said_at_its_field_and_nothing_is_lost(self, browse, ana):
        client = browse(ana)
        draft = start(client)
        fill(client, draft)
        looked = seen(client, draft)
        other = Tenant.objects.create(name="Other", cloud="global", country="US")
        Domain.objects.create(tenant=other, name="wideworld.onmicrosoft.com", is_primary=True)

        page = client.get(client.post(done_of(draft), {"seen": looked}).url)

        form = page.context["form"]
        assert [*form.errors] == ["domain_prefix"]
        assert form["line1"].value() == "1 Main Street"
        assert len(page.context["answer"].suggestions) == 3


def test_a_role_that_is_taken_away_ends_the_wizard_with_a_sentence(browse, ana):
    client = browse(ana)
    draft = start(client)
    fill(client, draft)
    looked = seen(client, draft)
    Staff.objects.filter(pk=ana.pk).update(roles=[Role.HELPDESK_AGENT])

    response = client.post(done_of(draft), {"seen": looked})

    assert response.status_code == 403
    assert denial(Action.ADD_CUSTOMER) in text_of(response)
    assert not Customer.objects.exists()


def test_who_may_add_but_not_attest_cannot_do_so_through_a_draft_of_before(browse, ana):
    client = browse(ana)
    draft = start(client)
    fill(client, draft, **ACCEPTED)
    Staff.objects.filter(pk=ana.pk).update(roles=[Role.USER_ADMIN])

    assert client.get(review_of(draft)).url == f"{account_of(draft)}?then=review&check=1"
    assert denial(Action.ATTEST_AGREEMENT) in text_of(client.get(account_of(draft)))


def test_mail_to_the_reseller_arrives(browse, nora, adam, adatum, partnership, mail_server):
    draft = start(browse(nora), reseller=str(adatum.pk))
    fill(browse(nora), draft, reseller=str(adatum.pk))

    add(browse(nora), draft)

    [mail] = mail_server.arrived()
    assert mail["To"] == adam.user.email
    assert "Northwind made you the reseller of Wide World Importers." in words_of(mail)
