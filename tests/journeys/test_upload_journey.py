import csv
import io
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers.models import UserImport
from partnercenter.directory.models import User
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEADER = ["First name", "Last name", "Display name", "Email", "Status update"]


@pytest.fixture
def thousand(tmp_path):
    """A file of a thousand users, three of them faulty."""
    file = tmp_path / "people.csv"
    rows = [[f"First{n}", f"Last{n}", f"Person {n}", f"person{n}@tailspintoys.com", ""] for n in range(1000)]
    rows[10][2] = "x" * 51
    rows[20][3] = "person20@elsewhere.example"
    rows[30][3] = "person29@tailspintoys.com"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([HEADER, *rows])
    return file


def rows_of(download):
    return list(csv.reader(io.StringIO(Path(download.path()).read_text("utf-8-sig"))))


def first_sign_in(mine, name, password):
    """Sign in with a temporary password, which leads nowhere until it is changed."""
    mine.goto("/")
    mine.get_by_label("Email or user principal name").fill(name)
    mine.locator("input[name=password]").fill(password)
    mine.get_by_role("button", name="Sign in").click()
    mine.wait_for_url("**/password/change/**")
    mine.goto("/my/")
    mine.wait_for_url("**/password/change/**")
    mine.locator("input[name=oldpassword]").fill(password)
    mine.locator("input[name=password1]").fill("my very own long password")
    mine.locator("input[name=password2]").fill("my very own long password")
    mine.get_by_role("button", name="Change password").click()


def test_an_admin_uploads_a_thousand_users_and_one_of_them_signs_in(
    page, browser, live_server, sign_in, look, worker, ana, tailspin, thousand
):
    sign_in(ana)
    page.goto(reverse("customers:users", args=[tailspin.tenant_id]))
    look("users-empty")
    page.get_by_role("link", name="Upload users").first.click()
    look("upload")
    page.get_by_label("CSV file").set_input_files(thousand)
    page.get_by_role("button", name="Upload and check").click()
    page.wait_for_url("**/uploads/**")
    expect(page.get_by_text("person20@elsewhere.example")).to_be_visible()
    look("checked")
    with page.expect_download() as problems:
        page.get_by_role("link", name="Download problems").click()
    assert len(rows_of(problems.value)) == 4

    page.get_by_label("Location").select_option("US")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Create 997 users").click()
    expect(page.get_by_role("link", name="Download result")).to_be_visible(timeout=60_000)
    look("done")
    with page.expect_download() as result:
        page.get_by_role("link", name="Download result").click()
    statuses = [row[4] for row in rows_of(result.value)[1:]]
    assert (len(statuses), statuses.count("Created")) == (1000, 997)

    page.get_by_role("button", name="Download passwords").click()
    page.wait_for_url("**/reauthenticate/**")
    look("reauthenticate")
    page.locator("input[name=password]").fill(PASSWORD)
    with page.expect_download() as handed_out:
        page.get_by_role("button", name="Confirm").click()
    passwords = {row[1]: row[2] for row in rows_of(handed_out.value)[1:]}
    assert len(passwords) == 997
    page.goto(reverse("customers:users", args=[tailspin.tenant_id]))
    look("users")
    page.get_by_role("link", name="Person 0", exact=True).click()
    look("user")
    page.goto(reverse("jobs:list"))
    look("jobs")
    page.goto(reverse("notifications:list"))
    look("notifications")

    with browser.new_context(base_url=live_server.url) as someone:
        mine = someone.new_page()
        first_sign_in(mine, "person7@tailspintoys.com", passwords["person7@tailspintoys.com"])
        mine.goto("/my/")
        expect(mine.get_by_text("person7@tailspintoys.com").first).to_be_visible()
        expect(mine.get_by_text("Contoso").first).to_be_visible()

    assert User.objects.filter(tenant=tailspin.tenant).count() == 997
    assert UserImport.objects.get().status == UserImport.Status.DONE
