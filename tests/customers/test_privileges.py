"""Delegated admin privileges: the customer takes them back and grants them; without them its users are closed."""

import uuid
from collections import defaultdict

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from customers.services.domains import add_domain
from customers.services.holding import NO_PRIVILEGES, WithoutPrivileges
from customers.services.passwords import hand_out_passwords, hand_out_to_selected, start_handout
from customers.services.privileges import ONLY_ADMINS, grant_privileges, take_back_privileges
from customers.services.user_adding import add_user
from customers.services.user_changes import change_user, change_users
from customers.services.user_imports import start_creation, upload_users
from customers.services.users import edit_user, reset_password
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import TenantRole, User
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.jobs.services import run_job
from partnercenter.notifications.models import Notification
from partnercenter.partners.models import Staff
from partnercenter.partners.roles import Role
from subscriptions.models import License
from subscriptions.services.license_changes import change_licenses
from tests.domains import told
from tests.licensing import E3
from tests.pages import PAGES, address
from tests.subscribing import subscribe
from tests.uploads import people


@pytest.fixture
def litware(carla, contoso):
    """Contoso's account for Litware, whose global admin is Carla."""
    return Customer.objects.select_related("partner__tenant", "tenant").get(partner=contoso, tenant=carla.tenant)


def my(customer, name="privileges"):
    return reverse(f"my:{name}", args=[customer.partner_id])


def has_privileges(customer):
    return Customer.objects.get(pk=customer.pk).has_admin_privileges


