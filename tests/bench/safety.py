"""`make bench-safety`: one corpus of forgeries, attacks and honest flaws, on three graders.

The corpus (`corpus/`, with a README) knows no grader. Every recipe is rendered for stock nbgrader,
for otter-grader (`otter run`; its loop over a class needs Docker) and for ours, each as it comes.
What is harmless to others is graded in one batch; what aims at the batch has one of its own, with
a peer. Pages are opened in a browser, over HTTP.

Exits 0 if everything ran, each control showed what it must, and ours has nothing but zeros. Writes
build/bench/safety.json and safety.md.
"""

import argparse
import copy
import functools
import http.server
import json
import shutil
import sys
import tempfile
import threading
import time
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.classes import OUT
from bench.safety_graders import MARKER, Batch, Grader, Otter, Ours, Stock, versions
from playwright.sync_api import sync_playwright

from support.chromium import FLAGS, find_chromium

CORPUS = Path(__file__).parent / "corpus" / "recipes.toml"
KINDS = {
    "forge": "forged points that paid",
    "honest": "honest points lost",
    "script": "scripts that ran",
    "read": "files read",
    "stop": "batches stopped",
}
POINTS = 3.0
SECONDS = 180.0
"""How long a batch of two may take."""
LONG = 1800.0
"""How long the batch of all that is harmless to others may take."""


@dataclass
class Figures:
    """What one grader came to."""

    counted: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 0.0))
    lines: list[str] = field(default_factory=list)
    """A sentence for each recipe that counted, and each that does not apply."""
    controls: dict[str, bool] = field(default_factory=dict)

    def count(self, recipe: dict, amount: float) -> None:
        """Count what a recipe came to."""
        self.counted[recipe["kind"]] += amount
        if amount:
            self.lines.append(f"{KINDS[recipe['kind']]}, {amount:g}: {recipe['name']}")


def render(recipe: dict, corpus: dict, base: dict, student: str, places: dict[str, str]) -> bytes:
    """Return the notebook that `student` hands in.

    Args:
        recipe: one of the corpus.
        corpus: with the cells as handed out and as answered rightly.
        base: the grader's notebook; metadata ``part`` says what a cell is.
        student: whose.
        places: name in double angle brackets -> path.
    """
    if "bytes" in recipe:
        return recipe["bytes"].encode()

    def told(text: str) -> str:
        for name, path in places.items():
            text = text.replace(f"<<{name}>>", str(path))
        return text

    def cell(kind: str, source: str) -> dict:
        made = {"cell_type": kind, "metadata": {}, "source": told(source)}
        return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})

    answers = corpus["right" if recipe.get("answers") == "right" else "starter"]
    cells = []
    for given in copy.deepcopy(base["cells"]):
        part = given["metadata"].pop("part", "")
        source = "".join(given["source"])
        given["source"] = source.replace('student = ""', f'student = "{student}"')
        if part in answers:
            given["source"] = told(recipe.get(part, answers[part]))
            if part == "pick" and "first" in recipe:
                cells.append(cell("code", recipe["first"]))
        if part == "pick_check" and (tests := recipe.get("tests")):
            if tests == "deleted":
                continue
            if tests == "edited":
                given["source"] += "\n# I looked at this"
            if tests == "twice":
                cells.append(copy.deepcopy(given))
        cells.append(given)
    if "markdown" in recipe:
        cells.append(cell("markdown", recipe["markdown"]))
    if "last" in recipe:
        cells.append(cell("code", recipe["last"]))
    for at, one in enumerate(cells):
        one["id"] = f"cell-{at}"
    return json.dumps(base | {"cells": cells}).encode()


PEER = {"kind": "control", "name": "peer", "answers": "right", "last": f"# {MARKER}peer"}
BLANK = {"kind": "control", "name": "blank"}


