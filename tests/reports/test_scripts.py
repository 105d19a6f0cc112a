"""A script in a student's notebook reaches neither feedback nor formgrader, in a real chromium."""

from dataclasses import replace
from pathlib import Path

import pytest
from nbformat import from_dict

from grader.course.marks import Marks
from grader.course.release import load_config
from grader.grading.intake.assignment import read_assignment
from grader.grading.judge.judge import finish_notebook
from grader.grading.limits import Limits
from grader.grading.sanitize.outputs import keep_outputs
from grader.grading.store.record import Entry
from grader.grading.store.waiting import Waiting
from grader.questions import load_exercise
from grader.reports.class_report import report_page
from grader.reports.feedback import feedback_page
from grader.reports.tally import Criterion, Hint, Pair, tally
from support.courses import make_course


def hit(name):
    return f"window.hits=(window.hits||[]).concat('{name}')"


def payloads(place):
    """Markdown or HTML that runs a script when shown or clicked, by name."""
    return {
        f"{place}-script": f"<script>{hit(place + '-script')}</script>",
        f"{place}-img": f'<img src=x onerror="{hit(place + "-img")}">',
        f"{place}-svg": f'<svg onload="{hit(place + "-svg")}"></svg>',
        f"{place}-details": f'<details open ontoggle="{hit(place + "-details")}">x</details>',
        f"{place}-link": f"[click](javascript:{hit(place + '-link').replace(' ', '')})",
        f"{place}-iframe": f'<iframe srcdoc="<script>parent.{hit(place + "-iframe")}</script>">'
        "</iframe>",
    }


def hostile():
    """An executed notebook with payloads wherever a student can put text."""
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": text}
        for text in payloads("markdown").values()
    ]
    cells += [
        {"cell_type": "raw", "metadata": {}, "source": text} for text in payloads("raw").values()
    ]
    essay = {"schema_version": 3, "grade": True, "solution": True, "locked": False, "task": False}
    cells.append(
        {
            "cell_type": "markdown",
            "metadata": {"nbgrader": essay | {"grade_id": "essay", "points": 1}},
            "source": "\n\n".join(payloads("essay").values()),
        }
    )
    outputs = []
    for mime in ("text/html", "image/svg+xml", "text/markdown", "text/latex", "text/plain"):
        for text in payloads(mime.replace("/", "-").replace("+", "-")).values():
            if mime == "image/svg+xml":
                text = f'<svg xmlns="http://www.w3.org/2000/svg">{text}</svg>'
            outputs.append({"output_type": "display_data", "metadata": {}, "data": {mime: text}})
    outputs.append(
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"application/javascript": hit("javascript")},
        }
    )
    outputs.append(
        {"output_type": "stream", "name": "stdout", "text": payloads("stream")["stream-img"]}
    )
    outputs.append(
        {
            "output_type": "error",
            "ename": "E",
            "evalue": "v",
            "traceback": [payloads("error")["error-img"]],
        }
    )
    cells.append(
        {
            "cell_type": "code",
            "metadata": {},
            "execution_count": 1,
            "source": "</pre><img src=x onerror=" + hit("code") + ">",
            "outputs": outputs,
        }
    )
    for at, cell in enumerate(cells):
        cell["id"] = f"c{at}"
    metadata = {"kernelspec": {"name": "python3", "display_name": "x"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("scripts"))


@pytest.fixture(scope="module")
def harmless(course):
    notebook = from_dict(hostile())
    keep_outputs(notebook, Limits())
    return finish_notebook(notebook, read_assignment(course, "mini"), {}, "en")


def formgrader(notebook, config) -> str:
    """Render as formgrader does: its template, its exporter."""
    import nbgrader.server_extensions.formgrader as package
    from nbconvert.exporters import HTMLExporter

    config = config.copy()
    config.HTMLExporter.template_name = "formgrade"
    templates = str(Path(package.__file__).parent / "templates")
    config.HTMLExporter.extra_template_basedirs = [templates]
    resources = {
        "assignment_id": "mini",
        "notebook_id": "mini",
        "submission_id": "0",
        "index": 0,
        "total": 1,
        "base_url": "",
        "student": "eve",
        "last_name": "",
        "first_name": "",
        "notebook_path": "",
    }
    html, _ = HTMLExporter(config=config).from_notebook_node(from_dict(notebook), resources)
    return html


def hits(chromium, html: str, folder: Path) -> set[str]:
    """Open a page with the network cut off, click every link, and say which payloads ran."""
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    page = chromium.new_page()
    page.route("**/*", lambda route: route.continue_() if local(route) else route.abort())
    page.goto(path.as_uri(), wait_until="load")
    page.wait_for_timeout(500)
    page.evaluate(
        "document.querySelectorAll('a').forEach("
        "link => { if (link.protocol === 'javascript:') { link.target = ''; link.click(); } })"
    )
    page.wait_for_timeout(500)
    found = set(page.evaluate("window.hits || []"))
    page.close()
    return found


def local(route) -> bool:
    return route.request.url.startswith(("file:", "data:", "about:"))


def test_stock_nbgrader_runs_the_scripts(chromium, tmp_path):
    from traitlets.config import Config

    found = hits(chromium, formgrader(hostile(), Config()), tmp_path)
    places = {name.rsplit("-", 1)[0] for name in found}
    assert {"markdown", "essay", "text-html"} <= places
    assert "markdown-link" in found
    sanitized = Config()
    sanitized.HTMLExporter.sanitize_html = True
    found = hits(chromium, formgrader(hostile(), sanitized), tmp_path)
    assert {"markdown", "essay"} <= {name.rsplit("-", 1)[0] for name in found}


def test_no_script_runs_in_formgrader(chromium, harmless, course, tmp_path):
    assert hits(chromium, formgrader(harmless, load_config(course)), tmp_path) == set()


def test_what_is_stored_is_harmless_even_without_our_settings(chromium, harmless, tmp_path):
    from traitlets.config import Config

    assert hits(chromium, formgrader(harmless, Config()), tmp_path) == set()


def test_no_script_runs_in_feedback(chromium, harmless, tmp_path):
    blank = Entry("<b>eve</b>", "mini", "mini.ipynb", "", "", "", "", "", "", {}, {}, {})
    page = feedback_page(harmless, blank, Marks(), None, "en")
    assert hits(chromium, page, tmp_path) == set()


def test_feedback_is_safe_by_itself(chromium, tmp_path):
    """A second wall: even outputs that were never made harmless stay text."""
    notebook = hostile()
    blank = Entry("eve", "mini", "mini.ipynb", "", "", "", "", "", "", {}, {}, {})
    page = feedback_page(notebook, blank, Marks(), None, "en")
    assert hits(chromium, page, tmp_path) == set()


def test_no_script_runs_in_the_report_of_a_class(chromium, look, tmp_path):
    """Names of students are theirs; whatever stands in one stays text."""
    names = tuple(payloads("name").values())
    found = replace(
        tally(look, "look"),
        waiting=tuple(Waiting(name, (name,), "fault", name, {"fault": name}) for name in names),
        faults=names,
        endings=(("crash", names),),
        notes=(("crash", names),),
        doors=tuple((name, "not_json") for name in names),
        pairs=tuple(Pair(name, names[0], ("clear_check", names[1])) for name in names),
        hints=tuple(Hint(name, name, 1) for name in names),
        criteria=tuple(Criterion(name, name, 1, 1, 1, 1) for name in names),
        common=((names[0], 3),),
    )
    page = report_page(found, load_exercise(look.exercises / "look"), "en")
    assert page.count("&lt;script&gt;") > 5
    assert hits(chromium, page, tmp_path) == set()