class TestDeciding:
    def test_a_global_admin_takes_privileges_back_and_grants_them_again(self, litware, carla):
        before = Customer.objects.get(pk=litware.pk).admin_privileges_at

        assert take_back_privileges(litware, actor=carla)
        assert not has_privileges(litware)
        assert Customer.objects.get(pk=litware.pk).ended_at is None

        assert grant_privileges(litware, actor=carla)
        assert has_privileges(litware)
        assert Customer.objects.get(pk=litware.pk).admin_privileges_at > before

    def test_what_was_never_granted_can_be_granted(self, litware, carla):
        Customer.objects.filter(pk=litware.pk).update(admin_privileges_at=None)

        assert not take_back_privileges(litware, actor=carla)
        assert grant_privileges(litware, actor=carla)
        assert has_privileges(litware)

    @pytest.mark.parametrize("service", [take_back_privileges, grant_privileges])
    def test_asking_twice_is_asking_once(self, litware, carla, ana, service):
        if service is grant_privileges:
            take_back_privileges(litware, actor=carla)
        first = service(litware, actor=carla)
        row, lines = Customer.objects.values().get(pk=litware.pk), Activity.objects.count()

        again = service(litware, actor=carla)

        assert (first, again) == (True, False)
        assert (Customer.objects.values().get(pk=litware.pk), Activity.objects.count()) == (row, lines)

    def test_the_log_of_the_partner_says_who_did_it(self, litware, carla):
        take_back_privileges(litware, actor=carla)
        grant_privileges(litware, actor=carla)

        lines = Activity.objects.order_by("pk").values_list("deed", "partner", "customer", "actor")
        assert list(lines) == [
            (deed, litware.partner_id, litware.tenant_id, carla.pk)
            for deed in (Deed.PRIVILEGES_TAKEN_BACK, Deed.PRIVILEGES_GRANTED)
        ]

    def test_admins_of_the_partner_are_told_behind_the_bell_and_by_mail(
        self, litware, carla, contoso, ana, hugo, uri, finn, make_staff
    ):
        agnes = make_staff(contoso, "Agnes", Role.ADMIN_AGENT, Role.SALES_AGENT)
        gone, blocked = make_staff(contoso, "Gone", Role.ADMIN_AGENT), make_staff(contoso, "Blocked", Role.ADMIN_AGENT)
        Staff.objects.filter(pk=gone.pk).update(removed_at=timezone.now())
        User.objects.filter(pk=blocked.user_id).update(blocked_at=timezone.now())
        User.objects.filter(pk=agnes.user_id).update(language="de")

        take_back_privileges(litware, actor=carla)

        told_to = Notification.objects.order_by("pk")
        assert {one.user_id for one in told_to} == {ana.user_id, agnes.user_id}
        assert told_to[0].sentence == (
            "Litware took the delegated admin privileges back: you can no longer administer its services. "
            "Subscriptions and the relationship go on."
        )
        assert told_to[0].url == reverse("customers:account", args=[litware.tenant_id])
        subjects = {one.to[0]: one.subject for one in mail.outbox}
        assert subjects[ana.user.email] == "Delegated admin privileges taken back"
        assert set(subjects) == {ana.user.email, agnes.user.email}

        grant_privileges(litware, actor=carla)
        assert Notification.objects.filter(kind=Notification.Kind.PRIVILEGES_GRANTED).count() == 2

    @pytest.mark.parametrize("role", [role for role in TenantRole if role != TenantRole.GLOBAL_ADMIN])
    @pytest.mark.parametrize("service", [take_back_privileges, grant_privileges])
    def test_nobody_but_a_global_admin_decides(self, litware, carla, role, service):
        User.objects.filter(pk=carla.pk).update(role=role)

        with pytest.raises(Refused, match=str(ONLY_ADMINS)):
            service(litware, actor=carla)

        assert has_privileges(litware)

    @pytest.mark.parametrize("ended", ["blocked_at", "deleted_at"])
    def test_who_was_blocked_or_deleted_a_moment_ago_decides_nothing(self, litware, carla, ended):
        User.objects.filter(pk=carla.pk).update(**{ended: timezone.now()})

        with pytest.raises(Refused, match=str(ONLY_ADMINS)):
            take_back_privileges(litware, actor=carla)

    def test_nobody_decides_for_another_organization(self, litware, carla, tailspin):
        with pytest.raises(Refused, match=str(ONLY_ADMINS)):
            take_back_privileges(tailspin, actor=carla)

        assert has_privileges(tailspin)

    def test_an_ended_relationship_has_no_privileges(self, litware, carla):
        Customer.objects.filter(pk=litware.pk).update(ended_at=timezone.now())

        with pytest.raises(Refused, match="does not serve your organization any more"):
            grant_privileges(litware, actor=carla)

    def test_another_partner_of_the_same_organization_keeps_its_own(self, litware, carla, fabrikam, make_customer):
        other = make_customer(fabrikam, "Litware", tenant=carla.tenant)

        take_back_privileges(litware, actor=carla)

        assert (has_privileges(litware), has_privileges(other)) == (False, True)


