import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers.services.user_imports import upload_users

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILE = "First name,Last name,Display name,Email\n雷,李,李雷,lilei@tailspintoys.com\n,,,nobody@elsewhere.example\n"


@pytest.fixture
def pages(ana, tailspin):
    """The addresses of the pages that staff see, by name."""
    user_import = upload_users(tailspin, file_name="人员.csv", content=FILE.encode(), actor=ana.user)
    microsoft_id = tailspin.tenant_id
    return {
        "home": reverse("home"),
        "customers": reverse("customers:list"),
        "nothing-found": reverse("customers:list") + "?q=nobody",
        "account": reverse("customers:account", args=[microsoft_id]),
        "edit-account": reverse("customers:edit_account", args=[microsoft_id]),
        "users": reverse("customers:users", args=[microsoft_id]),
        "upload": reverse("customers:upload", args=[microsoft_id]),
        "checked": reverse("customers:import", args=[microsoft_id, user_import.pk]),
        "correct-row": reverse("customers:import_row", args=[microsoft_id, user_import.pk, 2]),
        "activity": reverse("activity:list"),
        "jobs": reverse("jobs:list"),
        "notifications": reverse("notifications:list"),
        "my": reverse("my:home"),
        "change-password": reverse("account_change_password"),
        "second-factor": reverse("mfa_index"),
        "sessions": reverse("usersessions_list"),
        "not-found": "/nowhere/",
    }


@pytest.mark.parametrize("language", ["zh-hans", "de"])
def test_every_page_can_be_read_in_every_language(page, sign_in, look, ana, pages, language):
    ana.user.language = language
    ana.user.save()
    sign_in(ana)

    for name, address in pages.items():
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        look(name)


def test_every_page_fits_a_telephone_without_moving_sideways(page, sign_in, look, ana, pages):
    sign_in(ana)
    page.set_viewport_size({"width": 360, "height": 780})

    for name, address in pages.items():
        page.goto(address)
        look(name, schemes=["light"])
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (name, beyond) == (name, 0)


def test_the_sign_in_page_speaks_three_languages(page, look):
    page.goto(reverse("account_login"))
    look("sign-in")
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    look("sign-in-chinese")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_a_helpdesk_agent_reads_why_and_a_stranger_finds_nothing(page, sign_in, look, hugo, finn, tailspin):
    sign_in(hugo)
    page.goto(reverse("customers:upload", args=[tailspin.tenant_id]))
    expect(page.get_by_text("Only a Global admin, User admin, or Admin agent can manage users.")).to_be_visible()
    look("forbidden")
    page.goto(reverse("customers:users", args=[tailspin.tenant_id]))
    expect(page.get_by_text("Only a Global admin, User admin, or Admin agent can manage users.")).to_be_visible()
    look("users-of-a-helpdesk-agent")

    page.context.clear_cookies()
    sign_in(finn)
    page.goto(reverse("customers:account", args=[tailspin.tenant_id]))
    expect(page.get_by_text("Tailspin")).to_have_count(0)
    look("stranger")


def test_what_a_person_chose_is_kept(page, sign_in, ana, tailspin):
    sign_in(ana)

    page.get_by_role("button", name="Menu of Ana").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-scheme", "dark")
    page.get_by_role("button", name="Menu of Ana").click()
    page.get_by_role("button", name="Dense").click()
    expect(page.locator("html")).to_have_attribute("data-density", "dense")
    page.goto(reverse("customers:list"))

    expect(page.locator("html")).to_have_attribute("data-scheme", "dark")


def test_a_customer_without_a_partner_portal_sees_a_page_of_its_own(page, sign_in, look, carla):
    sign_in(carla)
    page.wait_for_url("**/my/")
    expect(page.get_by_text("Contoso").first).to_be_visible()
    look("my")
