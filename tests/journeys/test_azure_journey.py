"""Azure of a customer: a subscription under the plan, roles in it, a reservation for it; and software given back."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from partnercenter.directory.models import User
from subscriptions.selectors.reservations import version_of
from subscriptions.services.reservations import change_reservation
from tests.subscribing import azure_plan, azure_subscription, buy_software, reserve

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plan(tailspin):
    User.objects.create_user("kim@tailspintoys.com", display_name="Kim", tenant=tailspin.tenant)
    User.objects.create_user("noa@tailspintoys.com", display_name="Noa", tenant=tailspin.tenant)
    return azure_plan(tailspin)


def test_an_azure_subscription_is_added_and_a_user_gets_a_role_in_it(page, sign_in, look, ana, tailspin, plan):
    sign_in(ana)
    page.goto(reverse("subscriptions:subscription", args=[tailspin.tenant_id, plan.pk]))
    look("plan")

    page.get_by_role("link", name="Add Azure subscription").click()
    look("add")
    page.get_by_label("Name").fill("Web shop")
    page.get_by_role("button", name="Add Azure subscription").click()
    expect(page.get_by_text("Web shop was added.")).to_be_visible()
    page.get_by_role("link", name="Assign role").click()
    page.get_by_label("Search users").fill("kim")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_label("Noa")).to_have_count(0)
    page.get_by_label("Kim").check()
    look("assign")
    page.get_by_role("button", name="Assign role").click()
    expect(page.get_by_text("Choose a role.").first).to_be_visible()
    look("no-role")
    page.get_by_label("Role", exact=False).select_option("Reader")
    page.get_by_role("button", name="Assign role").click()
    expect(page.get_by_text("Kim has the role Reader now.")).to_be_visible()
    look("roles")

    page.get_by_role("link", name="Remove the role Owner of Contoso").click()
    expect(page.get_by_text("Contoso loses its access")).to_be_visible()
    look("remove")
    page.get_by_role("button", name="Remove role").click()

    expect(page.get_by_text("Contoso has the role Owner no more.")).to_be_visible()
    expect(page.get_by_role("link", name="Remove the role")).to_have_count(1)

    page.get_by_role("link", name="Assign role").click()
    page.get_by_label("Contoso · Foreign principal").check()
    page.get_by_label("Role", exact=False).select_option("Contributor")
    look("assign-partner")
    page.get_by_role("button", name="Assign role").click()

    expect(page.get_by_text("Contoso has the role Contributor now.")).to_be_visible()
    expect(page.get_by_role("link", name="Remove the role Contributor of Contoso")).to_be_visible()


def test_a_reservation_gets_a_name_and_a_scope(page, sign_in, look, ana, tailspin, plan):
    azure_subscription(plan, "Web shop")
    reserve(tailspin)
    reserve(tailspin, name="Lonely servers", scope="single")
    sign_in(ana)
    page.goto(reverse("customers:customer", args=[tailspin.tenant_id]))

    page.get_by_role("link", name="Reservations", exact=True).click()
    look("list")
    page.get_by_label("Scope").select_option("Orphans")
    expect(page.get_by_role("link", name="Reserved VM Instance")).to_have_count(0)
    page.get_by_role("link", name="Lonely servers").click()
    expect(page.get_by_text("used by nothing: change its scope")).to_be_visible()
    look("orphan")
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_label("Name").fill("Servers of the shop")
    page.get_by_label("Scope").select_option("Only Web shop")
    look("change")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("The reservation was saved.")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="Web shop")).to_be_visible()
    look("saved")


def test_who_saves_a_reservation_second_decides_whose_name_it_keeps(page, sign_in, look, ana, uri, tailspin):
    reservation = reserve(tailspin, name="Servers")
    address = reverse("subscriptions:edit_reservation", args=[tailspin.tenant_id, reservation.pk])
    sign_in(ana)
    page.goto(address)
    page.get_by_label("Name").fill("Servers of the shop")
    change_reservation(reservation, name="Rack", azure=None, shared=True, seen=version_of(reservation), actor=uri.user)

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Now it says: Name: Rack. Save again to replace it with yours.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Servers of the shop")
    look("told")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("The reservation was saved.")).to_be_visible()
    expect(page.get_by_role("heading", name="Servers of the shop")).to_be_visible()


def test_software_is_given_back_on_a_telephone(page, sign_in, look, ana, tailspin):
    buy_software(tailspin)
    page.set_viewport_size({"width": 360, "height": 800})
    sign_in(ana)
    page.goto(reverse("subscriptions:software", args=[tailspin.tenant_id]))
    look("list")

    page.get_by_role("link", name="Cancel the purchase of Windows Server 2019, 1 user CAL").click()
    look("question")
    page.get_by_role("button", name="Cancel purchase").click()

    expect(page.get_by_text("The purchase of Windows Server 2019, 1 user CAL is canceled.")).to_be_visible()
    expect(page.get_by_role("link", name="Cancel the purchase")).to_have_count(0)
