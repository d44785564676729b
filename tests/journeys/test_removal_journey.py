import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers.models import Customer
from relationships.models import PastRelationship
from tests.conftest import PASSWORD
from tests.subscribing import azure_plan, azure_subscription, buy_software, reserve, subscribe_many

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

E3 = "Office 365 Enterprise E3"


@pytest.fixture
def litware(carla, contoso):
    """Contoso's account for Litware with active subscriptions, a reservation and software."""
    customer = Customer.objects.get(partner=contoso, tenant=carla.tenant)
    subscribe_many(customer, 12)
    azure = azure_subscription(azure_plan(customer))
    azure.role_assignments.create(partner=contoso, role="owner")
    reserve(customer, azure)
    buy_software(customer)
    return customer


def confirm(page, name):
    page.locator("summary", has_text=name).click()
    page.get_by_role("button", name=name).click()


def test_everything_is_cleared_on_one_page_and_the_customer_reads_of_the_end(
    page, browser, browser_context_args, sign_in, look, worker, ana, carla, litware
):
    with browser.new_context(**browser_context_args) as carlas:
        theirs = carlas.new_page()
        theirs.goto(reverse("account_login"))
        theirs.locator("input[name=login]").fill(carla.principal_name)
        theirs.locator("input[name=password]").fill(PASSWORD)
        theirs.locator("input[name=password]").press("Enter")
        theirs.wait_for_url(lambda url: "/login/" not in url)

        sign_in(ana)
        page.goto(reverse("customers:account", args=[litware.tenant_id]))
        page.get_by_role("link", name="Remove the relationship").click()
        expect(page.get_by_role("heading", name="14 subscriptions are active.")).to_be_visible()
        look("in-the-way")

        confirm(page, "Cancel 1 reservation")
        expect(page.get_by_text("1 reservation is canceled.")).to_be_visible()
        confirm(page, "Cancel 1 purchase")
        expect(page.get_by_text("1 purchase is canceled.")).to_be_visible()
        confirm(page, "Suspend all 14 subscriptions")
        expect(page.get_by_text("A job suspends 14 subscriptions.")).to_be_visible()

        # By itself the page goes on to the question.
        expect(page.get_by_text("Nothing stands in the way.")).to_be_visible(timeout=30_000)
        expect(page.get_by_text("12 suspended subscriptions stay suspended.")).to_be_visible()
        look("consequences")

        page.get_by_label("Company name").fill("Litwear")
        page.get_by_role("button", name="Remove relationship").click()
        expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
        look("problem")

        page.get_by_label("Reason").fill("They buy elsewhere from now on.")
        page.get_by_label("Company name").fill("litware")
        page.get_by_role("button", name="Remove relationship").click()
        if "reauthenticate" in page.url:
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("input[name=password]").press("Enter")
        expect(page.get_by_text("The relationship with Litware has ended.")).to_be_visible()
        look("ended")

        page.get_by_role("link", name="Former customers").click()
        look("former")
        page.get_by_role("link", name="Litware").click()
        expect(page.get_by_text("They buy elsewhere from now on.").first).to_be_visible()
        look("history")

        theirs.goto(reverse("my_partners:list"))
        expect(theirs.get_by_text("No partner serves your organization at the moment.")).to_be_visible()
        expect(theirs.get_by_role("rowheader", name="Contoso")).to_be_visible()

    assert PastRelationship.objects.get().reason == "They buy elsewhere from now on."


def test_the_people_of_a_customer_read_who_serves_them(page, sign_in, look, carla, litware, fabrikam, make_customer):
    make_customer(fabrikam, "Litware", tenant=carla.tenant, admin_privileges_at=None)
    sign_in(carla)

    page.get_by_role("link", name="What each may do").click()

    expect(page.get_by_role("heading", name="Contoso")).to_be_visible()
    look("partners")


def test_on_a_telephone_nothing_is_wider_than_the_screen(page, sign_in, look, ana, litware):
    page.set_viewport_size({"width": 360, "height": 800})
    sign_in(ana)
    page.goto(reverse("removal:remove", args=[litware.tenant_id]))

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    look("in-the-way-small")


def test_without_script_it_is_the_same(page, browser, browser_context_args, ana, litware):
    with browser.new_context(**browser_context_args, java_script_enabled=False) as context:
        plain = context.new_page()
        plain.goto(reverse("account_login"))
        plain.locator("input[name=login]").fill(ana.user.principal_name)
        plain.locator("input[name=password]").fill(PASSWORD)
        plain.locator("input[name=password]").press("Enter")
        plain.goto(reverse("removal:remove", args=[litware.tenant_id]))

        confirm(plain, "Cancel 1 reservation")

        expect(plain.get_by_text("1 reservation is canceled.")).to_be_visible()
