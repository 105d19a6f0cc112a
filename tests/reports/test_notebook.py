"""A student's cells on the feedback page, whatever was stored: a wall of its own."""

import pytest
from bs4 import BeautifulSoup

from grader.course.marks import Marks
from grader.grading.store.record import Entry
from grader.reports.notebook import cells_html
from grader.reports.results import Results

BLANK = Entry("eve", "mini", "mini.ipynb", "", "", "", "", "", "", {}, {}, {})
PICTURE = {"image/png": "QUJD"}


def page(source: str, attachments=()) -> BeautifulSoup:
    cell = {"cell_type": "markdown", "metadata": {}, "source": source}
    cell["attachments"] = dict.fromkeys(attachments, PICTURE)
    return BeautifulSoup(
        cells_html({"cells": [cell]}, BLANK, Marks(), Results(BLANK, Marks(), None)), "html.parser"
    )


@pytest.mark.parametrize("place", ["evil.html", "//example.org/x", "/x", "data:text/html,x", "x:y"])
@pytest.mark.parametrize("text", ["[x]({})", "[x][r]\n\n[r]: {}", "<{}>", "![x]({})"])
def test_a_link_leads_to_another_site_or_nowhere(text, place):
    found = page(text.format(place))
    assert not found.select("[href], [src]")


@pytest.mark.parametrize("place", ["https://example.org/x.png", "x.png"])
def test_a_picture_that_would_be_loaded_is_text(place):
    found = page(f'![**x** "y" <z>]({place} "t")')
    assert not found.find_all("img")
    assert f"]({place})" in found.get_text()


def test_an_attached_picture_is_shown_where_it_is_named_first():
    found = page('![a](attachment:图.png) ![*b* "c"](attachment:b.png)' * 60, ["图.png", "b.png"])
    assert [image["alt"] for image in found.select("img[src]")] == ["a", 'b "c"']
    assert all(image["src"] == "data:image/png;base64,QUJD" for image in found.select("img[src]"))


def test_a_picture_is_no_link_and_no_text():
    found = page('[a](attachment:a.png) `src="attachment:a.png"` src="attachment:a.png"', ["a.png"])
    assert "base64" not in str(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('L1H2, "it": cat 0.75', '第 1 格的图 / picture of cell 1: L1H2, "it": cat 0.75'),
        ("<Figure size 640x480 with 1 Axes>", "第 1 格的图 / picture of cell 1"),
    ],
)
def test_a_picture_keeps_the_words_that_were_shown_with_it(text, said):
    output = {"output_type": "display_data", "data": PICTURE | {"text/plain": text}}
    cell = {"cell_type": "code", "metadata": {}, "source": "", "outputs": [output]}
    html = cells_html({"cells": [cell]}, BLANK, Marks(), Results(BLANK, Marks(), None))
    (image,) = BeautifulSoup(html, "html.parser").find_all("img")
    assert image["alt"] == said
