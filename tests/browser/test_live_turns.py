"""A page that runs a model shows what was asked last, whatever answers late or never.

The Worker is a fake one (support/fake_worker.js): no model is needed, and it answers when a test
says so.
"""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest

from attention_views.bundle import assemble_kernel, build_engine, bundle_script
from attention_views.live_write import KERNEL
from support.axe import violations

FAKE = (Path(__file__).parents[1] / "support" / "fake_worker.js").read_text(encoding="utf-8")
MODEL = json.dumps({"key": "0", "bytes": 98_000_000, "last": "part9.bin"})
WRITE = "watch-it-write"
OWN = "own-sentence"
BUTTON = "button[type=submit]"
STATUS = ".own-sentence__status"


@pytest.fixture(scope="module")
def live(tmp_path_factory, serve):
    """The address of a small site with both pages and no model."""
    folder = tmp_path_factory.mktemp("turns")
    parts = tmp_path_factory.mktemp("parts")
    (folder / "assets" / "views").mkdir(parents=True)
    for path in build_engine(tmp_path_factory.mktemp("engine") / "views-engine"):
        (folder / "assets" / "views" / path.name).write_bytes(path.read_bytes())
    assemble_kernel(KERNEL, parts / "kernel.wasm")
    options = [f"--define:__MODEL__={MODEL}", f"--alias:smollm2={parts}", "--loader:.wasm=binary"]
    bundle_script("live/smollm2/page.js", folder / "assets" / "write" / "page.js", *options)
    bundle_script("live/page.js", folder / "assets" / "live" / "page.js", *options)
    for name, script in ((WRITE, "write"), (OWN, "live")):
        (folder / f"{name}.html").write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title>'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            '<link rel="icon" href="data:,"><body data-md-color-scheme="default" style='
            '"--md-default-bg-color:#fff;--md-default-fg-color:#222;'
            '--md-default-fg-color--light:#5c5f66;--md-accent-fg-color:#1d4fc4">'
            f'<main><h1>Page</h1><h2>Run</h2><div class="{name}" data-language="en"></div></main>'
            f'<script src="assets/{script}/page.js"></script></body></html>',
            encoding="utf-8",
        )
    return serve(folder)


@pytest.fixture
def page(open_page, live):
    """page(name, **asked) -> the page, with asked in its address."""

    def page(name=WRITE, *, before="", **asked):
        opened = open_page(f"{live}{name}.html#{urlencode(asked)}", before=FAKE + before)
        opened.wait_for_selector(BUTTON)
        return opened

    return page


def asked(page, count):
    """Wait until the newest Worker has been asked `count` questions; return the last."""
    page.wait_for_function("n => workers.at(-1)?.asked.length === n", arg=count)
    return page.evaluate("workers.at(-1).asked.at(-1)")


def write(page, at, *words):
    page.evaluate("([at, words]) => workers.at(-1).write(at, words)", [at, list(words)])


def written(page):
    page.wait_for_selector("figure[data-state=drawn]")
    page.wait_for_selector(f"{BUTTON}:enabled")
    return page.locator(".generation__text").inner_text()


def write_both(page):
    """Press the button and answer with the untouched run, then with the one that has cuts."""
    page.locator(BUTTON).click()
    asked(page, 1)
    write(page, 0, " one")
    asked(page, 2)
    write(page, 1, " two")
    written(page)


def status(page):
    return page.locator(STATUS).inner_text()


def settle(page):
    """Let everything that was said arrive."""
    page.evaluate("new Promise(done => setTimeout(done, 50))")


def box(page):
    return page.locator("textarea").first


# "Watch it write"


def test_a_text_edited_while_the_model_writes_takes_nothing_of_the_old_run(page):
    opened = page(text="a b")
    opened.locator(BUTTON).click()
    asked(opened, 1)
    before = opened.url
    box(opened).fill("c d e")
    assert opened.locator(BUTTON).is_enabled()
    write(opened, 0, " old")
    settle(opened)
    assert opened.locator("figure").count() == 0
    assert opened.url == before
    opened.locator(BUTTON).click()
    assert asked(opened, 2)["text"] == "c d e"
    write(opened, 1, " new")
    assert written(opened) == "c d e new"
    assert "text=c+d+e" in opened.url


