"""The browser of the journeys: Debian's Chromium or Playwright's own.

Where there is none, everything else runs, and the end of the report says what was left out. With CI=true that is an
error, so that nobody takes such a run for a whole one.
"""

import os
import shutil
from pathlib import Path

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = "Install Chromium (Debian and Ubuntu: apt-get install chromium), or .venv/bin/playwright install chromium."
_left_out = pytest.StashKey[int]()


def chromium():
    """Where Chromium is, or None."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found:
        return found
    kept = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return next((str(path) for path in kept.glob("chromium-*/chrome-linux*/chrome")), None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    wanted = [item for item in items if item.get_closest_marker("browser")]
    if not wanted or chromium():
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(f"{len(wanted)} tests need a browser and there is none. {REMEDY}")
    config.stash[_left_out] = len(wanted)
    items[:] = [item for item in items if item not in wanted]
    config.hook.pytest_deselected(items=wanted)


def pytest_terminal_summary(terminalreporter, config):
    left_out = config.stash.get(_left_out, 0)
    # In several processes each knows only what it left out itself.
    if left_out or (config.getoption("numprocesses", None) and not chromium()):
        terminalreporter.section("LEFT OUT", sep="!", red=True, bold=True)
        terminalreporter.line(f"{left_out or 'Some'} tests need a browser and there is none. {REMEDY}", red=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": chromium()}
