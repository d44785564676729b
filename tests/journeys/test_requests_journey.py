import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.asking import ask, page_of
from tests.conftest import PASSWORD
from tests.mailserver import link_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def enter(browser, browser_context_args):
    """Sign a person in who has a browser of their own, beside the others: `enter(paula)` is their page."""
    contexts = []

    def sign_in(person):
        contexts.append(browser.new_context(**browser_context_args))
        page = contexts[-1].new_page()
        fill_in(page, person)
        return page

    yield sign_in
    for context in contexts:
        context.close()


def fill_in(page, person, address=None):
    page.goto(address or reverse("account_login"))
    page.locator("input[name=login]").fill(getattr(person, "user", person).principal_name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


@pytest.fixture(autouse=True)
def _at_this_address(settings, live_server):
    settings.PUBLIC_URL = live_server.url


def test_a_partner_asks_and_the_customer_accepts(
    page,
    enter,
    look,
    mail_server,
    ana,
    proseware,
    paula,
):
    partner = enter(ana)
    partner.goto(reverse("customers:list"))
    partner.get_by_role("navigation").get_by_role("link", name="Relationships").click()
    partner.get_by_role("link", name="Request a relationship").first.click()
    partner.get_by_label("Domain of the organization").fill("proseware.com")
    partner.get_by_label("Email of the recipient").fill("paula@proseware.com")
    partner.get_by_label("Without: you may sell").check()
    expect(partner.locator("[name=letter]")).to_have_value(re.compile("does not include"))
    partner.get_by_role("button", name="Send", exact=True).click()
    expect(partner.get_by_text("The request to paula@proseware.com is on its way.")).to_be_visible()
    [letter] = mail_server.arrived()

    fill_in(page, paula, link_in(letter))
    expect(page.get_by_role("heading", name="Request of Contoso")).to_be_visible()
    look("asked")
    partner.reload()
    expect(partner.get_by_text("Opened by a Global admin of the organization")).to_be_visible()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Contoso serves your organization now, and was told so.")).to_be_visible()
    look("accepted")

    partner.goto(reverse("notifications:list"))
    expect(partner.get_by_text("Proseware accepted your request and is in your customer list now.")).to_be_visible()
    partner.goto(reverse("customers:list"))
    expect(partner.get_by_role("link", name="Proseware", exact=True)).to_be_visible()
    page.goto(link_in(letter))
    expect(page.get_by_text("Paula accepted this request on")).to_be_visible()
    look("answered")
    page.goto(reverse("my_requests:list"))
    look("my-requests")


def test_a_provider_and_its_reseller_ask_together(
    page,
    enter,
    look,
    mail_server,
    nora,
    adam,
    partnership,
    proseware,
    paula,
):
    provider, reseller = enter(nora), enter(adam)
    provider.goto(reverse("requests:new"))
    provider.get_by_label("Email of the recipient").fill("paula@proseware.com")
    provider.get_by_label("Together with").select_option("Adatum")
    provider.get_by_label("Language of the letter").select_option("de")
    expect(provider.locator("[name=chosen]")).to_have_value(re.compile("^with,.+,de(,|$)"))
    provider.get_by_role("button", name="Send", exact=True).click()
    provider.wait_for_url(lambda url: "/new/" not in url)
    [letter] = mail_server.arrived()
    reseller.goto(reverse("requests:list"))
    reseller.get_by_role("link", name="paula@proseware.com").click()
    expect(reseller.get_by_text("Only Northwind can send it again or withdraw it.")).to_be_visible()

    fill_in(page, paula, link_in(letter))
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    look("asked-together")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Northwind and Adatum serve your organization now, and were told so.")).to_be_visible()

    for partner in (provider, reseller):
        partner.goto(reverse("customers:list"))
        expect(partner.get_by_role("link", name="Proseware", exact=True)).to_be_visible()
    reseller.goto(reverse("notifications:list"))
    expect(reseller.get_by_text("Northwind made you the reseller of Proseware.")).to_be_visible()


def test_a_partner_keeps_own_words_sends_them_itself_and_withdraws(page, sign_in, look, ana):
    sign_in(ana)
    page.goto(reverse("requests:list"))
    look("no-requests")
    page.get_by_role("main").get_by_role("link", name="Request a relationship").last.click()
    page.get_by_label("Email of the recipient").fill("kim@wingtip.example")
    letter = page.locator("[name=letter]")
    letter.fill(letter.input_value() + "\nPS: see you on Monday.")
    page.get_by_label("Without: you may sell").check()
    expect(page.get_by_text("You have changed the letter, so it stays as it is.")).to_be_visible()
    look("own-words")
    page.get_by_role("button", name="Save and send it yourself").click()
    expect(page.get_by_text("The portal has not sent this letter.")).to_be_visible()
    look("not-sent")
    address = page.get_by_role("link", name="Open in mail program").get_attribute("href")
    assert address.startswith("mailto:kim@wingtip.example?subject=Contoso%20asks")
    assert "%0D%0APS%3A%20see%20you%20on%20Monday." in address

    page.goto(reverse("requests:new"))
    page.get_by_label("Email of the recipient").fill("kim@wingtip.example")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("waits for an answer already")).to_be_visible()
    look("second-look")
    page.get_by_role("link", name="Look at the one that waits").click()
    page.get_by_role("link", name="Withdraw").click()
    look("withdraw")
    page.get_by_role("button", name="Withdraw the request").click()
    expect(page.get_by_text("Contoso withdrew this request on")).to_be_visible()
    look("withdrawn")
    page.get_by_role("navigation").get_by_role("link", name="Relationships", exact=True).first.click()
    look("requests")
    page.set_viewport_size({"width": 360, "height": 800})
    look("requests-narrow")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_script_the_letter_follows_a_button(browser, browser_context_args, ana):
    with browser.new_context(**browser_context_args, java_script_enabled=False) as context:
        page = context.new_page()
        fill_in(page, ana, reverse("requests:new"))
        page.get_by_label("Without: you may sell").check()
        page.get_by_role("button", name="Propose the letter for what is chosen").click()

        assert "does not include" in page.locator("[name=letter]").input_value()


def test_somebody_who_does_not_decide_reads_who_does(page, sign_in, look, ana, proseware, paula):
    asked = ask(ana, proseware)
    paula.role = "user"
    paula.save(update_fields=["role"])
    sign_in(paula)

    page.goto(page_of(asked))

    expect(page.get_by_role("button", name="Accept")).to_be_disabled()
    expect(page.get_by_text("Only a Global admin of your organization can answer this request")).to_be_visible()
    look("denied")