class TestTheirPages:
    def test_a_global_admin_reads_what_it_means_and_does_it(self, litware, carla, browse):
        client = browse(carla)
        assert my(litware) in client.get("/my/").content.decode()

        question = client.get(my(litware)).content.decode()
        done = client.post(my(litware, "take_back_privileges"), follow=True)
        again = client.post(my(litware, "take_back_privileges"), follow=True)

        assert "can no longer manage your users, passwords, licenses, and domains" in question
        assert "Subscriptions, billing, and the relationship with Contoso go on." in question
        assert told(done) == ["Contoso cannot administer your services any more, and was told so."]
        assert told(again) == ["Contoso cannot administer your services: the privileges were taken back before."]
        assert "Taken back" in done.content.decode()
        assert "Grant Contoso delegated admin privileges?" in client.get(my(litware)).content.decode()

        granted = client.post(my(litware, "grant_privileges"), follow=True)
        before = client.post(my(litware, "grant_privileges"), follow=True)
        assert told(granted) == ["Contoso can administer your services now, and was told so."]
        assert told(before) == ["Contoso can administer your services: the privileges were granted before."]

    def test_others_see_the_state_and_why_they_cannot_change_it(self, litware, carla, browse):
        User.objects.filter(pk=carla.pk).update(role=TenantRole.USER_ADMIN)
        client = browse(carla)

        card, page = client.get("/my/").content.decode(), client.get(my(litware)).content.decode()

        assert "Granted" in card
        assert my(litware) not in card
        for html in (card, page):
            assert str(ONLY_ADMINS) in html
            assert "disabled" in html
        for name in ("take_back_privileges", "grant_privileges"):
            answer = client.post(my(litware, name))
            assert (answer.status_code, str(ONLY_ADMINS) in answer.content.decode()) == (403, True)
        assert has_privileges(litware)

    def test_only_partners_that_serve_the_own_organization_now_are_there(
        self, litware, tailspin, carla, ana, fabrikam, northwind, make_customer, browse
    ):
        strangers = make_customer(fabrikam, "Wingtip Toys")
        ended = make_customer(northwind, "Litware", tenant=carla.tenant, ended_at=timezone.now())

        for person, account in ((carla, strangers), (carla, ended), (ana, litware)):
            client = browse(person)
            answers = [client.get(my(account))]
            answers += [client.post(my(account, name)) for name in ("take_back_privileges", "grant_privileges")]
            assert [answer.status_code for answer in answers] == [404, 404, 404]

        assert has_privileges(litware)
        assert has_privileges(strangers)

    @pytest.mark.parametrize("cloud", ["usgov", "germany"])
    def test_in_a_cloud_without_users_here_the_page_speaks_of_services(
        self, cloud, make_partner, make_customer, browse
    ):
        customer = make_customer(make_partner("Federal", cloud=cloud), "Relecloud")
        admin = User.objects.create_user(
            "amy@relecloud.com", display_name="Amy", tenant=customer.tenant, role=TenantRole.GLOBAL_ADMIN
        )
        client = browse(admin)

        question = client.get(my(customer)).content.decode()
        client.post(my(customer, "take_back_privileges"))

        assert "can no longer administer your services" in question
        assert "licenses, and domains" not in question
        assert not has_privileges(customer)


# Everything below these addresses of a customer is about its users, licenses and domains.
ADMINISTERED = ("users/", "licenses/", "domains/")


def closed_pages():
    """The names of all pages below users, licenses and domains of a customer, from the URLconf itself."""
    some = defaultdict(lambda: uuid.UUID(int=0), domain_name="tailspintoys.com", number=1)
    pages = {name: address(name, some) for name, page in PAGES.items() if "microsoft_id" in page.parameters}
    return [name for name, path in pages.items() if path.split("/", 3)[3].startswith(ADMINISTERED)]


