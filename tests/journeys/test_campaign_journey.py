"""Many customers to one new partner: one file, one signature, and the state of all of them on one page."""

import pytest
from playwright.sync_api import expect

from subscriptions.models import Transfer
from tests.campaigning import content_of, rows_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def narrow(page, look, name):
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    look(name, schemes=("light",))
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_file_is_uploaded_checked_signed_and_followed(page, sign_in, look, worker, finn, targets, contoso, carla):
    content = content_of(
        *rows_for(targets, contoso), f"7d2ab5e3-0f6e-4dc5-9a54-0a4d0f0c8e11,{contoso.pk},", "nonsense,,"
    )
    sign_in(finn)
    page.goto("/transfers/")
    page.get_by_role("link", name="Campaigns").click()
    look("empty")
    page.get_by_role("link", name="Upload a campaign").first.click()
    look("new")
    page.locator("input[type=file]").set_input_files({"name": "spring.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Upload and check").click()

    expect(page.get_by_text("2 rows can be sent. Nothing was sent yet.")).to_be_visible()
    look("checked")
    narrow(page, look, "checked-narrow")
    page.get_by_label("State", exact=True).select_option("blocked")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("Your name").fill("Finn")
    page.get_by_role("button", name="Sign and send 2 transfers").click()

    # By itself the page goes on to the end.
    expect(page.get_by_text("2 rows were not sent")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("cell", name="Litware 30 days left")).to_be_visible()
    look("sent")
    narrow(page, look, "sent-narrow")
    page.get_by_role("link", name="Litware", exact=True).first.click()
    page.get_by_role("link", name="spring.csv").click()
    page.get_by_role("link", name="Campaigns").first.click()
    expect(page.get_by_role("row", name="spring.csv")).to_contain_text("Awaiting consent: 2")
    look("list")
    narrow(page, look, "list-narrow")
    assert Transfer.objects.count() == 2
