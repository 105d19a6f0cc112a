"""Watch it write: what the page writes is what Python writes, with cuts and without."""

from urllib.parse import urlencode

import numpy as np
import pytest

from attention_views.bundle import build_engine
from attention_views.live_write import publish_smollm2
from grader.attention import HeadId
from grader.network.edits import CutEdges, ZeroHead
from support.axe import violations
from support.live_smollm2 import smollm2_file

STORY = "When Mary and John went to the store, John gave a drink to"
DRAWN = ".watch-it-write figure[data-state=drawn]"
BUTTON = ".watch-it-write .md-button--primary"


def folder_with(tmp_path_factory, *, model):
    folder = tmp_path_factory.mktemp("write")
    (folder / "assets" / "views").mkdir(parents=True)
    for path in build_engine(tmp_path_factory.mktemp("engine") / "views-engine"):
        (folder / "assets" / "views" / path.name).write_bytes(path.read_bytes())
    publish_smollm2(folder, model=model, build=folder / "build")
    for language in ("zh", "en"):
        (folder / f"{language}.html").write_text(
            f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>page</title>'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            '<link rel="icon" href="data:,"><style>html{font-size:125%}body{margin:0 auto;'
            "max-width:35rem;padding:.8rem;--md-default-bg-color:#fff;--md-default-fg-color:#222;"
            "--md-default-fg-color--light:#5c5f66;--md-accent-fg-color:#1d4fc4}</style>"
            '<body data-md-color-scheme="default"><main><h1>Page</h1><h2>Run</h2>'
            f'<div class="watch-it-write" data-language="{language}"></div></main>'
            '<script src="assets/write/page.js"></script></body></html>',
            encoding="utf-8",
        )
    return folder


@pytest.fixture(scope="module")
def writing(tmp_path_factory, serve):
    """The address of a small site with the model."""
    smollm2_file()
    return serve(folder_with(tmp_path_factory, model=True))


@pytest.fixture
def page(open_page, writing):
    def page(language="en", before=None, width=1280, **asked):
        opened = open_page(
            f"{writing}{language}.html#{urlencode(asked)}",
            width=width,
            touch=width < 500,
            before=before,
        )
        opened.set_default_timeout(60_000)
        return opened

    return page


def write(page):
    page.locator(BUTTON).click()
    page.wait_for_selector(DRAWN)
    page.wait_for_selector(f"{BUTTON}:enabled")


def runs(page):
    return [run.inner_text() for run in page.locator(".writes__run").all()]


def expected(edits=(), n=10):
    from grader.generation import generate

    return generate(STORY, n, edits)


@pytest.mark.long
def test_nothing_is_fetched_before_the_button_and_its_size_is_said(page):
    opened = page(text=STORY)
    opened.wait_for_load_state("networkidle")
    assert "98 MB" in opened.locator(BUTTON).inner_text()
    assert "300 MB of memory" in opened.locator(".own-sentence__about").inner_text()
    names = opened.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert not [name for name in names if "part" in name or "worker" in name]


@pytest.mark.long
def test_it_writes_what_python_writes_and_cuts_change_it_alike(page):
    opened = page(text=STORY, write=10)
    write(opened)
    made = expected()
    assert runs(opened)[0].replace("\n", "") == (STORY + made.written).replace("\n", "")
    assert opened.locator(".generation__guesses b").first.inner_text() == "“ Mary”"
    drawn = opened.eval_on_selector_all(
        ".generation__map .cells rect",
        "cells => cells.map(cell => Number(cell.getAttribute('fill-opacity')))",
    )
    key = int(made.row(0).mean(axis=(0, 1))[1:].argmax()) + 1
    assert np.abs(np.array(drawn).reshape(30, 9) - made.row(0)[:, :, key]).max() <= 3e-3

    box = opened.locator(".attention-view__drawing")
    box.focus()
    opened.keyboard.type("L23H3")
    opened.get_by_role("button", name="silence L23H3").click()
    opened.get_by_role("button", name="undo: L23H3 silent").wait_for()
    opened.wait_for_selector(f"{BUTTON}:enabled")
    cut = expected([ZeroHead(HeadId(23, 3))])
    assert runs(opened)[1].split("The same as")[0].strip().replace("\n", "") == (
        STORY + cut.written
    ).replace("\n", "")
    assert "silent=L23H3" in opened.url

    opened.keyboard.press("Escape")
    opened.locator(".generation__text span").nth(1).click()
    opened.get_by_role("button", name="hide “ Mary” from all after it").click()
    opened.wait_for_function("location.hash.includes('hidden=1')")
    opened.wait_for_selector(f"{BUTTON}:enabled")
    both = expected([ZeroHead(HeadId(23, 3)), CutEdges(range(2, 23), [1])])
    assert runs(opened)[1].replace("\n", "") == (STORY + both.written).replace("\n", "")
    assert runs(opened)[0].replace("\n", "") == (STORY + made.written).replace("\n", "")
    assert violations(opened) == []

    opened.get_by_role("button", name="undo all").click()
    opened.wait_for_function("!location.hash.includes('hidden')")


@pytest.mark.long
def test_the_address_writes_again_without_a_download(page):
    opened = page(text=STORY, write=10)
    write(opened)
    seen = runs(opened)
    fetched = []
    opened.on("request", lambda request: fetched.append(request.url))
    opened.reload()
    opened.wait_for_selector(DRAWN)
    assert runs(opened) == seen
    assert not [url for url in fetched if "part" in url]


@pytest.mark.long
def test_a_download_can_be_stopped_and_goes_on_where_it_was(page):
    opened = page(text=STORY, write=10)
    opened.route("**/part4.bin*", lambda route: None)  # never comes
    opened.locator(BUTTON).click()
    opened.wait_for_function("document.querySelector('.watch-it-write progress').value > 0.35")
    opened.get_by_role("button", name="Stop").click()
    opened.get_by_text("Parts that came whole are kept").wait_for()
    opened.unroute("**/part4.bin*")
    fetched = []
    opened.on("request", lambda request: fetched.append(request.url))
    write(opened)
    assert [url for url in fetched if "part4.bin" in url]
    assert not [url for url in fetched if "part0.bin" in url]


@pytest.mark.long
def test_bytes_that_are_not_the_site_s_are_refused(page):
    opened = page(text=STORY)
    opened.route("**/part9.bin*", lambda route: route.fulfill(body=b"\0" * 8_362_432))
    opened.locator(BUTTON).click()
    opened.get_by_text("did not come whole").wait_for()


@pytest.mark.long
def test_too_little_memory_is_said(page):
    opened = page(text=STORY)
    opened.route(
        "**/worker.js",
        lambda route: route.fulfill(
            body="WebAssembly.Memory = class { constructor() { throw new RangeError(); } };"
            + route.fetch().text(),
            content_type="text/javascript",
        ),
    )
    opened.locator(BUTTON).click()
    opened.get_by_text("There is not enough memory").wait_for()


@pytest.mark.long
def test_on_a_phone_nothing_is_wider_than_the_page(page):
    opened = page(language="zh", width=390, text=STORY, write=10, silent="L23H3")
    write(opened)
    box = opened.locator("html").evaluate("html => [html.scrollWidth, html.clientWidth]")
    assert box[0] <= box[1]
    assert violations(opened) == []


@pytest.fixture(scope="module")
def bare(tmp_path_factory, serve):
    """The address of a small site without the model."""
    return serve(folder_with(tmp_path_factory, model=False))


@pytest.mark.parametrize(
    ("language", "said"), [("en", "comes without this model"), ("zh", "没有带这个模型")]
)
def test_a_site_without_the_model_says_so_and_how_to_bring_it(open_page, bare, language, said):
    opened = open_page(f"{bare}{language}.html")
    note = opened.locator(".own-sentence__note").inner_text()
    assert said in note
    assert "LIVE_SMOLLM2=true make site" in note


@pytest.mark.long
def test_a_browser_without_simd_is_told(open_page, writing):
    opened = open_page(f"{writing}en.html", before="WebAssembly.validate = () => false")
    assert "lacks WebAssembly SIMD" in opened.locator(".own-sentence__note").inner_text()