class TestThePartner:
    def test_all_pages_of_users_licenses_and_domains_are_meant(self):
        found = closed_pages()

        assert {
            "customers:users",
            "customers:user",
            "customers:reset_password",
            "customers:import_start",
            "customers:hand_out",
            "customers:add_user_review",
            "customers:domains",
            "subscriptions:licenses",
            "subscriptions:assign_selected",
            "subscriptions:license_results",
        } <= set(found)
        assert len(found) > 40
        assert not {"customers:account", "subscriptions:subscriptions", "customers:customer_tags"} & set(found)

    @pytest.mark.parametrize("name", closed_pages())
    def test_each_page_of_users_licenses_and_domains_is_closed(self, name, example, tailspin, ana, browse):
        Customer.objects.filter(pk=tailspin.pk).update(admin_privileges_ended_at=timezone.now())
        client = browse(ana)

        for answer in (client.get(address(name, example)), client.post(address(name, example))):
            if answer.status_code == 405:
                continue
            html = answer.content.decode()
            assert answer.status_code == 403
            assert "You have no delegated admin privileges here" in html
            assert "Tailspin Toys took them back" in html
            assert f"http://testserver{my(tailspin)}" in html
            assert reverse("subscriptions:subscriptions", args=[tailspin.tenant_id]) in html

    def test_a_piece_of_a_closed_page_loads_the_whole_one(self, tailspin, ana, browse):
        Customer.objects.filter(pk=tailspin.pk).update(admin_privileges_at=None)
        page = reverse("customers:users", args=[tailspin.tenant_id])

        piece = browse(ana).get(page, headers={"HX-Request": "true"})
        whole = browse(ana).get(page)

        assert (piece.status_code, piece["HX-Refresh"], piece.content) == (403, "true", b"")
        assert "Tailspin Toys has not granted them." in whole.content.decode()

    @pytest.mark.parametrize("name", ["account", "customer_tags", "edit_account"])
    def test_the_account_stays_open_and_says_so(self, name, tailspin, ana, browse):
        Customer.objects.filter(pk=tailspin.pk).update(admin_privileges_ended_at=timezone.now())

        answer = browse(ana).get(reverse(f"customers:{name}", args=[tailspin.tenant_id]))

        assert answer.status_code == 200
        assert name != "account" or "Taken back by the customer" in answer.content.decode()

    def test_subscriptions_stay_open(self, tailspin, ana, browse):
        Customer.objects.filter(pk=tailspin.pk).update(admin_privileges_ended_at=timezone.now())

        assert browse(ana).get(reverse("subscriptions:subscriptions", args=[tailspin.tenant_id])).status_code == 200

    def test_services_refuse_whoever_passed_the_page_a_moment_before(self, tailspin, ana, tara):
        user = User.objects.create_user("kim@tailspintoys.com", display_name="Kim", tenant=tailspin.tenant)
        e3 = subscribe(tailspin, E3, quantity=5)
        file = upload_users(tailspin, file_name="users.csv", content=people(2), actor=ana.user)
        handout = start_handout(tailspin, [user.pk], actor=ana.user)
        names = {"display_name": "Lee", "first_name": "", "last_name": "", "location": "US", "role": "user"}
        take_back_privileges(tailspin, actor=tara)
        lines, row = Activity.objects.count(), User.objects.values().get(pk=user.pk)

        acts = {
            "add": lambda: add_user(
                tailspin, names, principal_name="lee@tailspintoys.com", user_id=tailspin.tenant_id, actor=ana.user
            ),
            "edit": lambda: edit_user(tailspin, user, names, seen="", actor=ana.user),
            "reset": lambda: reset_password(tailspin, user, seen="", actor=ana.user),
            "delete": lambda: change_user(tailspin, user, "delete", actor=ana.user),
            "restore": lambda: change_user(tailspin, user, "restore", actor=ana.user),
            "block many": lambda: change_users(tailspin, [user.pk], "block", actor=ana.user),
            "licenses": lambda: change_licenses(tailspin, [user.pk], assign=[e3.pk], actor=ana.user),
            "start": lambda: start_creation(file, location="US", skip_faulty=False, actor=ana.user),
            "hand out": lambda: hand_out_to_selected(handout, seen=None, actor=ana.user),
            "domain": lambda: add_domain(tailspin, "tailspin.example", actor=ana.user),
        }
        for act in acts.values():
            with pytest.raises(WithoutPrivileges, match=str(NO_PRIVILEGES)):
                act()

        assert (Activity.objects.count(), User.objects.values().get(pk=user.pk)) == (lines, row)
        assert (Job.objects.count(), License.objects.count()) == (0, 0)
        assert not User.objects.filter(principal_name="lee@tailspintoys.com").exists()


def test_passwords_of_a_file_are_refused_too(tailspin, ana, tara):
    file = upload_users(tailspin, file_name="users.csv", content=people(2), actor=ana.user)
    run_job(start_creation(file, location="US", skip_faulty=False, actor=ana.user).job_id)
    take_back_privileges(tailspin, actor=tara)

    with pytest.raises(WithoutPrivileges):
        hand_out_passwords(file, seen=None, actor=ana.user)
