import pytest
from django.urls import reverse
from playwright.sync_api import expect

from partnercenter.directory.models import Domain
from tests.nameserver import name_server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def zone(settings):
    """What the name server says of each name."""
    with name_server(settings) as server:
        yield server.zone


def test_a_domain_is_added_proved_and_becomes_the_one_in_the_list(page, sign_in, look, ana, tailspin, zone):
    sign_in(ana)
    page.goto(reverse("customers:account", args=[tailspin.tenant_id]))

    page.locator("main").get_by_role("link", name="Domains", exact=True).click()
    look("domains")
    page.get_by_role("link", name="Add domain").click()
    page.get_by_label("Domain name").fill("tailspin games")
    page.get_by_role("button", name="Add domain").click()
    look("no-domain")
    page.get_by_label("Domain name").fill("Tailspin-Games.example.")
    page.get_by_role("button", name="Add domain").click()
    proof = Domain.objects.get(name="tailspin-games.example").proof
    expect(page.get_by_text(proof)).to_be_visible()
    page.get_by_role("button", name="Verify tailspin-games.example").click()
    expect(page.get_by_text("The Internet knows no domain tailspin-games.example.")).to_be_visible()
    look("not-proved")
    zone["tailspin-games.example"] = ["v=spf1 -all", proof]
    page.get_by_role("button", name="Verify tailspin-games.example").click()
    expect(page.get_by_text("tailspin-games.example is verified")).to_be_visible()
    page.get_by_role("button", name="Make tailspin-games.example primary").click()
    expect(page.get_by_text("tailspin-games.example is the primary domain now.")).to_be_visible()
    look("primary")

    page.goto(reverse("customers:list"))
    expect(page.get_by_role("cell", name="tailspin-games.example")).to_be_visible()


def test_a_domain_is_removed_after_a_question_on_a_telephone(page, sign_in, look, ana, tailspin):
    page.set_viewport_size({"width": 360, "height": 800})
    sign_in(ana)
    page.goto(reverse("customers:domains", args=[tailspin.tenant_id]))
    look("domains")

    page.get_by_role("link", name="Remove tailspintoys.com").click()
    look("question")
    page.get_by_role("button", name="Remove domain").click()

    expect(page.get_by_text("tailspintoys.com was removed.")).to_be_visible()
    expect(page.get_by_role("link", name="Remove tailspintoys.com")).to_have_count(0)
