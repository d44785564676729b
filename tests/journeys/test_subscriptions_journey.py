import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from subscriptions.models import Subscription
from subscriptions.services.life_cycle import move_on

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

E3, CONFERENCING = "Office 365 Enterprise E3", "Audio Conferencing"


def test_sales_buy_a_product_with_an_add_on_change_it_and_see_it_come_to_its_end(
    page, live_server, sign_in, look, ana, tailspin
):
    sign_in(ana)
    page.goto(reverse("subscriptions:subscriptions", args=[tailspin.tenant_id]))
    look("nothing-bought")
    page.get_by_role("link", name="Add subscription").first.click()
    look("offers")

    page.get_by_role("searchbox", name="Search the catalog").press_sequentially("office 365 enterprise e3")
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name=f"Add {E3}", exact=True))
    row.get_by_role("spinbutton").fill("25")
    row.get_by_role("button").click()
    expect(page.get_by_text(f"Added to the order: 25 × {E3}.")).to_be_visible()
    page.get_by_role("link", name="Review 1 line").click()
    page.get_by_label("Add-on", exact=True).select_option(CONFERENCING)
    page.get_by_role("button", name="Add", exact=True).click()
    look("review")
    page.get_by_role("region", name=CONFERENCING).get_by_label("Quantity").fill("0")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("alert")).to_contain_text("Type a quantity of at least 1.")
    page.get_by_role("region", name=CONFERENCING).get_by_label("Quantity").fill("5")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_text("The order was placed.")).to_be_visible()
    look("placed")
    page.reload()
    assert Subscription.objects.count() == 2

    page.get_by_role("link", name=E3).click()
    look("subscription")
    page.get_by_role("link", name="Change", exact=True).click()
    look("change")
    page.get_by_label("Quantity").fill("30")
    page.get_by_label(re.compile("Renew automatically")).uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The subscription was saved.")).to_be_visible()

    page.get_by_role("link", name="Suspend").click()
    look("suspend")
    page.get_by_role("button", name="Suspend").click()
    expect(page.get_by_text("It is not billed meanwhile.")).to_be_visible()
    page.get_by_role("link", name="Reactivate").click()
    page.get_by_role("button", name="Reactivate").click()
    expect(page.get_by_text(f"{E3} is active again.")).to_be_visible()

    move_on(timezone.now() + timedelta(days=366))
    page.reload()
    expect(page.get_by_text("Expired: its term has ended")).to_be_visible()
    look("expired")
    assert set(Subscription.objects.values_list("name", "status")) == {(E3, "expired"), (CONFERENCING, "expired")}