class Run:
    """All recipes on one grader."""

    def __init__(self, grader: Grader, corpus: dict, folder: Path, harmed):
        self.grader, self.corpus, self.folder, self.harmed = grader, corpus, folder, harmed
        self.figures, self.batches = Figures(), 0
        self.template = folder / "template"
        self.template.mkdir(parents=True)
        grader.make(self.template)

    def all(self) -> Figures:
        """Run everything; returns what came of it."""
        recipes = self.corpus["recipe"]
        applying = [recipe for recipe in recipes if self._applies(recipe)]
        for recipe in recipes:
            if recipe not in applying:
                self.figures.lines.append(f"does not apply: {recipe['name']}")
        alone = [recipe for recipe in applying if _harms_others(recipe)]
        self._together([recipe for recipe in applying if recipe not in alone])
        for recipe in alone:
            self._alone(recipe)
        return self.figures

    def _applies(self, recipe: dict) -> bool:
        if recipe["kind"] == "script":
            return self.grader.pages
        wants = "<<scores>>" in json.dumps(recipe)
        return not wants or "scores" in self.grader.places(self.template)

    def _batch(self, recipes: dict[str, dict], seconds: float) -> tuple[Batch, Path]:
        self.batches += 1
        folder = self.folder / f"batch{self.batches}"
        shutil.copytree(self.template, folder)
        loot = {student: folder / f"loot-{student}" for student in recipes}
        base = self.grader.notebook(folder)
        for student, recipe in recipes.items():
            places = self.grader.places(folder) | {"loot": loot[student]}
            self.grader.submit(folder, student, render(recipe, self.corpus, base, student, places))
        return self.grader.run(folder, list(recipes), seconds), folder

    def _together(self, recipes: list[dict]) -> None:
        named = {f"s{at:02}": recipe for at, recipe in enumerate(recipes)}
        batch, folder = self._batch({"blank": BLANK, "peer": PEER} | named, LONG)
        controls = self.figures.controls
        controls["a blank notebook has no points"] = batch.points.get("blank") == 0
        controls["a right notebook has all points"] = batch.points.get("peer") == POINTS
        controls["whoever runs the grader can read a peer's notebook"] = (
            MARKER in self.grader.places(folder)["peer"].read_text("utf-8")
        )
        for student, recipe in named.items():
            self._judge(recipe, student, batch, folder)

    def _alone(self, recipe: dict) -> None:
        # `mal` is graded before `peer`: what it does, it does to a peer who waits.
        batch, folder = self._batch({"mal": recipe, "peer": PEER}, SECONDS)
        self._judge(recipe, "mal", batch, folder)
        if not (batch.ended and batch.points.get("peer") == POINTS):
            self.figures.count(recipe | {"kind": "stop"}, 1.0)

    def _judge(self, recipe: dict, student: str, batch: Batch, folder: Path) -> None:
        points = batch.points.get(student) or 0.0
        if recipe["kind"] == "forge":
            self.figures.count(recipe, min(points, POINTS))  # more is no more than all
        elif recipe["kind"] == "honest":
            self.figures.count(recipe, POINTS - points)
        elif recipe["kind"] == "read":
            loot = folder / f"loot-{student}"
            said = batch.shown.get(student, "") + (loot.read_text() if loot.exists() else "")
            self.figures.count(recipe, float(MARKER in _outputs(said)))
        elif recipe["kind"] == "script":
            ran = any(self.harmed(page) for page in batch.pages.get(student, ()))
            if not batch.pages.get(student):
                self.figures.controls[f"there is a page: {recipe['name']}"] = False
            self.figures.count(recipe, float(ran))


def _harms_others(recipe: dict) -> bool:
    """Say whether a recipe may keep others in its batch from being graded."""
    aims = recipe["kind"] == "stop" or "<<scores>>" in json.dumps(recipe)
    return aims or recipe.get("alone", False)


def _outputs(text: str) -> str:
    """Return what cells showed, of a notebook; the text itself, of anything else."""
    try:
        cells = json.loads(text)["cells"]
    except (ValueError, KeyError, TypeError):
        return text
    return json.dumps([cell.get("outputs", []) for cell in cells])


@contextmanager
def looking(folder: Path):
    """Yield a function that opens a page below `folder` in a browser, and says if it was harmed."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)

        def harmed(path: Path) -> bool:
            page = browser.new_page()
            try:
                relative = path.relative_to(folder).as_posix()
                page.goto(
                    f"http://127.0.0.1:{server.server_port}/{relative}",
                    wait_until="domcontentloaded",
                    timeout=60_000,
                )
                page.wait_for_timeout(500)
                for link in page.locator("a", has_text="more").all():
                    link.click(timeout=2000, no_wait_after=True)
                page.wait_for_timeout(300)
                return page.evaluate("window.harm === 1")
            finally:
                page.close()

        yield harmed
    server.shutdown()


def table(found: dict[str, Figures], about: str) -> str:
    """Return the table, and what counted, as Markdown."""
    lines = [
        about,
        "",
        "| | " + " | ".join(found) + " |",
        "|---|" + "---|" * len(found),
    ]
    for kind, told in KINDS.items():
        cells = [_shown(figures, kind, name) for name, figures in found.items()]
        lines.append(f"| {told} | " + " | ".join(cells) + " |")
    for name, figures in found.items():
        lines += ["", f"{name}:", ""]
        lines += [f"- {line}" for line in figures.lines or ["nothing"]]
        lines += [f"- control failed: {c}" for c, held in figures.controls.items() if not held]
    return "\n".join(lines) + "\n"


def _shown(figures: Figures, kind: str, name: str) -> str:
    if kind == "script" and name == Otter.name:
        return "no page"
    return f"{round(figures.counted[kind], 2):g}"


def main() -> int:
    """Run the corpus; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    known = {one.name: one for one in (Stock, Otter, Ours)}
    parser.add_argument("--graders", nargs="+", choices=known, default=list(known))
    arguments = parser.parse_args()
    corpus = tomllib.loads(CORPUS.read_text(encoding="utf-8"))
    OUT.mkdir(parents=True, exist_ok=True)
    found, began = {}, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="safety-") as folder, looking(Path(folder)) as harmed:
        page = Path(folder) / "control.html"
        page.write_text("<script>window.harm = 1</script>")
        browser_works = harmed(page)
        for name in arguments.graders:
            print(f"{name} ...", file=sys.stderr, flush=True)
            found[name] = Run(known[name](), corpus, Path(folder) / name, harmed).all()
            found[name].controls["a script that nothing stops is seen"] = browser_works
    kinds = [recipe["kind"] for recipe in corpus["recipe"]]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in KINDS)
    text = table(found, f"{versions()}; recipes: {counts}.")
    minutes = (time.monotonic() - began) / 60
    (OUT / "safety.md").write_text(text, encoding="utf-8")
    (OUT / "safety.json").write_text(
        json.dumps({name: vars(one) for name, one in found.items()}, indent=1), encoding="utf-8"
    )
    print(text + f"\n{minutes:.1f} minutes")
    ours = found.get(Ours.name)
    well = all(all(one.controls.values()) for one in found.values())
    return 0 if well and (ours is None or not any(ours.counted.values())) else 1


if __name__ == "__main__":
    sys.exit(main())
