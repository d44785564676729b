import pytest
from django.urls import reverse
from playwright.sync_api import expect

from partnercenter.directory.models import User
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def users_page(live_server, tailspin):
    """The address of the users of Tailspin Toys: two, and a global admin who signs in."""
    for name, role in (("Adele", "user"), ("Mika", "user"), ("Root", "global_admin")):
        User.objects.create_user(
            f"{name.lower()}@tailspintoys.com",
            PASSWORD,
            display_name=name,
            location="US",
            role=role,
            tenant=tailspin.tenant,
        )
    return live_server.url + reverse("customers:users", args=[tailspin.tenant_id])


def confirm_who_it_is(page):
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")


def test_a_user_is_added_in_three_steps_and_the_password_shown_once(page, sign_in, look, ana, users_page):
    sign_in(ana)
    page.goto(users_page)

    page.get_by_role("link", name="Add user").click()
    page.get_by_role("button", name="Next").click()
    look("who")
    page.get_by_label("Display name").fill("Kim Park")
    page.get_by_label("User name").fill("kim")
    page.get_by_role("button", name="Next").click()
    look("permissions")
    page.get_by_role("button", name="Next").click()
    look("check")
    page.get_by_role("button", name="Create user").click()
    confirm_who_it_is(page)

    expect(page.get_by_role("heading", name="Kim Park was created")).to_be_visible()
    look("created")
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("heading", name="Kim Park")).to_be_visible()


def test_one_user_is_changed_gets_a_password_and_is_deleted_and_restored(page, sign_in, look, ana, users_page):
    sign_in(ana)
    page.goto(users_page)

    page.get_by_role("link", name="Adele").click()
    look("user")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Display name").fill("Adele Vance")
    look("edit")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Reset password").click()
    look("reset")
    page.get_by_role("button", name="Reset password").click()
    confirm_who_it_is(page)
    expect(page.get_by_role("heading", name="New password of Adele Vance")).to_be_visible()
    look("password")
    page.get_by_role("link", name="Done").click()
    page.get_by_role("link", name="Delete").click()
    look("delete")
    page.get_by_role("button", name="Delete user").click()
    look("deleted")
    page.get_by_role("button", name="Restore").click()

    expect(page.get_by_text("Adele Vance is back")).to_be_visible()


def test_selected_users_are_blocked_but_for_the_last_global_admin(page, sign_in, look, ana, users_page):
    sign_in(ana)
    page.goto(users_page)

    page.get_by_label("Select all rows of this page").check()
    look("selected")
    page.get_by_role("button", name="Change role").click()
    expect(page.get_by_role("heading", name="Change the role of 3 users?")).to_be_visible()
    look("role")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Block sign-in").click()
    page.locator("#panel").get_by_role("button", name="Block sign-in").click()

    expect(page.get_by_text("2 users cannot sign in any more, and were signed out everywhere.")).to_be_visible()
    expect(page.get_by_text("Root was left: the last Global admin of this customer who can sign in.")).to_be_visible()
    expect(page.get_by_label("Select all rows of this page")).not_to_be_checked()
    look("blocked")


def test_selected_users_get_passwords_as_slips_to_print(page, sign_in, look, ana, users_page):
    sign_in(ana)
    page.goto(users_page)

    page.get_by_label("Select Adele").check()
    page.get_by_label("Select Mika").check()
    page.get_by_role("button", name="New passwords").click()
    expect(page.get_by_role("heading", name="New passwords for 2 users")).to_be_visible()
    look("new-passwords")
    page.get_by_role("button", name="Slips to print").click()
    confirm_who_it_is(page)

    expect(page.get_by_role("heading", name="2 temporary passwords")).to_be_visible()
    expect(page.locator(".slip")).to_have_count(2)
    look("slips")
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("button", name="Issue again", exact=True)).to_be_visible()
    look("issue-again")


def test_the_list_is_searched_and_filtered_as_one_types(page, sign_in, look, ana, users_page):
    sign_in(ana)
    page.goto(users_page)

    page.get_by_label("Role").select_option("user")
    expect(page.get_by_role("link", name="Root")).to_have_count(0)
    page.get_by_label("Search users").fill("mik")

    expect(page.get_by_role("link", name="Adele")).to_have_count(0)
    expect(page.get_by_role("link", name="Mika")).to_be_visible()
    expect(page.get_by_label("Search users")).to_be_focused()
    page.get_by_role("link", name="Deleted users").click()
    look("nobody-deleted")
