"""The gate that every browser test passes is worth something only if it can close."""

import pytest


@pytest.mark.parametrize(
    ("script", "sign"),
    [
        ("fetch('https://example.org/x').catch(() => 0)", "outside request https://example.org"),
        ("new Image().src = 'https://cdn.example.org/d3.js'", "outside request https://cdn"),
        ("console.error('bad')", "console: bad"),
        ("setTimeout(() => { throw Error('worse') })", "exception: worse"),
        ("new WebSocket('wss://example.org')", "WebSocket"),
        ("new Image().src = 'missing.png'", "404"),
    ],
)
def test_trouble_on_a_page_is_seen(open_page, pages, script, sign):
    page = open_page(pages.page(name="quiet.html"))
    page.evaluate(f"() => {{ {script} }}")
    page.wait_for_timeout(250)
    assert any(sign in line for line in page.trouble), page.trouble
    page.trouble.clear()