def test_a_text_edited_while_the_model_comes_is_what_is_written(page):
    opened = page(text="a b", before="modelIsSlow = true")
    opened.locator(BUTTON).click()
    opened.wait_for_function("workers.length === 1")
    box(opened).fill("c d e")
    opened.evaluate("workers[0].say({ ready: true })")
    assert asked(opened, 1)["text"] == "c d e"
    write(opened, 0, " new")
    assert written(opened) == "c d e new"


def test_another_count_while_it_writes_is_another_run(page):
    opened = page(text="a b", write=10)
    opened.locator(BUTTON).click()
    asked(opened, 1)
    opened.locator("select").select_option("20")
    write(opened, 0, " old")
    settle(opened)
    opened.locator(BUTTON).click()
    assert asked(opened, 2)["count"] == 20
    write(opened, 1, " new")
    assert written(opened) == "a b new"
    assert "write=20" in opened.url


def test_a_link_during_a_run_asks_the_same_worker_and_the_older_answer_is_dropped(page):
    opened = page(text="a b")
    opened.locator(BUTTON).click()
    asked(opened, 1)
    opened.evaluate("location.hash = 'text=c+d&write=10'")
    assert asked(opened, 2)["text"] == "c d"
    opened.evaluate("workers[0].giveUp(0)")
    settle(opened)
    assert not opened.evaluate("workers[0].ended")
    assert opened.locator(BUTTON).is_disabled()
    assert "Stopped" not in status(opened)
    write(opened, 1, " new")
    assert written(opened) == "c d new"
    assert opened.evaluate("workers.length") == 1


def test_a_page_that_was_left_changes_no_address(page):
    opened = page(text="a b", write=10)
    opened.locator(BUTTON).click()
    asked(opened, 1)
    opened.evaluate("history.replaceState(null, '', '#other')")
    opened.evaluate("document.querySelector('.watch-it-write').remove()")
    write(opened, 0, " old")
    settle(opened)
    assert opened.url.endswith("#other")


def test_stop_between_two_answers_leaves_no_dead_worker(page):
    opened = page(text="a b", silent="L1H1")
    opened.locator(BUTTON).click()
    asked(opened, 1)
    opened.evaluate(
        """() => {
            workers[0].write(0, [" one"]);
            workers[0].addEventListener("message", ({ data }) => {
                if (data.result) document.querySelector(".md-button:not([type=submit])").click();
            });
        }"""
    )
    opened.wait_for_selector(f"{BUTTON}:enabled")
    assert "Stopped" in status(opened)
    opened.locator(BUTTON).click()
    opened.wait_for_function("workers.length === 2")
    assert asked(opened, 1)["text"] == "a b"


def test_after_typing_no_old_chip_and_no_old_scissors_act(page):
    opened = page(text="a b c", hidden="1", silent="L1H1")
    write_both(opened)
    assert opened.locator(".writes__cuts button").count() == 3
    box(opened).press_sequentially(" d")
    assert opened.locator("figure").count() == 0
    assert opened.get_by_role("button", name="hidden").count() == 0
    opened.locator(BUTTON).click()
    asked(opened, 3)
    write(opened, 2, " one")
    last = asked(opened, 4)
    assert last["hidden"] == []
    assert last["silent"] == [[1, 1]]


def test_another_count_keeps_the_cuts_and_their_names(page):
    opened = page(text="a b c", hidden="1", write=10)
    write_both(opened)
    opened.locator("select").select_option("20")
    opened.locator(BUTTON).click()
    assert asked(opened, 3)["hidden"] == []
    assert opened.locator(".writes__cuts button").inner_text().startswith("“ b” hidden")
    write(opened, 2, " one")
    last = asked(opened, 4)
    assert (last["hidden"], last["count"]) == ([1], 20)


def test_the_page_takes_its_cuts_from_what_was_applied(page):
    opened = page(text="a b c", hidden="999,1,1", silent="L5H11")
    write_both(opened)
    assert [chip.inner_text() for chip in opened.locator(".writes__cuts button").all()] == [
        "“ b” hidden from all after it ×"
    ]
    assert "silent" not in opened.url
    assert "999" not in opened.url


