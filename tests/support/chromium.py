"""One Chromium for all tests of a process: Playwright runs only once in each."""

import shutil

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first that is there; the shell draws the same pages, without a window around them."""


def find_chromium() -> str | None:
    """Return the path of Debian's Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@pytest.fixture(scope="session")
def chromium():
    """A browser that cannot leave the machine; Debian's, none is ever downloaded."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = find_chromium()
    if path is None:
        pytest.skip(
            "there is no chromium; install it with: apt-get install chromium-headless-shell"
        )
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
