"""What formgrader renders of a submission has a bound; a person still reads every sign."""

import re

import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.grading.formgrader import CODE_OF_NOTEBOOK, ShowPlainly
from grader.grading.sanitize.plain_text import LINE, OF_CELL, OF_NOTEBOOK, as_typed

SHOWN = {"submission_id": "1"}
RED = "\x1b[31mx"


def rendered(*cells) -> str:
    exporter = HTMLExporter(preprocessors=[ShowPlainly()])
    return exporter.from_notebook_node(new_notebook(cells=list(cells)), resources=dict(SHOWN))[0]


def plainly(*cells):
    return ShowPlainly().preprocess(new_notebook(cells=list(cells)), SHOWN)[0].cells


def test_short_texts_stay_as_they_are():
    cells = [new_markdown_cell("**a**"), new_code_cell("f()")]
    cells[1].outputs = [new_output("stream", text=RED)]
    assert plainly(*cells) == cells


def test_a_long_text_is_shown_to_its_last_sign_and_nothing_in_it_acts():
    text = "~~~~~\n**bold** " + "[a](" * OF_CELL + "\n~~~~~~\nthe end"
    page = rendered(new_markdown_cell(text))
    assert "**bold**" in page
    assert "the end" in page
    assert "<strong>" not in page


def test_many_texts_are_as_bounded_as_a_long_one():
    cells = plainly(*[new_markdown_cell("x" * 10_000) for _ in range(8)])
    assert [cell.source.startswith("~~~") for cell in cells] == [False] * 6 + [True] * 2


@pytest.mark.parametrize("text", ["~~~", "a\n~~~~~~~\nb", "~" * 1000])
def test_no_text_ends_the_block_it_is_shown_in(text):
    first, *_, last = as_typed(text).split("\n")
    assert first == last
    assert first not in text
    assert re.fullmatch("~{3,}", first)


def test_code_is_cut_and_says_by_how_much():
    (cell,) = plainly(new_code_cell("(" * 60_000))
    assert cell.source.endswith("# ... 10000 more signs")
    assert len(cell.source) < 51_000


@pytest.mark.parametrize(
    "output",
    [
        new_output("stream", text=RED * 50_000),
        new_output("error", ename="E", evalue="", traceback=[RED] * 50_000),
        new_output("display_data", {"text/plain": RED * 50_000}),
    ],
)
def test_long_outputs_keep_their_signs_and_lose_their_colours(output):
    (cell,) = plainly(new_code_cell("", outputs=[output]))
    assert "\x1b" not in str(cell)
    assert str(cell).count("x") >= 50_000


def test_other_pages_are_left_alone():
    cell = new_markdown_cell("x" * 50_000)
    assert ShowPlainly().preprocess(new_notebook(cells=[cell]), {})[0].cells == [cell]


def test_no_line_of_a_long_text_is_long():
    (cell,) = plainly(new_markdown_cell("[a](" * OF_CELL))
    assert max(map(len, cell.source.splitlines())) <= LINE


def test_what_is_rendered_of_the_longest_notebook_is_bounded():
    cells = [new_markdown_cell("\\begin{a}" * 2_000) for _ in range(60)]
    cells += [new_code_cell("(" * 50_000) for _ in range(60)]
    shown = plainly(*cells)
    formatted = [c.source for c in shown if c.cell_type == "markdown" and c.source[0] != "~"]
    assert sum(map(len, formatted)) <= OF_NOTEBOOK
    code = sum(len(cell.source) for cell in shown if cell.cell_type == "code")
    assert code <= CODE_OF_NOTEBOOK + 60 * len("\n# ... 50000 more signs")
