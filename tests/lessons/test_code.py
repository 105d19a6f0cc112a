"""The code that lessons show runs, and prints what the page says it prints."""

import contextlib
import io
import itertools
import re
import sys

import matplotlib
import pytest

from grader.models import find_model

matplotlib.use("Agg")  # no window


@pytest.fixture
def displayed(monkeypatch) -> list[str]:
    """Collect the HTML that bertviz shows; a notebook would draw it."""
    shown = []
    for module in ("bertviz.head_view", "bertviz.model_view", "bertviz.neuron_view"):
        __import__(module)
        monkeypatch.setattr(sys.modules[module], "display", lambda html: shown.append(html.data))
    return shown


def blocks(page) -> list[tuple[str, str | None]]:
    """Return each Python block of a page with what the page says it prints."""
    found = []
    fences = [*page.fences, ("", "")]
    for (name, body), (after, output) in itertools.pairwise(fences):
        if name == "python":
            found.append((body, output if after == "text" else None))
    return found


def test_code_of_a_lesson_runs_and_prints_what_it_says(pages, displayed):
    space = {}
    for source, expected in blocks(pages[0]):
        before = len(displayed)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(source, pages[0].name, "exec"), space)
        if expected is not None:
            assert printed.getvalue() == expected
        views = re.findall(r"^(?:head_view|model_view|show)\(", source, re.MULTILINE)
        assert (len(displayed) > before) == bool(views), "a view is shown where the code calls it"


def test_another_model_is_one_changed_line(pages):
    for source, _ in blocks(pages[0]):
        line = next((line for line in source.splitlines() if line.startswith("name = ")), None)
        if line is None:
            continue
        other = re.fullmatch(r'name = find_model\("minilm"\)\.path  # (name = "[\w./-]+")', line)
        assert other, "the line says what to write for another model"
        # A folder given as text stands for any other model: the rest of the block must not care.
        changed = source.replace(line, f"name = {str(find_model('minilm').path)!r}")
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(changed, pages[0].name, "exec"), {})
