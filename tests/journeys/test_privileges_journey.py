import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers.models import Customer
from tests.conftest import PASSWORD
from tests.users import make_many_users

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_customer_takes_privileges_back_and_the_partners_next_click_is_closed(
    page, browser, browser_context_args, sign_in, look, ana, carla, contoso
):
    litware = carla.tenant.pk
    make_many_users(Customer.objects.get(partner=contoso, tenant=carla.tenant), 3)
    with browser.new_context(**browser_context_args) as anas:
        partner = anas.new_page()
        partner.goto(reverse("account_login"))
        partner.locator("input[name=login]").fill(ana.user.principal_name)
        partner.locator("input[name=password]").fill(PASSWORD)
        partner.locator("input[name=password]").press("Enter")
        partner.wait_for_url(lambda url: "/login/" not in url)
        partner.goto(reverse("customers:users", args=[litware]))
        expect(partner.get_by_role("link", name="Kim 1")).to_be_visible()

        sign_in(carla)
        look("partners")
        page.get_by_role("link", name="Take back the privileges of Contoso").click()
        look("take-back")
        page.get_by_role("button", name="Take privileges back").click()
        expect(page.get_by_text("Contoso cannot administer your services any more")).to_be_visible()
        look("taken-back")

        partner.get_by_role("link", name="Kim 1").click()
        expect(partner.get_by_text("You have no delegated admin privileges here")).to_be_visible()
        their_page = partner.locator("main code").inner_text()
        partner.goto(reverse("customers:account", args=[litware]))
        expect(partner.get_by_text("Taken back by the customer")).to_be_visible()

        page.goto(their_page)
        look("grant")
        page.get_by_role("button", name="Grant privileges").click()
        expect(page.get_by_text("Contoso can administer your services now")).to_be_visible()

        partner.get_by_role("navigation").get_by_role("link", name="Users", exact=True).click()
        expect(partner.get_by_role("link", name="Kim 1")).to_be_visible()


def test_typing_in_an_open_list_finds_it_closed(page, sign_in, look, ana, carla, contoso):
    sign_in(ana)
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(reverse("customers:users", args=[carla.tenant_id]))

    Customer.objects.filter(partner=contoso, tenant=carla.tenant).update(admin_privileges_at=None)
    page.get_by_label("Search users").fill("carla")

    expect(page.get_by_text("You have no delegated admin privileges here")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    look("closed")


def test_on_a_telephone_somebody_else_reads_why_they_cannot_decide(page, sign_in, look, carla):
    carla.role = "user"
    carla.save(update_fields=["role"])
    page.set_viewport_size({"width": 360, "height": 800})
    sign_in(carla)

    expect(page.get_by_role("button", name="Take back")).to_be_disabled()
    expect(page.get_by_text("Only a Global admin of your organization")).to_be_visible()
    look("card")