def test_the_focus_stays_where_a_chip_or_a_pair_of_scissors_was_pressed(page):
    opened = page(text="a b c", hidden="1", silent="L1H1")
    write_both(opened)
    chips = opened.locator(".writes__cuts button")
    chips.first.focus()
    opened.keyboard.press("Enter")
    asked(opened, 3)
    write(opened, 2, " three")
    written(opened)
    assert opened.evaluate("document.activeElement.textContent").startswith("“ b” hidden")
    opened.keyboard.press("Enter")
    settle(opened)
    assert opened.evaluate("document.activeElement.className") == "writes__cuts"
    opened.locator(".generation__text span").nth(1).click()
    opened.get_by_role("button", name="let “ b” see itself alone").focus()
    opened.keyboard.press("Enter")
    asked(opened, 4)
    write(opened, 3, " four")
    opened.wait_for_function("location.hash.includes('blind=1')")
    opened.wait_for_function("document.activeElement.classList.contains('attention-view__drawing')")
    assert violations(opened) == []


def test_progress_is_no_live_region_and_beginning_and_end_are(page):
    opened = page(text="a b", before="modelIsSlow = true")
    opened.evaluate(
        """() => {
            window.said = [];
            const region = document.querySelector(".own-sentence__form [role=status]");
            new MutationObserver(() => region.textContent && said.push(region.textContent))
                .observe(region, { childList: true, characterData: true, subtree: true });
        }"""
    )
    opened.locator(BUTTON).click()
    opened.wait_for_function("workers.length === 1")
    for part in range(1, 6):
        opened.evaluate("part => workers[0].say({ progress: part * 1e6, total: 6e6 })", part)
    opened.wait_for_function(
        "css => document.querySelector(css).textContent.includes('5.0 of 6.0')", arg=STATUS
    )
    opened.evaluate("workers[0].say({ ready: true })")
    asked(opened, 1)
    write(opened, 0, *[f" {n}" for n in range(20)])
    written(opened)
    said = opened.evaluate("said")
    assert len(said) <= 4
    assert said[0].startswith("Downloading")
    assert said[-1].startswith("20 tokens in")


def test_the_focus_goes_from_the_button_to_stop_and_back(page):
    opened = page(text="a b")
    opened.locator(BUTTON).focus()
    opened.keyboard.press("Enter")
    asked(opened, 1)
    assert opened.evaluate("document.activeElement.textContent") == "Stop"
    write(opened, 0, " one")
    written(opened)
    assert opened.evaluate("document.activeElement.type") == "submit"


def test_the_enter_that_ends_a_composition_submits_nothing(page):
    opened = page(text="a b")
    box(opened).evaluate(
        """box => box.dispatchEvent(new KeyboardEvent("keydown",
            { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }))"""
    )
    settle(opened)
    assert opened.evaluate("workers.length") == 0
    box(opened).press("Enter")
    asked(opened, 1)


# "Your own sentence"


def drawn(page):
    page.wait_for_selector("figure[data-state=drawn]")
    return page.locator("figcaption").inner_text()


def test_an_older_sentence_that_answers_late_is_dropped(page):
    opened = page(OWN, text="old one")
    opened.locator(BUTTON).click()
    asked(opened, 1)
    opened.evaluate("location.hash = 'text=new+one'")
    asked(opened, 2)
    opened.evaluate("workers[0].attend(1)")
    assert drawn(opened) == "new one"
    opened.evaluate("workers[0].attend(0)")
    settle(opened)
    assert drawn(opened) == "new one"
    assert "new+one" in opened.url


@pytest.mark.parametrize("name", [WRITE, OWN])
def test_an_engine_that_did_not_load_is_fetched_again(page, name):
    opened = page(name, text="a b")
    opened.route("**/engine.js", lambda route: route.abort())
    opened.locator(BUTTON).click()
    asked(opened, 1)
    opened.evaluate(f"workers[0].{'write(0, [` one`])' if name == WRITE else 'attend(0)'}")
    opened.wait_for_selector(f"{BUTTON}:enabled")
    assert "did not finish" in status(opened)
    opened.unroute("**/engine.js")
    opened.locator(BUTTON).click()
    if name == OWN:  # what was written is kept, what was computed is not
        asked(opened, 1)
        opened.evaluate("workers[1].attend(0)")
    opened.wait_for_selector("figure[data-state=drawn]")
    opened.trouble.clear()


def test_a_view_whose_script_does_not_load_is_told(page):
    opened = page(text="a b")
    opened.route("**/generation.js", lambda route: route.abort())
    opened.locator(BUTTON).click()
    asked(opened, 1)
    write(opened, 0, " one")
    opened.get_by_text("data of the interactive view did not load").wait_for()
    opened.wait_for_selector(f"{BUTTON}:enabled")
    assert "did not finish" in status(opened)
    opened.trouble.clear()
