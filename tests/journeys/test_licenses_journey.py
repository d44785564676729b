import csv
import io
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.urls import reverse
from playwright.sync_api import expect

from customers.services.user_imports import start_creation, upload_users
from partnercenter.directory.models import User
from subscriptions.models import LicenseChange
from tests.conftest import PASSWORD
from tests.licensing import E3, E5, address, assigned, holders
from tests.subscribing import subscribe
from tests.uploads import page_of, people
from tests.users import make_many_users

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SEATS, MORE = 1_000, 10


@pytest.fixture
def e3(tailspin):
    return subscribe(tailspin, E3, quantity=SEATS)


@pytest.fixture
def upload(worker, tailspin, ana):
    """A file whose users a worker creates: ten more than there are seats."""
    user_import = upload_users(tailspin, file_name="people.csv", content=people(SEATS + MORE), actor=ana.user)
    start_creation(user_import, location="US", skip_faulty=False, actor=ana.user)
    return user_import


def rows_of(download):
    return list(csv.reader(io.StringIO(Path(download.path()).read_text("utf-8-sig"))))


def test_a_thousand_users_of_an_upload_get_a_license_and_one_loses_it(
    page, browser, live_server, sign_in, look, ana, tailspin, e3, upload
):
    sign_in(ana)
    page.goto(address(tailspin))
    look("seats")
    page.goto(page_of(upload))
    page.get_by_role("link", name="Assign licenses to these users").click(timeout=60_000)
    box = page.get_by_role("checkbox", name=E3)
    expect(page.get_by_text("10 get none: no more are left.")).to_be_hidden()
    box.check()
    expect(page.get_by_text("1,000 users get a license. 10 get none: no more are left.")).to_be_visible()
    look("too-few")
    page.get_by_role("button", name="Change 1,010 users").click()
    expect(page.get_by_text(f"{E3}: 1,010 licenses are wanted, 1,000 are available.")).to_be_visible()
    page.get_by_role("button", name="Assign as many as there are").click()

    expect(page.get_by_text("10 licenses were missing: the results say who got none.")).to_be_visible(timeout=60_000)
    look("results")
    result = page.url
    page.go_back()
    expect(page.get_by_role("button", name="Change 1,010 users")).to_be_visible()
    page.goto(result)
    with page.expect_download() as everybody:
        page.get_by_role("link", name="Download results").click()
    page.get_by_role("link", name="Show only what was left").click()
    expect(page.get_by_role("cell", name="No license was left")).to_have_count(MORE)
    with page.expect_download() as left:
        page.get_by_role("link", name="Download results").click()
    rows = rows_of(everybody.value)
    assert [row[0] for row in rows[1:]] == sorted(row[0] for row in rows[1:])
    assert [row[3] for row in rows[1:]] == ["Assigned"] * SEATS + ["No license was left"] * MORE
    assert rows_of(left.value) == [rows[0], *rows[-MORE:]]

    page.get_by_role("link", name=f"Users without {E3}").click()
    expect(page.get_by_text("1–10 of 10")).to_be_visible()
    page.get_by_label("License").select_option(E3)
    expect(page.get_by_text("1–50 of 1,000")).to_be_visible()
    look("filtered")
    page.get_by_role("link", name="Kim 1", exact=True).click()
    look("user")
    page.get_by_role("link", name="Change licenses").click()
    page.get_by_role("checkbox", name=E3).uncheck()
    expect(page.get_by_text("Loses the license.")).to_be_visible()
    look("one-user")
    page.get_by_role("button", name="Save licenses").click()
    expect(page.get_by_text("Kim 1 lost 1 license.")).to_be_visible()
    expect(page.get_by_text("This user has no licenses yet.")).to_be_visible()

    kim = User.objects.get(principal_name="kim1@tailspintoys.com")
    assert (assigned(e3), kim.pk in holders(e3)) == (SEATS - 1, False)
    User.objects.filter(principal_name="kim2@tailspintoys.com").update(
        password=make_password(PASSWORD), must_change_password=False
    )
    with browser.new_context(base_url=live_server.url) as someone:
        mine = someone.new_page()
        mine.goto("/my/")
        mine.locator("input[name=login]").fill("kim2@tailspintoys.com")
        mine.locator("input[name=password]").fill(PASSWORD)
        mine.locator("input[name=password]").press("Enter")
        expect(mine.get_by_role("region", name="Your licenses")).to_contain_text(E3)


def test_a_double_click_is_one_change(page, sign_in, ana, tailspin, e3):
    ids = make_many_users(tailspin, 2, location="US")
    sign_in(ana)
    page.goto(reverse("customers:users", args=[tailspin.tenant_id]))
    page.get_by_label("Select all rows of this page").check()
    page.get_by_role("button", name="Licenses").click()
    page.get_by_role("checkbox", name=E3).check()
    page.get_by_role("button", name="Change 2 users").dblclick()
    expect(page.get_by_text("The licenses of all these users are as you chose.")).to_be_visible()

    assert (LicenseChange.objects.count(), holders(e3)) == (1, {*ids})


def test_boxes_of_three_states_are_used_by_keyboard_alone(page, sign_in, look, live_server, ana, tailspin, e3):
    ids = make_many_users(tailspin, 3, location="US")
    subscribe(tailspin, E5, quantity=9)
    sign_in(ana)
    page.goto(reverse("customers:users", args=[tailspin.tenant_id]))
    for key in "jxjx":
        page.keyboard.press(key)
    page.get_by_role("button", name="Licenses").press("Enter")
    first, second = (page.get_by_role("checkbox", name=name) for name in (E3, E5))
    first.press("Space")
    page.get_by_role("button", name="Change 2 users").press("Enter")
    expect(page.get_by_text("The licenses of all these users are as you chose.")).to_be_visible()
    look("one-tile")
    first_two = holders(e3)

    page.goto(reverse("customers:users", args=[tailspin.tenant_id]))
    page.get_by_label("Select all rows of this page").press("Space")
    page.get_by_role("button", name="Licenses").press("Enter")
    expect(page.get_by_text("2 of 3 have it")).to_be_visible()
    assert first.evaluate("box => box.indeterminate")
    seen = []
    for _press in range(3):
        first.press("Space")
        seen.append(first.evaluate("box => box.indeterminate ? 'mixed' : box.checked"))
    second.press("Space")
    look("panel")
    page.get_by_role("button", name="Change 3 users").press("Enter")
    expect(page.get_by_text("The licenses of all these users are as you chose.")).to_be_visible()

    assert seen == [True, False, "mixed"]
    assert (len(first_two), holders(e3), holders(e3) < {*ids}) == (2, first_two, True)
    assert assigned(e3) == 2
