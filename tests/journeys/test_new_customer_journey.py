"""Adding a customer with a real browser: what is said while somebody types, other countries, and the one password."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers.models import Customer, Tag
from partnercenter.directory.addresses import address_rules
from partnercenter.directory.models import User
from partnercenter.partners.roles import Role
from relationships.models import NewCustomer
from relationships.selectors.partnerships import active_resellers_of
from subscriptions.models import Subscription

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CONTACT = {"First name": "Kim", "Last name": "Akers", "Email": "kim@wideworld.example"}
DUBAI = next(state.code for state in address_rules("AE").states if state.latin == "Dubai")
# Of each country what its own words are for what it asks, with a good answer.
COUNTRIES = {
    "US": {"Address line 1": "1 Main Street", "City": "Redmond", "State": "WA", "ZIP code": "98052"},
    "GB": {"Address line 1": "1 High Street", "Town or city": "London", "Postal code": "EC1Y 8SY"},
    "DE": {"Address line 1": "Hauptstr. 1", "City": "Berlin", "Postal code": "10117"},
    "CN": {"Postal code": "100080", "Province": "北京市", "City": "海淀区", "Address line 1": "中关村大街1号"},
    "JP": {"Postal code": "154-0023", "Prefecture": "東京都", "Address line 1": "若林1-2-3"},
    "BR": {"Address line 1": "Rua A 1", "City": "São Paulo", "State": "SP", "Postal code": "01310-100"},
    "IN": {"Address line 1": "1 Road", "City": "Mumbai", "PIN code": "400001", "State": "Maharashtra"},
    "AE": {"Address line 1": "1 Road", "Emirate": DUBAI},
}
NUMBERS = {
    "BR": {"Phone": "(11) 96123-4567", "Organization registration ID": "12.345.678/0001-00"},
    "IN": {"Phone": "081234 56789", "Organization registration ID": "U12345"},
    "AE": {"Phone": "050 123 4567", "Organization registration ID": "77"},
}


def fill(page, answers):
    for label, value in answers.items():
        field = page.get_by_label(label).and_(page.locator(":not([id^=id_agreement])")).first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def begin(page):
    page.goto(reverse("new_customers:list"))
    page.get_by_role("button", name="Start").click()


def go_on(page):
    page.get_by_role("button", name="Save and continue").click()


def test_a_company_is_added_with_the_help_of_the_page(page, sign_in, look, ana, contoso, tailspin):
    Tag.objects.create(partner=contoso, name="VIP")
    sign_in(ana)
    page.goto(reverse("customers:list"))
    page.get_by_role("link", name="Add customer").click()
    look("start")
    page.get_by_role("button", name="Start").click()
    look("empty")

    page.get_by_label("Company name").fill("Tailspin Toys Ltd")
    page.get_by_label("Primary domain").press_sequentially("tailspintoys")
    expect(page.get_by_text("An organization has the domain tailspintoys.onmicrosoft.com already.")).to_be_visible()
    fill(page, COUNTRIES["US"] | CONTACT | {"Email": "kim@tailspintoys.com"})
    page.keyboard.press("Tab")
    expect(page.get_by_text("The organization with the domain tailspintoys.com is your customer")).to_be_visible()
    page.get_by_label("Education").check()
    page.get_by_label("has accepted the agreement").check()
    look("said-while-typing")
    go_on(page)
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    look("errors")

    page.get_by_role("button", name="tailspintoysltd").or_(page.locator("[data-fills]").first).first.click()
    expect(page.get_by_text("is free.")).to_be_visible()
    page.get_by_label("None").check()
    page.get_by_label("VIP").check()
    fill(page, {"Email": "kim@wideworld.example"})
    page.locator("#id_agreement_first_name").fill("Lee")
    page.locator("#id_agreement_last_name").fill("Gu")
    page.locator("#id_agreement_email").fill("lee@wideworld.example")
    page.get_by_label("Accepted on").fill("2026-01-31")
    go_on(page)
    expect(page.get_by_text("This may be a customer of yours already")).to_be_visible()
    look("asked-once")
    page.get_by_role("button", name="Continue anyway").click()
    expect(page.get_by_role("link", name="Skip this step")).to_be_visible()
    look("offers")
    page.get_by_label("Search the catalog").fill("office 365 enterprise e3")
    page.get_by_role("button", name="Add Office 365 Enterprise E3", exact=True).first.click()
    page.get_by_role("link", name="Review 1 line").click()
    page.get_by_label("Quantity").fill("7")
    look("lines")
    page.get_by_role("button", name="To the review").click()
    expect(page.get_by_role("heading", name="Tailspin Toys Ltd")).to_be_visible()
    look("review")

    page.get_by_role("link", name="Change (Primary contact)").click()
    fill(page, {"First name": "Kimberly"})
    go_on(page)
    expect(page.get_by_text("Kimberly Akers")).to_be_visible()
    page.get_by_role("button", name="Add customer").click()
    expect(page.get_by_role("heading", name="Tailspin Toys Ltd was added")).to_be_visible()
    look("password-covered")
    page.get_by_label("Show it").check()
    look("password-shown")
    password = page.locator(".secret strong").inner_text()
    admin = User.objects.get(principal_name__startswith="admin@")
    assert admin.check_password(password)
    assert Subscription.objects.get(customer__tenant=admin.tenant).quantity == 7

    page.get_by_role("link", name="I have stored it").click()
    expect(page.get_by_text("The temporary password was shown once.")).to_be_visible()
    assert password not in page.content()
    look("confirmation")
    page.go_back()
    assert Customer.objects.filter(partner=contoso).count() == 2
    page.goto(reverse("customers:list"))
    expect(page.get_by_role("link", name="Tailspin Toys Ltd")).to_be_visible()


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_form_is_the_one_of_the_country(page, sign_in, look, make_partner, make_staff, country):
    partner = make_partner("Local Cloud", country=country)
    sign_in(make_staff(partner, "Lou", Role.GLOBAL_ADMIN))
    begin(page)

    page.get_by_label("Company name").fill("Wide World Importers")
    page.get_by_label("Primary domain").fill("wideworld")
    fill(page, COUNTRIES[country] | CONTACT | NUMBERS.get(country, {}))
    page.get_by_label("will accept the agreement themselves").check()
    look("filled", schemes=("light",))
    go_on(page)

    page.get_by_role("link", name="Skip this step").click()
    expect(page.get_by_role("heading", name="Wide World Importers")).to_be_visible()
    look("review", schemes=("light",))
    page.get_by_role("button", name="Add customer").click()
    expect(page.get_by_role("heading", name="Wide World Importers was added")).to_be_visible()
    assert Customer.objects.get().bill_to.country == country


def test_another_country_draws_its_fields_while_what_was_typed_stays(page, sign_in, make_partner, make_staff):
    sign_in(make_staff(make_partner("Wolke", country="DE"), "Greta", Role.GLOBAL_ADMIN))
    begin(page)
    page.get_by_label("Company name").fill("Flamenco")
    go_on(page)
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.locator("#id_city").fill("Sevilla")

    page.get_by_label("Country/region").focus()
    page.get_by_label("Country/region").select_option("ES")

    expect(page.get_by_label("Province")).to_be_visible()
    expect(page.get_by_label("Country/region")).to_be_focused()
    expect(page.locator("#id_city")).to_have_value("Sevilla")
    expect(page.get_by_label("Company name")).to_have_value("Flamenco")
    expect(page.locator("#announcer")).to_have_text("The fields are those of Spain now.")
    expect(page.get_by_role("heading", name="There is a problem")).to_be_hidden()


def test_a_draft_survives_and_everything_works_without_script_on_a_telephone(
    browser, browser_context_args, live_server, ana, contoso
):
    options = {**browser_context_args, "java_script_enabled": False, "viewport": {"width": 360, "height": 800}}
    with browser.new_context(**options) as context:
        page = context.new_page()
        page.goto(reverse("account_login"))
        page.locator("input[name=login]").fill(ana.user.principal_name)
        page.locator("input[name=password]").fill("correct horse battery staple")
        page.locator("input[name=password]").press("Enter")
        begin(page)
        page.get_by_label("Company name").fill("Contoso")
        page.get_by_label("Primary domain").fill("contoso")
        page.get_by_role("button", name="Save draft").click()
        page.get_by_role("link", name="Continue (Contoso)").click()
        expect(page.get_by_text("An organization has the domain contoso.onmicrosoft.com already.")).to_be_visible()
        page.locator("[data-fills]").first.click()
        expect(page.get_by_text("is free.")).to_be_visible()
        fill(page, COUNTRIES["US"] | CONTACT)
        page.get_by_label("will accept the agreement themselves").check()
        page.get_by_label("Company name").press("Enter")
        page.get_by_role("link", name="Skip this step").click()
        page.get_by_role("button", name="Add customer").click()
        expect(page.get_by_role("heading", name="Contoso was added")).to_be_visible()

    assert NewCustomer.objects.get().customer == Customer.objects.get()


def test_a_provider_adds_a_customer_for_its_reseller(page, sign_in, look, nora, northwind, adatum, partnership):
    assert list(active_resellers_of(northwind)) == [adatum]
    sign_in(nora)
    page.goto(reverse("new_customers:list", query={"reseller": str(adatum.pk)}))
    expect(page.get_by_text("Adatum will be the reseller of this customer.")).to_be_visible()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_label("Indirect reseller")).to_have_value(str(adatum.pk))
    look("reseller", schemes=("light",))
