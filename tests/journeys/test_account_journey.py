import pytest
from django.urls import reverse
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_admin_finds_a_customer_by_typing_and_edits_its_address(page, sign_in, look, ana, tailspin, make_customer):
    for number in range(60):
        make_customer(tailspin.partner, f"Alpine House {number}", domain=f"alpine{number}.onmicrosoft.com")
    sign_in(ana)
    look("home")

    page.get_by_role("link", name="Customers").first.click()
    look("customers")
    search = page.get_by_placeholder("Name, domain or Microsoft ID")
    search.press_sequentially("lspin", delay=20)
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(search).to_be_focused()
    assert page.url.endswith("/customers/?q=lspin")
    look("customers-found")
    page.get_by_role("button", name="Links of Tailspin Toys").click()
    look("customers-row-open")
    page.get_by_role("link", name="Tailspin Toys").click()
    look("nothing-bought-yet")
    page.get_by_role("navigation").get_by_role("link", name="Account", exact=True).click()
    look("account")

    page.get_by_role("link", name="Edit", exact=True).click()
    look("edit-account")
    page.get_by_label("Company name").fill("Tailspin Games")
    page.get_by_label("City").fill("Seattle")
    page.get_by_label("ZIP code").fill("1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("edit-account-refused")
    page.get_by_label("ZIP code").fill("98101")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The account was saved.")).to_be_visible()
    expect(page.get_by_text("Seattle, WA 98101")).to_be_visible()
    look("account-saved")

    page.goto(reverse("customers:list") + "?q=games")
    expect(page.get_by_role("link", name="Tailspin Games")).to_be_visible()
    page.goto(reverse("activity:list"))
    expect(page.locator("ins", has_text="Seattle")).to_be_visible()
    look("activity")


def test_two_people_who_edit_at_once_see_both_versions(page, context, sign_in, look, ana, tailspin):
    sign_in(ana)
    address = reverse("customers:edit_account", args=[tailspin.tenant_id])
    page.goto(address)
    other = context.new_page()
    other.goto(address)
    other.get_by_label("City").fill("Tacoma")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_text("The account was saved.")).to_be_visible()

    page.get_by_label("City").fill("Seattle")
    page.get_by_role("button", name="Save").click()
    look("changed-meanwhile")
    page.get_by_label("Tacoma").check()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Tacoma, WA 98052")).to_be_visible()
