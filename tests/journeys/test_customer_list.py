"""The customer list as people work with it all day: typing, filtering, selecting, by mouse and by keyboard."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers.models import Tag

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = reverse("customers:list")
MILLS = ("Birch", "Elm", "Hazel", "Larch", "Maple", "Oak", "Plum", "Rowan", "Willow", "Yew")


@pytest.fixture
def vip(contoso):
    return Tag.objects.create(partner=contoso, name="VIP", color="red")


@pytest.fixture
def sixty(contoso, vip, make_customer):
    """Sixty customers of Contoso by name: a page of houses and then ten mills. Every fourth house is a VIP."""
    houses = [f"Alpine House {number:02}" for number in range(50)]
    mills = [f"Bellows Mill {name}" for name in MILLS]
    tagged = houses[::4]
    return {
        name: make_customer(contoso, name, tag_ids=[vip.pk] if name in tagged else []) for name in (*houses, *mills)
    }


@pytest.fixture
def listed(page, sign_in, ana, sixty):
    """The list as Ana sees it."""
    sign_in(ana)
    page.goto(LIST)
    return page


def rows(page):
    return page.locator(".customers tbody tr:not(.row-more)")


def search_box(page):
    return page.get_by_placeholder("Name, domain or Microsoft ID")


def selected(page):
    return page.locator("#selection-bar [role=status]")


def said(page):
    """The parameters of the address."""
    return parse_qs(urlsplit(page.url).query)


def box_of(page, name):
    return page.get_by_role("checkbox", name=f"Select {name}", exact=True)


def test_typing_keeps_the_focus_and_is_one_step_of_the_history(listed):
    search = search_box(listed)
    search.press_sequentially("bel mill", delay=200)
    expect(listed).to_have_url(re.compile(r"\?q=bel%20mill$"))
    expect(rows(listed)).to_have_count(10)
    expect(search).to_be_focused()
    assert search.evaluate("field => field.selectionStart") == len("bel mill")

    listed.go_back()

    expect(rows(listed)).to_have_count(50)
    expect(search_box(listed)).to_have_value("")
    assert said(listed) == {}


def test_what_is_typed_after_a_pause_is_a_step_of_its_own(listed):
    search = search_box(listed)
    search.press_sequentially("mill")
    expect(listed).to_have_url(re.compile("q=mill$"))
    search.press("Enter")
    listed.wait_for_timeout(500)
    search.press_sequentially(" yew")
    expect(rows(listed)).to_have_count(1)

    listed.go_back()

    expect(rows(listed)).to_have_count(10)
    expect(search_box(listed)).to_have_value("mill")


def test_an_answer_that_comes_late_does_not_replace_a_newer_one(listed):
    def slow(route):
        listed.wait_for_timeout(800)
        route.continue_()

    listed.route(re.compile(r"q=mill$"), slow)
    search = search_box(listed)
    search.fill("mill")
    listed.wait_for_timeout(250)
    search.fill("mill yew")

    expect(rows(listed)).to_have_count(1)
    listed.wait_for_timeout(1_000)
    expect(rows(listed)).to_have_count(1)


def test_a_search_that_fails_says_so_and_the_next_one_goes_on(listed):
    listed.route(re.compile(r"q=mill$"), lambda route: route.abort())
    search_box(listed).fill("mill")
    expect(listed.get_by_role("alert")).to_contain_text("could not be brought up to date")

    search_box(listed).fill("mill yew")

    expect(rows(listed)).to_have_count(1)
    expect(listed.get_by_role("alert")).to_have_count(0)


def test_filters_are_chosen_in_the_panel_and_removed_by_their_chips(listed, look):
    search_box(listed).fill("house")
    expect(listed).to_have_url(re.compile("q=house"))
    listed.get_by_role("link", name="Filter").click()
    panel = listed.get_by_role("dialog", name="Filter customers")
    expect(panel.get_by_role("heading", name="Filter customers")).to_be_focused()
    look("panel")
    panel.get_by_role("group", name="With tags").get_by_label("VIP").check()
    panel.get_by_label("Added from").fill("2020-01-01")
    panel.get_by_role("button", name="Apply").click()

    expect(rows(listed)).to_have_count(13)
    assert {name: said(listed)[name] for name in ("q", "added_from")} == {"q": ["house"], "added_from": ["2020-01-01"]}
    look("filtered")
    listed.get_by_role("link", name="VIP: remove this filter").click()
    expect(rows(listed)).to_have_count(50)
    listed.get_by_role("link", name="Remove all filters").click()
    expect(listed.locator(".active-filters")).to_have_count(0)
    expect(search_box(listed)).to_have_value("house")


def test_the_panel_closes_by_escape_and_gives_the_focus_back(listed):
    opener = listed.get_by_role("link", name="Filter")
    opener.press("Enter")
    expect(listed.locator("#panel[open]")).to_be_visible()

    listed.keyboard.press("Escape")

    expect(listed.locator("#panel")).to_be_hidden()
    expect(opener).to_be_focused()


def test_days_in_the_wrong_order_are_explained_in_the_panel(listed):
    listed.get_by_role("link", name="Filter").click()
    panel = listed.locator("#panel")
    panel.get_by_label("Added from").fill("2026-02-02")
    panel.get_by_label("Added to").fill("2026-02-01")

    panel.get_by_role("button", name="Apply").click()

    expect(panel.get_by_role("alert")).to_be_focused()
    expect(panel.get_by_role("alert")).to_contain_text("The last day is before the first one")


def test_a_long_vocabulary_is_searched_in_the_panel(listed, look, contoso):
    for name in ("Düsseldorf", "Köln", "Bonn", "Berlin", "Hamburg", "Bremen", "Kiel", "Trier", "Ulm"):
        Tag.objects.create(partner=contoso, name=name)
    listed.get_by_role("link", name="Filter").click()

    listed.get_by_role("searchbox", name="Find in the list: With tags").fill("dussel")

    expect(listed.locator("#choices-tag li:visible")).to_have_text(re.compile("Düsseldorf"))
    look("long-vocabulary")


def test_a_selection_lasts_over_pages_searches_and_orders(listed, look):
    box_of(listed, "Alpine House 03").check()
    box_of(listed, "Alpine House 07").click(modifiers=["Shift"])
    expect(selected(listed)).to_have_text("5 selected")
    listed.get_by_role("link", name="Next").click()
    box_of(listed, "Bellows Mill Oak").check()
    expect(selected(listed)).to_have_text("6 selected")
    search_box(listed).fill("mill")
    expect(rows(listed)).to_have_count(10)
    expect(listed.locator(".pick :checked")).to_have_count(1)
    expect(selected(listed)).to_have_text("6 selected")
    look("selected")
    listed.get_by_role("link", name="Primary domain").click()
    expect(selected(listed)).to_have_text("6 selected")

    listed.get_by_role("button", name="Clear selection").click()

    expect(listed.locator("#selection-bar")).to_be_hidden()
    expect(listed.locator(".pick :checked")).to_have_count(0)


def test_the_box_of_the_head_has_three_states_and_leads_to_all_that_match(listed, look):
    head = listed.get_by_label("Select all rows of this page")
    box_of(listed, "Alpine House 03").check()
    assert head.evaluate("box => box.indeterminate")

    head.check()
    expect(selected(listed)).to_have_text("50 selected")
    listed.get_by_label("Select all 60 that match").check()
    expect(selected(listed)).to_have_text("All that match are selected")
    look("all-that-match")
    listed.get_by_role("link", name="Next").click()
    expect(rows(listed)).to_have_count(10)
    expect(listed.locator("tbody .pick :checked")).to_have_count(10)

    box_of(listed, "Bellows Mill Oak").uncheck()

    expect(selected(listed)).to_have_text("No longer all that match: 59 selected")


def test_another_search_ends_that_all_are_selected(listed):
    listed.get_by_label("Select all rows of this page").check()
    listed.get_by_label("Select all 60 that match").check()

    search_box(listed).fill("mill")

    expect(rows(listed)).to_have_count(10)
    expect(selected(listed)).to_have_text("No longer all that match: 50 selected")
    expect(listed.locator("tbody .pick :checked")).to_have_count(0)


def test_the_tags_of_the_selection_are_changed_on_all_its_pages(listed, sixty):
    box_of(listed, "Alpine House 03").check()
    listed.get_by_role("link", name="Next").click()
    box_of(listed, "Bellows Mill Oak").check()

    listed.get_by_role("button", name="Tags", exact=True).click()
    panel = listed.locator("#panel")
    expect(panel).to_be_visible()
    panel.get_by_role("checkbox", name="VIP").click()
    panel.get_by_role("button", name="Change 2 customers").click()

    expect(listed.locator("#panel")).to_be_hidden()
    expect(listed.locator("#selection-bar")).to_be_hidden()
    changed = [sixty[name] for name in ("Alpine House 03", "Alpine House 05", "Bellows Mill Oak")]
    for customer in changed:
        customer.refresh_from_db()
    assert [len(customer.tag_ids) for customer in changed] == [1, 0, 1]


def test_everything_works_by_keys(listed):
    listed.keyboard.press("/")
    expect(search_box(listed)).to_be_focused()
    search_box(listed).blur()
    for key in "jjkj":
        listed.keyboard.press(key)
    expect(listed.get_by_role("link", name="Alpine House 01")).to_be_focused()
    listed.keyboard.press("x")
    expect(selected(listed)).to_have_text("1 selected")
    expect(box_of(listed, "Alpine House 01")).to_be_checked()
    listed.keyboard.press("?")
    expect(listed.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Select the row")
    listed.keyboard.press("Escape")

    listed.keyboard.press("Enter")

    expect(listed.get_by_role("heading", name="Alpine House 01")).to_be_visible()


def test_columns_are_chosen_and_the_rest_of_the_address_stays(listed, look):
    listed.goto(f"{LIST}?q=house&sort=-name")
    listed.get_by_role("button", name="Columns").click()
    look("columns")
    menu = listed.locator("#columns")
    menu.get_by_label("Microsoft ID").uncheck()
    menu.get_by_label("Relationship").uncheck()
    menu.get_by_role("button", name="Show these columns").click()

    expect(listed.locator("thead th")).to_have_text(["Select", "Name", "Primary domain", "Tags", "Added"])
    assert said(listed)["columns"] == ["added,domain,name,tags"]
    assert (said(listed)["q"], said(listed)["sort"]) == (["house"], ["-name"])
    listed.get_by_role("button", name="Columns").click()
    listed.locator("#columns").get_by_role("button", name="Dense").click()
    expect(listed.locator("html")).to_have_attribute("data-density", "dense")
    assert said(listed)["q"] == ["house"]


def test_a_row_opens_to_its_links(listed):
    listed.get_by_role("button", name="Links of Alpine House 03").click()

    more = listed.locator(".row-more")
    assert more.get_by_role("link").all_inner_texts() == [
        "Subscriptions",
        "Add subscription",
        "Account",
        "Users",
        "Licenses",
        "Upload users",
        "Tags",
    ]
    more.get_by_role("link", name="Tags").click()
    expect(listed.locator("#panel")).to_be_visible()


def test_rows_are_cards_on_a_telephone(listed, look):
    listed.set_viewport_size({"width": 360, "height": 780})
    listed.goto(LIST)
    box_of(listed, "Alpine House 03").check()
    look("telephone", schemes=["light"])
    listed.get_by_role("link", name="Filter").click()
    expect(listed.locator("#panel")).to_be_visible()
    look("telephone-filter", schemes=["light"])

    assert listed.evaluate("document.documentElement.scrollWidth") == 360


def test_everything_works_without_script(browser, browser_context_args, live_server, ana, sixty, browse, vip):
    cookie = browse(ana).cookies["session"].value
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    context.add_cookies([{"name": "session", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(LIST)
    page.get_by_role("searchbox", name="Search customers").last.fill("house")
    page.get_by_role("button", name="Search").click()
    expect(rows(page)).to_have_count(50)
    assert said(page)["q"] == ["house"]
    page.get_by_role("link", name="Filter").click()
    page.get_by_role("group", name="With tags").get_by_label("VIP").check()
    page.get_by_role("button", name="Apply").click()
    expect(rows(page)).to_have_count(13)
    assert said(page) == {"q": ["house"], "tag": [str(vip.guid)]}

    box_of(page, "Alpine House 12").check()
    page.get_by_role("button", name="Tags", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("ag")
    context.close()
