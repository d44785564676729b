"""A transfer in a real browser: the three parties in three windows, and the pages of each of them."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers.models import Customer
from subscriptions.models import RoleAssignment, Subscription, Transfer
from tests.conftest import PASSWORD
from tests.subscribing import azure_subscription, reserve, subscribe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def window(browser, browser_context_args):
    """Another browser window in which somebody is signed in."""
    contexts = []

    def enter(person):
        context = browser.new_context(**browser_context_args)
        contexts.append(context)
        page = context.new_page()
        page.goto(reverse("account_login"))
        page.locator("input[name=login]").fill(getattr(person, "user", person).principal_name)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        return page

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def litware(azure, source, target, contoso):
    """Litware at Contoso: an old subscription, a suspended one, reservations of each kind, licenses, roles."""
    subscribe(source, "Microsoft Azure", name="Line of business")
    subscribe(source, "Office 365 Enterprise E3")
    plan = Subscription.objects.get(customer=source, kind="plan")
    azure_subscription(plan, "Archive", status="suspended")
    reserve(source, azure["Production"], name="Production servers")
    reserve(source, azure["Test"], name="Test servers", billing_cycle="upfront")
    reserve(source, name="Shared servers")
    reserve(source, name="Orphaned servers", scope="single")
    for one in azure.values():
        RoleAssignment.objects.create(subscription=one, partner=contoso, role="owner")
    return source


def test_from_the_request_to_the_hand_over_in_three_windows(
    page, window, sign_in, look, worker, ana, finn, carla, litware, target
):
    finns = window(finn)
    finns.goto(reverse("subscriptions:new_transfer", args=[litware.tenant_id]))
    finns.get_by_label("Microsoft ID").fill(str(litware.partner_id))
    finns.get_by_role("button", name="Check", exact=True).click()
    finns.get_by_label("Your name").fill("Finn")
    finns.get_by_role("button", name="Sign and send").click()
    finns.wait_for_url(lambda url: "/transfers/" in url and "new" not in url)
    transfer = Transfer.objects.get()

    sign_in(carla)
    page.goto("/my/")
    page.get_by_role("link", name="1 transfer waits for your signature").click()
    look("customer-list")
    page.get_by_role("link", name="Contoso → Fabrikam").click()
    expect(page.get_by_text("Finn of Fabrikam asks you to agree")).to_be_visible()
    look("customer-asked")
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    look("customer-asked-narrow", schemes=("light",))
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("Your name").fill("Carla")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("You signed. Contoso reviews the transfer now.")).to_be_visible()
    look("customer-signed")

    anas = window(ana)
    anas.goto(reverse("transfers:review", args=[transfer.pk]))
    box = anas.get_by_label("Production servers")
    box.check()
    expect(anas.get_by_label("Production", exact=False).first).to_be_checked()
    box.uncheck()
    expect(anas.get_by_text("A reservation for this subscription alone stays with you").first).to_be_visible()
    anas.get_by_role("button", name="Choose all that can move (8)").click()
    expect(anas.get_by_text("All that can move is chosen: 8 things.")).to_be_visible()
    anas.get_by_role("button", name="Check what this comes to").click()
    expect(anas.get_by_role("heading", name="8 things are chosen")).to_be_visible()
    anas.get_by_label("Your name").fill("Ana")
    anas.get_by_role("button", name="Accept and move").click()
    anas.locator("input[name=password]").fill(PASSWORD)
    anas.get_by_role("button", name="Confirm").click()
    expect(anas.get_by_text("You accepted: what you chose moves now.")).to_be_visible()

    # By itself the customer's page goes on to the end.
    page.reload()
    expect(page.get_by_role("heading", name="Hand-over")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Contoso: Owner (3)")).to_be_visible()
    look("customer-hand-over")
    finns.goto(reverse("transfers:hand_over", args=[transfer.pk]))
    finns.get_by_role("link", name="Remove the old partner's access").click()
    expect(finns.get_by_text("only a Global admin of the customer takes them back")).to_be_visible()

    page.get_by_role("link", name="Remove the old partner's access").click()
    look("customer-access")
    page.get_by_role("button", name="Remove the access").click()
    expect(page.get_by_text("4 access rights of Contoso were taken away.")).to_be_visible()
    expect(page.get_by_text("Everything is looked after")).to_be_visible()
    look("customer-done")
    page.get_by_role("link", name="Record to print").click()
    look("record")

    assert Subscription.objects.filter(customer=target, kind="azure").count() == 4
    assert not Customer.objects.get(pk=litware.pk).has_admin_privileges


def test_the_pages_of_the_review(page, sign_in, look, agreed, litware, azure, ana):
    sign_in(ana)
    page.goto(reverse("transfers:review", args=[agreed.pk]))
    page.locator("#azure").locator("xpath=ancestor::section").get_by_label("Test", exact=False).first.check()
    look("review")
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    look("review-narrow")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Choose all that can move").click()
    page.get_by_role("button", name="Check what this comes to").click()
    look("check")
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    look("check-narrow", schemes=("light",))
    page.goto(reverse("transfers:two_persons"))
    look("two-persons")


def test_the_customer_asks_from_its_own_side(page, sign_in, look, source, target, carla):
    sign_in(carla)
    page.goto(reverse("my_transfers:new"))
    look("new")
    page.get_by_label("Current partner").select_option("Contoso")
    page.get_by_label("New partner").select_option("Contoso")
    page.get_by_label("Your name").fill("Carla")
    page.get_by_role("button", name="Ask and sign").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    look("new-problem")
    page.get_by_label("New partner").select_option("Fabrikam")
    page.get_by_role("button", name="Ask and sign").click()
    expect(page.get_by_text("You asked for the transfer and signed.")).to_be_visible()
    look("asked")
