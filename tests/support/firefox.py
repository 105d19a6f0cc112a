"""Debian's Firefox, driven by WebDriver BiDi through Playwright's API; none is ever downloaded.

Playwright passes over some options of a context here without a word (scripts off, dark, touch): a
test without scripts would pass with them. So each way is a Firefox of its own, with preferences.
"""

import shutil

import pytest

PREFERENCES = {
    "network.prefetch-next": False,  # what a page asks for is counted
    "ui.useOverlayScrollbars": 1,
    "network.proxy.type": 1,  # a proxy that is not there: nothing leaves the machine
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
}

CANNOT = {
    "test_budgets.py": "Firefox's driver gives no bodies of responses",
    "test_formgrader.py": "formgrader's pages are nbgrader's own",
    "test_an_svg": "Firefox's driver tells of no download",
    "test_a_png": "Firefox's driver tells of no download",
    "saved": "Firefox's driver tells of no download",
    "finger": "Firefox's driver cannot tap",
    "on_a_phone": "Firefox's driver cannot tap",
    "a_tile_opens_its_head_below_the_grid": "Firefox's driver cannot tap",
    "the_row_steps_from_head_to_head": "Firefox's driver cannot tap",
    "without_scripts": "Firefox's driver clicks by a script",
    "scripts-False": "Firefox's driver clicks by a script",
    "print": "Firefox's driver emulates no paper",
}
"""Part of a test's name -> why it is not run in Firefox."""


def reason(name: str) -> str | None:
    """Return why a test cannot run in Firefox, None where it can."""
    return next((why for part, why in CANNOT.items() if part in name), None)


class Firefoxes:
    """Looks like Playwright's browser; opens a Firefox for each way a context asks for."""

    def __init__(self, playwright, path: str):
        self.playwright, self.path = playwright, path
        self.open = {}

    def new_context(
        self,
        *,
        java_script_enabled=True,
        color_scheme="light",
        has_touch=False,
        is_mobile=False,
        service_workers="allow",
        **options,
    ):
        """Return a context of the Firefox whose preferences say what Playwright would not."""
        way = (java_script_enabled, color_scheme, has_touch)
        if way not in self.open:
            dark = 0 if color_scheme == "dark" else 1
            wanted = PREFERENCES | {"layout.css.prefers-color-scheme.content-override": dark}
            if not java_script_enabled:
                wanted["javascript.enabled"] = False
            if has_touch:
                wanted |= {"ui.primaryPointerCapabilities": 1, "ui.allPointerCapabilities": 1}
            self.open[way] = self.playwright.firefox.launch(
                channel="moz-firefox", executable_path=self.path, firefox_user_prefs=wanted
            )
        return self.open[way].new_context(**options)

    def close(self):
        """Close all of them."""
        for one in self.open.values():
            one.close()


@pytest.fixture(scope="session")
def firefox():
    """Firefox, in as many ways as the tests ask for."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    if path is None:
        pytest.skip("there is no Firefox; install it with: apt-get install firefox-esr")
    with sync_api.sync_playwright() as playwright:
        browser = Firefoxes(playwright, path)
        yield browser
        browser.close()
