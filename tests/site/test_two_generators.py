"""Zensical builds the pages that MkDocs builds, so that the course can move to it."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from support.built_site import ROOT
from support.model import need_model

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of what an author writes; the rest is linked."""
    need_model()
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "lessons", folder / "lessons")
    shutil.copyfile(ROOT / "mkdocs.yml", folder / "mkdocs.yml")
    for name in ("site", "grader", "exercises"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def run_zensical(folder):
    return subprocess.run(
        [sys.executable, "site/zensical_site.py"],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1", "PYTHONPATH": str(ROOT / "site"), "SITE_URL": ""},
        capture_output=True,
        text=True,
    )


def read(path):
    """Return what a reader has of a page: text, ids, figures, links."""
    article = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").article
    return {
        "text": re.sub(r"\s+", " ", article.get_text(" ")).strip(),
        # Zensical puts the target of "skip to content" into the article.
        "ids": [tag["id"] for tag in article.find_all(id=True) if tag["id"] != "__skip"],
        "figures": [tag["data-key"] for tag in article.find_all(attrs={"data-key": True})],
        "links": [tag["href"] for tag in article.find_all("a", href=True)],
    }


def test_pages_ids_figures_and_links_are_equal(folder, built_offline):
    done = run_zensical(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    ours, theirs = built_offline, folder / "build/zensical"
    pages = [path.relative_to(ours) for path in sorted(ours.rglob("*.html"))]
    assert pages == [path.relative_to(theirs) for path in sorted(theirs.rglob("*.html"))]
    for page in pages:
        if page.name != "404.html":  # it has no article
            assert read(ours / page) == read(theirs / page), page
    for name in ("404.html", "search/index.js", "en/search/index.js", "en/index.html"):
        assert (theirs / name).is_file()
    for kind in ("assets/views/data", "notebooks", "assets/search"):
        built = {path.name: path.read_bytes() for path in (ours / kind).iterdir()}
        assert built == {path.name: path.read_bytes() for path in (theirs / kind).iterdir()}


def test_a_mistake_of_an_author_fails_its_build_too(folder):
    page = folder / "lessons/en/closing.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n[[claim:no.such]]\n", encoding="utf-8")
    line = page.read_text(encoding="utf-8").count("\n")
    done = run_zensical(folder)
    assert done.returncode == 1
    assert f"lessons/en/closing.md:{line}: " in done.stderr
    assert "Problems in the lessons, said above: 1" in done.stderr
