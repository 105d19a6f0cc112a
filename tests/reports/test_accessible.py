"""axe-core finds nothing wrong with feedback and report, in both languages, light and dark."""

import json

import pytest

from attention_views.bundle import build_engine
from grader.reports.class_report import write_report
from grader.reports.feedback import write_feedback
from support.axe import SOURCE, violations

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
OUTPUTS = [
    {"output_type": "display_data", "metadata": {}, "data": {"image/png": PIXEL}},
    {"output_type": "stream", "name": "stdout", "text": "word " * 200},
    {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["x" * 300]},
]
TEXT = "#### Deep\n\n# Top\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n![](x.png) [link](https://example.org)"


@pytest.fixture(scope="module")
def paths(look):
    """A report, and the feedback on a notebook with all that a student may put in."""
    stored = look.folder("autograded", "look", "cat") / "look.ipynb"
    before = stored.read_bytes()
    notebook = json.loads(before)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    code[2]["outputs"] = OUTPUTS
    next(c for c in notebook["cells"] if c["cell_type"] == "markdown")["source"] = TEXT
    stored.chmod(0o644)
    stored.write_text(json.dumps(notebook), encoding="utf-8")
    yield [write_report(look, "look")[0], write_feedback(look, "look").paths["cat"]]
    stored.write_bytes(before)


def open_page(chromium, path, language, width, scheme):
    page = chromium.new_page(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page.goto(path.as_uri())
    page.click(f"label[for=to-{language}]")
    return page


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_page_has_a_violation_and_none_is_wider_than_the_window(
    chromium, paths, language, width, scheme
):
    if not SOURCE.is_file():
        build_engine()  # brings axe-core with the site's other packages
    for path in paths:
        page = open_page(chromium, path, language, width, scheme)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate("document.querySelector('main').append(new Image())")
        assert any(line.startswith("image-alt") for line in violations(page))
        page.close()


def test_one_language_is_shown_at_a_time(chromium, paths):
    page = open_page(chromium, paths[0], "zh", 800, "light")
    assert page.locator(".zh:visible").count() > 10
    assert page.locator(".en:visible").count() == 0
    page.click("label[for=to-en]")
    assert page.locator(".en:visible").count() > 10
    assert page.locator(".zh:visible").count() == 0
    page.close()
