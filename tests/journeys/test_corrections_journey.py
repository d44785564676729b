import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers.services.user_imports import upload_users
from tests.uploads import FAULTY, GOOD, content_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def checked_page(live_server, ana, tailspin):
    """The address of a checked file with a good row and a faulty one."""
    user_import = upload_users(tailspin, file_name="users.csv", content=content_of(GOOD, FAULTY), actor=ana.user)
    return live_server.url + reverse("customers:import", args=[tailspin.tenant_id, user_import.pk])


def test_a_faulty_row_is_corrected_without_leaving_the_page(page, sign_in, look, ana, checked_page):
    sign_in(ana)
    page.goto(checked_page)

    page.get_by_role("link", name="Correct row 2").click()
    expect(page.get_by_label("Display name")).to_be_focused()
    page.get_by_label("Display name").fill("Noa")
    page.get_by_role("button", name="Check again").click()
    expect(page.locator("#fix-2 .invalid")).to_have_count(1)
    look("correcting")
    page.get_by_label("Email").fill("noa@tailspintoys.com")
    page.get_by_role("button", name="Check again").click()

    expect(page.get_by_role("button", name="Create 2 users")).to_be_visible()
    expect(page.get_by_text("Every row of the file is in order.")).to_be_visible()
    assert page.url == checked_page


def test_a_file_is_read_in_another_way_without_a_new_upload(page, sign_in, look, live_server, ana, tailspin):
    content = content_of(("", "", "李娜", "li@tailspintoys.com", "")).decode().encode("gb18030")
    file = upload_users(tailspin, file_name="users.csv", content=content, actor=ana.user)
    sign_in(ana)
    page.goto(live_server.url + reverse("customers:import", args=[tailspin.tenant_id, file.pk]))

    look("doubtful")
    page.get_by_role("button", name="Read as Windows-1252").click()

    expect(page.locator("dd", has_text="Windows-1252")).to_be_visible()
    expect(page.get_by_role("button", name="Read as GB18030")).to_be_visible()
