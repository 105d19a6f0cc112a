"""A text of 481 tokens in one layer: our text view beside bertviz's head view and attnview.

Ours stands in the course's theme, the others alone in their pages: what the theme costs counts
against us. All at full speed, nothing cached; each page is opened once, since a rival's takes a
minute. bertviz and attnview hold one layer of twelve heads, as much as they can at this length;
ours holds all 72 heads.
"""

import statistics
import subprocess
import sys
from pathlib import Path

from bench.pages import ROOT, WORDS, fence, packed, raw_view

from grader.capture import capture, load_model

TOKENS = 481
LAYER = 2
ATTNVIEW = "0.5.1"
DRAWN = {
    "ours": "figure[data-state=drawn] .long__text span",
    "bertviz": "#vis svg line",
    "attnview": "#weights tr",
}
"""What stands in a page once its first row of weights is drawn."""

BYTES_LESS = 20
"""How many times fewer bytes than either rival ours brings until its first head is drawn."""

SOONER = 2
"""How many times sooner it is drawn than by either."""

FIND = """(selector) => {
    const look = () => {
        if (!document.querySelector(selector)) return requestAnimationFrame(look);
        setTimeout(() => { window.drawn = performance.now(); });
    };
    requestAnimationFrame(look);
}"""

CHANGES = {
    "ours": """async (head) => {
        const line = () => document.querySelector('.attention-view__line').textContent;
        document.querySelectorAll('.attention-view__heads button[aria-pressed]')[head].click();
        while (!line().startsWith(`L2H${head}: `)) await new Promise(again => setTimeout(again, 1));
    }""",
    "attnview": """(head) => {
        const choice = document.querySelector('#head');
        choice.value = head;
        choice.dispatchEvent(new Event('change'));
    }""",
}
"""How a head is chosen; bertviz's takes so long to draw that nobody would change it."""


def text() -> str:
    """Return words of which MiniLM makes exactly `TOKENS` tokens."""
    words = WORDS.split() * 5
    more = (word.strip(",.") for word in WORDS.split())  # each of these is one token
    model = load_model()
    while (made := len(model.encode(" ".join(words)))) < TOKENS:
        words.append(next(more))
    assert made == TOKENS, made
    return " ".join(words)


def long_fence() -> str:
    """Return our page's fence."""
    return fence("head", text(), f"layer: {LAYER}", "heads: [9]")


def put_rivals(built: Path) -> None:
    """Write the rivals' pages into a built site, where their libraries lie."""
    attention = capture(text())
    assert attention.n_tokens == TOKENS
    raw = raw_view(text(), "head_view", include_layers=[LAYER], layer=LAYER, heads=[9])
    page = "<!doctype html><meta charset=utf-8><title>bertviz</title>"
    (built / "long-bertviz.html").write_text(page + raw, encoding="utf-8")
    made = attnview().render_html(
        attention.weights[LAYER], tokens=list(attention.tokens), head=9, query=200
    )
    (built / "long-attnview.html").write_text(made, encoding="utf-8")


def attnview():
    """Return the package, installed beside the benchmark's other files; it needs no others."""
    folder = ROOT / "build" / "bench" / f"attnview-{ATTNVIEW}"
    if not folder.is_dir():
        wanted = ["--quiet", "--no-deps", "--target", str(folder), f"attnview=={ATTNVIEW}"]
        subprocess.run([sys.executable, "-m", "pip", "install", *wanted], check=True)
    sys.path.insert(0, str(folder))
    import attnview

    return attnview


def measure(browser, address: str, built: Path) -> dict[str, dict]:
    """Return what each page costs, by name."""
    return {name: _page(browser, address, built, name) for name in DRAWN}


def _page(browser, address: str, built: Path, name: str) -> dict:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(300_000)
    fetched: list[str] = []
    page.on("response", lambda response: fetched.append(response.url.removeprefix(address)))
    page.add_init_script(f"({FIND})({DRAWN[name]!r})")
    page.goto(f"{address}long-{name}.html", wait_until="commit")
    if name == "ours":
        page.locator("figure.attention-view").scroll_into_view_if_needed()
    page.wait_for_function("window.drawn")
    files = {built / url.split("?")[0] for url in fetched}
    found = {
        "kB": round(sum(len(packed(path)) for path in files if path.is_file()) / 1000),
        "drawn after, ms": round(page.evaluate("window.drawn")),
        "nodes": page.evaluate("document.querySelectorAll('body *').length"),
        "JS heap, MB": round(page.evaluate("performance.memory.usedJSHeapSize") / 1e6),
        "change of head, 95th percentile, ms": _changes(page, CHANGES.get(name)),
    }
    page.context.close()
    return found


def _changes(page, change: str | None) -> int | None:
    if change is None:
        return None
    page.wait_for_timeout(1000)
    timed = (
        f"async (head) => {{ const start = performance.now(); await ({change})(head);"
        " await new Promise(seen => requestAnimationFrame(() => setTimeout(seen)));"
        " return performance.now() - start; }"
    )
    taken = [page.evaluate(timed, head) for head in [*range(9), 10, 11] * 2]
    return round(statistics.quantiles(taken, n=20)[-1])


def ratios(pages: dict[str, dict]) -> list[tuple[str, float, str, float]]:
    """Return name, ratio, sign and limit of each comparison."""
    ours = pages["ours"]
    found = []
    for rival in ("bertviz", "attnview"):
        theirs = pages[rival]
        less = theirs["kB"] / ours["kB"]
        sooner = theirs["drawn after, ms"] / ours["drawn after, ms"]
        found.append((f"481 tokens, times fewer bytes than {rival}", less, ">=", BYTES_LESS))
        found.append((f"481 tokens, times sooner than {rival}", sooner, ">=", SOONER))
    return found


def table(pages: dict[str, dict]) -> list[str]:
    """Return the lines of a Markdown table."""
    names = list(pages["ours"])
    lines = ["| 481 tokens | " + " | ".join(names) + " |", "|" + "---|" * (len(names) + 1)]
    for rival, found in pages.items():
        cells = ["" if found[name] is None else str(found[name]) for name in names]
        lines.append(f"| {rival} | " + " | ".join(cells) + " |")
    return lines
