"""`make bench-site`: pages of attention views, ours beside raw bertviz, in one run.

Both stand in the course's theme with the same words around them; raw bertviz's libraries are served
beside its pages, as they would be on a site that may not ask a foreign address. Measured in a
Chromium at 1.6 Mbit/s with 150 ms and a processor as slow as a phone's, nothing cached. Every
limit is a ratio of two times of the same run, so that a busy machine cannot break it; the times
themselves are printed. Writes build/bench/site.json and site.md.
"""

import argparse
import json
import platform
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import long_texts
from bench.pages import build_pages, serve_folder
from playwright.sync_api import sync_playwright

from support.chromium import FLAGS, find_chromium

OUT = Path(__file__).parent.parent.parent / "build" / "bench"
VIEWS = (1, 6, 20)
SLOW = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 1.6e6 / 8}
PHONE = 400
"""How fast the processor is, as Lighthouse's BenchmarkIndex: 125 to 800 is "mid-tier mobile" in its
docs/throttling.md. With a line of a fixed speed the processor's must be fixed too: what part of a
page's time is computed, and with it every ratio, would else depend on the machine."""

POWER = """() => {
    // What BenchmarkIndex counts, for half a second each: long strings built, long arrays copied.
    const count = (work) => {
        const start = performance.now();
        let times = 0;
        while (performance.now() - start < 500) work(times++);
        return times / 10 / ((performance.now() - start) / 1000);
    };
    let kept = '';
    const strings = count(() => {
        kept = '';
        for (let letter = 0; letter < 10000; letter++) kept += 'a';
    });
    const arrays = [0, 1].map(() => Array.from({ length: 100000 }, (_, place) => place));
    const copies = count((times) => {
        const [from, to] = [arrays[times % 2], arrays[1 - (times % 2)]];
        for (let place = 0; place < from.length; place++) to[place] = from[place];
    });
    return kept.length && (strings + copies) / 2;
}"""

LAST_SOONER = {6: 3, 20: 8}
"""Views on a page -> how many times sooner than raw bertviz's the last one is seen."""

FIRST_SHARE = 0.7
"""The first view is seen after at most this share of raw bertviz's time."""

FRAMES = 10
"""A change of head or token takes at most as many frames of an empty page, slowed as much."""

WATCH = """(() => {
    const lines = '.attention-view__slot svg line, .raw svg line';
    const look = () => {
        if (!document.querySelector(lines)) return requestAnimationFrame(look);
        setTimeout(() => { window.firstView = performance.now(); }); // once this frame is painted
    };
    requestAnimationFrame(look);
})()"""
"""The moment after the first line of the first view stands in the page."""

LAST = """() => {
    const boxes = [...document.querySelectorAll('figure.attention-view, .raw')];
    const box = boxes[boxes.length - 1];
    box.scrollIntoView();
    const look = () => {
        if (!box.querySelector('.attention-view__slot svg line, #vis svg line'))
            return requestAnimationFrame(look);
        setTimeout(() => { window.lastView = performance.now(); });
    };
    requestAnimationFrame(look);
}"""
"""The moment after the page is loaded, its end gone to and its last view drawn."""

FRAME = """async () => {
    const start = performance.now();
    await new Promise(painted => requestAnimationFrame(() => setTimeout(painted)));
    return performance.now() - start;
}"""

CHANGE = """async ([figure, change]) => {
    const element = document.querySelectorAll('figure.attention-view')[figure];
    const start = performance.now();
    if (change.startsWith('head')) {
        element.querySelectorAll('button[aria-pressed]')[Number(change.slice(4))].click();
    } else {
        const box = element.querySelector('.attention-view__drawing');
        box.dispatchEvent(new KeyboardEvent('keydown', {key: change, bubbles: true}));
    }
    await new Promise(painted => requestAnimationFrame(() => setTimeout(painted)));
    return performance.now() - start;
}"""


