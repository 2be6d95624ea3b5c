"""The one Chromium of the browser tests: found on this machine, or reported as missing."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; without one a skip, or a failure where FRONTLINE_REQUIRE_BROWSER is set."""
    path = find_chromium()
    if path is None:
        if os.environ.get("FRONTLINE_REQUIRE_BROWSER"):
            pytest.fail("no Chromium on this machine, and FRONTLINE_REQUIRE_BROWSER is set")
        pytest.skip("no Chromium on this machine; install Debian's package chromium to run the browser tests")
    with open_browser(path) as browser:
        yield browser


def find_chromium() -> str | None:
    """Where the system's Chromium is."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def open_browser(path: str) -> Iterator[Browser]:
    """That Chromium, without a window."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()
