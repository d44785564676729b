import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.mailserver import link_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def wingtip(northwind, adatum, make_customer):
    """A customer that Northwind serves through Adatum."""
    own = make_customer(northwind, "Wingtip Toys", reseller=adatum)
    kind = {"provider": northwind, "relationships": ["indirect_reseller"]}
    return make_customer(adatum, "Wingtip Toys", tenant=own.tenant, domain=own.domain, **kind)


@pytest.fixture
def adams_page(browser, browser_context_args, adam):
    """A page of the reseller's global admin, signed in beside the provider's."""
    with browser.new_context(**browser_context_args) as context:
        page = context.new_page()
        page.goto(reverse("account_login"))
        page.locator("input[name=login]").fill(adam.user.principal_name)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        yield page


def test_a_provider_and_a_reseller_begin_to_work_together_and_part(
    page, sign_in, look, nora, adams_page, wingtip, mail_server, settings, live_server
):
    settings.PUBLIC_URL = live_server.url
    sign_in(nora)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Partnerships").click()
    look("nobody-yet")
    page.locator(".command-bar").get_by_role("link", name="Invite reseller").click()
    page.get_by_label("Email of the reseller").fill("adam@adatum.com")
    page.get_by_label("Note").fill("We met in Redmond.")
    look("invite")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("The invitation is on its way to adam@adatum.com")).to_be_visible()
    look("invited")

    [mail] = mail_server.arrived()
    adams_page.goto(link_in(mail))
    expect(adams_page.get_by_text("We met in Redmond.")).to_be_visible()
    adams_page.screenshot(path="screenshots/invitation.png", full_page=True)
    adams_page.get_by_role("button", name="Accept").click()
    expect(adams_page.get_by_text("You work with Northwind now")).to_be_visible()

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Partnerships").click()
    expect(page.get_by_role("link", name="1 unread notification")).to_be_visible()
    page.get_by_label("Search partnerships").fill("adat")
    page.wait_for_url(lambda url: "q=adat" in url)  # the results are there, and are not put in place once more
    look("list")
    page.get_by_role("button", name="Actions for Adatum").click()
    page.get_by_role("link", name="View customers").click()
    expect(page.get_by_role("link", name="Wingtip Toys")).to_be_visible()

    page.goto(reverse("partnerships:list"))
    page.get_by_role("link", name="Adatum").click()
    look("partnership")
    page.get_by_role("link", name="Remove partnership").click()
    expect(page.get_by_text("The 1 customer that Adatum serves as your reseller stays")).to_be_visible()
    look("remove")
    page.get_by_role("button", name="Remove partnership").click()
    expect(page.get_by_text("The partnership with Adatum has ended")).to_be_visible()
    look("removed")

    adams_page.goto(reverse("notifications:list"))
    expect(adams_page.get_by_text("Northwind removed the partnership with you.")).to_be_visible()
    adams_page.goto(reverse("customers:list"))
    expect(adams_page.get_by_role("link", name="Wingtip Toys")).to_be_visible()


def test_on_a_telephone_an_invitation_is_answered_and_found(
    page, sign_in, look, nora, adam, wingtip, mail_server, settings, live_server
):
    settings.PUBLIC_URL = live_server.url
    page.set_viewport_size({"width": 360, "height": 800})
    sign_in(nora)
    page.goto(reverse("partnerships:invite"))
    page.get_by_label("Email of the reseller").fill("adam.with.a.very.long.name@adatum.onmicrosoft.com")
    page.get_by_role("button", name="Only make the link").click()
    look("link")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    link = page.locator("main code").inner_text()
    page.context.clear_cookies()

    page.goto(link)
    page.locator("input[name=login]").fill(adam.user.principal_name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    look("invitation")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("You work with Northwind now")).to_be_visible()
    page.goto(reverse("partnerships:list"))
    look("list")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert mail_server.arrived()