def main() -> int:
    """Build, measure, write and print; 1 where a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="of each page; the median counts")
    arguments = parser.parse_args()
    folder = OUT / "site"
    shutil.rmtree(folder, ignore_errors=True)
    build_pages(folder, VIEWS, {"long-ours": long_texts.long_fence()})
    long_texts.put_rivals(folder / "built")
    with serve_folder(folder / "built") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        slowed = max(1.0, round(power(browser) / PHONE, 1))
        print(f"the processor is slowed {slowed} times", flush=True)
        pages = {}
        for views in VIEWS:
            for kind in ("ours", "raw"):
                runs = [
                    first_view(browser, f"{address}{kind}-{views}.html", slowed)
                    for _ in range(arguments.runs)
                ]
                pages[f"{kind}-{views}"] = {
                    name: round(statistics.median(run[name] for run in runs)) for name in runs[0]
                }
                print(f"{kind} {views}: {pages[f'{kind}-{views}']}", flush=True)
        frames = frame_times(browser, slowed)
        changes = change_times(browser, f"{address}ours-6.html", slowed)
        opening = [open_time(browser, f"{address}long.html") for _ in range(arguments.runs)]
        texts = long_texts.measure(browser, address, folder / "built")
        browser.close()
    report = summary(pages, changes, frames, round(statistics.median(opening)), texts)
    report["setting"] |= {"processor slowed": slowed, "runs": arguments.runs}
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "site.json").write_text(json.dumps(report, indent=2) + "\n")
    (OUT / "site.md").write_text(table(report))
    print(table(report))
    return 1 if report["broken"] else 0


def chromium() -> str:
    """Return Debian's Chromium."""
    path = find_chromium()
    if path is None:
        sys.exit("bench-site needs Chromium: apt-get install chromium-headless-shell")
    return path


def power(browser) -> float:
    """Return how fast this machine is, as Lighthouse's BenchmarkIndex."""
    page = browser.new_page()
    found = statistics.median(page.evaluate(POWER) for _ in range(3))
    page.close()
    return found


def slow_page(browser, slowed: float, *, network: bool):
    """Return a fresh page, nothing cached, on a slow machine."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(120_000)
    tools = page.context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    if network:
        tools.send("Network.enable")
        tools.send("Network.emulateNetworkConditions", {"offline": False, **SLOW})
    return page


def first_view(browser, address: str, slowed: float) -> dict[str, float]:
    """Return when theme and first view of a page were seen, in ms, and what had been fetched."""
    page = slow_page(browser, slowed, network=True)
    page.add_init_script(WATCH)
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.firstView")
    page.wait_for_load_state()
    page.evaluate(LAST)
    page.wait_for_function("window.lastView")
    found = page.evaluate(
        """() => ({
            paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
            view: window.firstView,
            last: window.lastView,
            bytes: [...performance.getEntriesByType('resource'),
                ...performance.getEntriesByType('navigation')]
                .reduce((sum, entry) => sum + entry.transferSize, 0),
        })"""
    )
    page.context.close()
    return found


def frame_times(browser, slowed: float) -> list[float]:
    """Return how long an empty page takes for a frame, slowed as the others are, in ms."""
    page = slow_page(browser, slowed, network=False)
    page.goto("about:blank")
    taken = [page.evaluate(FRAME) for _ in range(60)]
    page.context.close()
    return taken


def change_times(browser, address: str, slowed: float) -> list[float]:
    """Return how long each of many changes took until painted, in ms."""
    page = slow_page(browser, slowed, network=False)
    page.goto(address)
    taken = []
    # The first is a head view, the second a model view. A head is added and taken away again.
    heads = [f"head{n}" for n in range(8) for _ in range(2)]
    moves = {
        0: heads + ["ArrowDown"] * 12 + ["ArrowRight"] + list("L3H7"),
        1: ["ArrowRight"] * 6 + ["Enter"] + ["ArrowDown"] * 12 + ["Escape"] + list("L4H2"),
    }
    for figure, changes in moves.items():
        page.locator("figure.attention-view").nth(figure).scroll_into_view_if_needed()
        page.wait_for_function(
            f"document.querySelectorAll('figure.attention-view')[{figure}]"
            ".dataset.state === 'drawn'"
        )
        page.wait_for_timeout(500)
        taken += [page.evaluate(CHANGE, [figure, change]) for change in changes]
    page.context.close()
    return taken


def open_time(browser, address: str) -> float:
    """Return how long a model view of 64 tokens takes until painted, at full speed, in ms."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_function("window.firstView")
    found = page.evaluate("window.firstView")
    page.context.close()
    return found


