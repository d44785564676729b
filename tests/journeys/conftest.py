"""Journeys: what people come for, done with a real browser, a real worker and real servers."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from tests.conftest import PASSWORD

PICTURES = Path("screenshots")


@pytest.fixture(autouse=True)
def _no_throttles(settings):
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture
def browser_context_args(browser_context_args, live_server):
    return {**browser_context_args, "base_url": live_server.url, "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def sign_in(page):
    def enter(person, password=PASSWORD):
        user = getattr(person, "user", person)
        page.goto(reverse("account_login"))
        page.locator("input[name=login]").fill(user.principal_name)
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/login/" not in url)

    return enter


@pytest.fixture
def look(page, request):
    """Keep a picture of the page, light and dark, and find nothing that keeps anybody from using it."""

    def at(name, schemes=("light", "dark")):
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            folder = PICTURES / re.sub(r"\W+", "-", request.node.name)
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}-{scheme}.png", full_page=True)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{name}, {scheme}: {found.generate_report()}"
        page.emulate_media(color_scheme="light")

    return at
