"""Many subscriptions at once: of one customer and across customers, with a worker that does it."""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from partnercenter.partners.roles import Role
from subscriptions.models import Subscription
from tests.subscribing import azure_plan, azure_subscription, subscribe, subscribe_many

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = reverse("subscriptions:list")


def rows_of(download):
    return list(csv.reader(io.StringIO(Path(download.path()).read_text("utf-8-sig"))))


def states(customer):
    return Counter(Subscription.objects.filter(customer=customer).values_list("name", "status"))


def selected(page):
    return page.locator("#selection-bar [role=status]")


def select_all_that_match(page, count):
    page.get_by_label("Select all rows of this page").check()
    page.get_by_label(f"Select all {count} that match").check()
    expect(selected(page)).to_have_text("All that match are selected")


def look_narrow(page, look, name):
    page.set_viewport_size({"width": 360, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    look(f"{name}-narrow", schemes=("light",))
    page.set_viewport_size({"width": 1280, "height": 900})


def act(page, name):
    """Press a button of the selection, and the same one in the panel that says what will be done."""
    page.locator("#selection-bar").get_by_role("button", name=name).click()
    expect(page.locator("#panel")).to_be_visible()
    page.locator("#panel").get_by_role("button", name=name).click()
    page.wait_for_url("**/subscriptions/changes/**")


def test_all_subscriptions_of_a_customer_are_suspended_and_come_back(
    page, live_server, sign_in, look, worker, ana, tailspin
):
    subscribe_many(tailspin, 5_000)
    subscribe(tailspin, "Office 365 Enterprise E3", name="Office of long ago", status="expired")
    plan = azure_plan(tailspin)
    azure_subscription(plan, "Web shop")
    sign_in(ana)
    page.goto(reverse("subscriptions:subscriptions", args=[tailspin.tenant_id]))
    look("both-kinds")

    page.get_by_role("link", name="Show all 5,001").click()
    look("one-kind")
    page.get_by_role("checkbox", name="Select Office 00002", exact=True).check()
    look("one-selected")
    select_all_that_match(page, "5,001")
    look("all-selected")
    look_narrow(page, look, "all-selected")
    page.locator("#selection-bar").get_by_role("button", name="Suspend").click()
    expect(page.get_by_role("heading", name="Suspend 5,001 subscriptions?")).to_be_visible()
    expect(page.get_by_text("5,000 active subscriptions are suspended.")).to_be_visible()
    look("question")
    look_narrow(page, look, "question")
    page.locator("#panel").get_by_role("button", name="Suspend").click()
    page.wait_for_url("**/subscriptions/changes/**")
    look("working", schemes=("light",))
    expect(page.get_by_role("heading", name="In numbers")).to_be_visible(timeout=60_000)
    look("done")

    page.get_by_role("link", name="Show only those left").click()
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row", name="Office of long ago")).to_contain_text("Only an active subscription")
    look("left")
    look_narrow(page, look, "left")
    with page.expect_download() as left:
        page.get_by_role("link", name="Export").click()
    page.get_by_role("link", name="Show all results").click()
    with page.expect_download() as everything:
        page.get_by_role("link", name="Export").click()
    assert [row[1] for row in rows_of(left.value)[1:]] == ["Office of long ago"]
    assert Counter(row[4] for row in rows_of(everything.value)[1:]) == {
        "Done": 5_000,
        "Only an active subscription can be suspended": 1,
    }

    page.get_by_role("link", name="Tailspin Toys").first.click()
    page.get_by_label("State").select_option("suspended")
    page.get_by_label("Kind").select_option("license")
    expect(page.get_by_role("heading", name="License-based")).to_contain_text("5,000")
    expect(selected(page)).not_to_be_visible()
    select_all_that_match(page, "5,000")
    act(page, "Reactivate")
    expect(page.get_by_role("heading", name="In numbers")).to_be_visible(timeout=60_000)
    assert Counter(Subscription.objects.values_list("status", flat=True)) == {"active": 5_002, "expired": 1}


@pytest.fixture
def sold_by_northwind(northwind, adatum, make_customer):
    """What a provider sold to forty customers: two products each, half of them through Adatum."""
    for number in range(40):
        customer = make_customer(northwind, f"Proseware {number:02}", reseller=adatum if number % 2 else None)
        subscribe(customer, "Office 365 Enterprise E3", quantity=25)
        azure_plan(customer)


def test_a_provider_gives_what_it_sold_to_many_customers_another_reseller(
    page, live_server, sign_in, look, worker, northwind, adatum, make_staff, sold_by_northwind
):
    nora = make_staff(northwind, "Nora", Role.GLOBAL_ADMIN)
    sign_in(nora)
    page.goto(LIST)
    look("everything")
    look_narrow(page, look, "everything")
    page.get_by_label("Product").select_option("Office 365 Enterprise E3")
    expect(page.get_by_role("status").first).to_have_text("Subscriptions found: 40")
    page.get_by_label("Select all rows of this page").check()
    expect(selected(page)).to_have_text("40 selected")

    page.get_by_role("button", name="Change reseller").click()
    expect(page.get_by_role("heading", name="Change the reseller of 40 subscriptions?")).to_be_visible()
    look("question")
    page.locator("#panel").get_by_role("button", name="Change reseller").click()
    expect(page.get_by_text("Choose a reseller, or that there is none.")).to_be_visible()
    look("refused")
    page.get_by_label("New reseller").select_option("Adatum")
    page.locator("#panel").get_by_role("button", name="Change reseller").click()
    page.wait_for_url("**/subscriptions/changes/**")
    expect(page.get_by_role("heading", name="In numbers")).to_be_visible(timeout=60_000)
    look("done")
    look_narrow(page, look, "done")

    rows = page.get_by_role("row").filter(has=page.get_by_role("rowheader"))
    expect(rows).to_have_count(40)
    expect(rows.nth(0)).to_contain_text("Proseware 00")
    expect(rows.nth(0)).to_contain_text("Done")
    expect(rows.nth(1)).to_contain_text("Was like that already")
    page.get_by_role("link", name="Subscriptions").first.click()
    page.get_by_label("Reseller").select_option("Adatum")
    expect(page.get_by_role("status").first).to_have_text("Subscriptions found: 60")
    assert Counter(Subscription.objects.values_list("kind", "reseller__tenant__name")) == {
        ("license", "Adatum"): 40,
        ("plan", "Adatum"): 20,
        ("plan", None): 20,
    }