def summary(
    pages: dict, changes: list[float], frames: list[float], opening: int, texts: dict
) -> dict:
    """Return the report: what was measured, and which ratios are beyond their limits."""
    slowest, frame = (statistics.quantiles(times, n=20)[-1] for times in (changes, frames))
    found = {
        "first view, ms": max(pages[f"ours-{n}"]["view"] for n in VIEWS),
        "after the theme's first paint, ms": max(
            pages[f"ours-{n}"]["view"] - pages[f"ours-{n}"]["paint"] for n in VIEWS
        ),
        "change of head or token, 95th percentile, ms": round(slowest),
        "frame of an empty page, 95th percentile, ms": round(frame),
        "64 tokens x 72 heads open, ms": opening,
    }
    ours, raw = ({n: pages[f"{kind}-{n}"] for n in VIEWS} for kind in ("ours", "raw"))
    ratios = [
        (f"last of {n} views, times sooner", raw[n]["last"] / ours[n]["last"], ">=", least)
        for n, least in LAST_SOONER.items()
    ]
    ratios += [
        (f"first of {n} views, share of raw's time", ours[n]["view"] / raw[n]["view"], "<=", most)
        for n, most in dict.fromkeys(VIEWS, FIRST_SHARE).items()
    ]
    ratios.append(("change of head or token, frames", slowest / frame, "<=", FRAMES))
    ratios += long_texts.ratios(texts)
    kept = {">=": float.__ge__, "<=": float.__le__}
    return {
        "machine": {"processors": cpus(), "python": platform.python_version()},
        "setting": {"bit/s": 1_600_000, "latency, ms": 150},
        "pages": pages,
        "long texts": texts,
        "times": found,
        "ratios": [
            {"name": name, "found": round(ratio, 2), "limit": f"{sign} {limit}"}
            for name, ratio, sign, limit in ratios
        ],
        "broken": [
            name for name, ratio, sign, limit in ratios if not kept[sign](ratio, float(limit))
        ],
    }


def cpus() -> int:
    """Return how many processors we may use."""
    return int(subprocess.run(["nproc"], capture_output=True, text=True).stdout or 1)


def table(report: dict) -> str:
    """Return the report as Markdown."""
    lines = [
        "| views on the page | ours: first paint | first view | last view | kB "
        "| raw: first view | last view | kB |",
        "|" + "---|" * 8,
    ]
    for n in VIEWS:
        ours, raw = report["pages"][f"ours-{n}"], report["pages"][f"raw-{n}"]
        lines.append(
            f"| {n} | {ours['paint']} ms | {ours['view']} ms | {ours['last']} ms "
            f"| {ours['bytes'] / 1000:.0f} | {raw['view']} ms | {raw['last']} ms "
            f"| {raw['bytes'] / 1000:.0f} |"
        )
    lines += ["", "| ratio | found | limit |", "|---|---|---|"]
    lines += [f"| {r['name']} | {r['found']} | {r['limit']} |" for r in report["ratios"]]
    lines += ["", "| time | found |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in report["times"].items()]
    lines += ["", *long_texts.table(report["long texts"])]
    broken = ", ".join(report["broken"]) or "none"
    return "\n".join([*lines, "", f"Limits broken: {broken}.", ""])


if __name__ == "__main__":
    sys.exit(main())
