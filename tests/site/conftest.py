"""A small model and a converter: what every test of the lessons' marks stands on."""

import logging

import markdown
import pytest

from attention_views import format_fence, validate_fence
from attention_views.ledgers import forget_ledgers
from support.small_model import attention_of


@pytest.fixture
def attend():
    return attention_of


@pytest.fixture(autouse=True)
def _fresh_ledgers():
    forget_ledgers()


@pytest.fixture
def said(caplog):
    """said() -> the sentences reported so far."""
    caplog.set_level(logging.ERROR, logger="mkdocs.attention_views")
    return lambda: [record.getMessage() for record in caplog.records]


class Page:
    """Stands for the link processor from which a lesson takes its path and address."""

    url = "page/"

    def __init__(self, path):
        self.file = self
        self.abs_src_path = str(path)


@pytest.fixture
def convert(tmp_path, monkeypatch):
    """convert(text, language=, claims=, name=, capture=) -> HTML of a lesson in a file."""
    monkeypatch.chdir(tmp_path)

    def convert(
        text,
        *,
        language="en",
        claims="",
        name="lessons/en/page.md",
        extensions=(),
        capture=attention_of,
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        ledger = tmp_path / "lessons" / "claims.toml"
        ledger.write_text(claims, encoding="utf-8")
        fence = {"class": "attention", "format": format_fence, "validator": validate_fence}
        ours = ["attention_views", "pymdownx.superfences"]
        md = markdown.Markdown(
            extensions=["admonition", "attr_list", "tables", "toc", *ours, *extensions],
            extension_configs={
                "attention_views": {"language": language, "capture": capture},
                "pymdownx.superfences": {"custom_fences": [{"name": "attention", **fence}]},
            },
        )
        md.treeprocessors.register(_Nothing(Page(path)), "relpath", 0)
        # A generator cuts off the front matter before it converts.
        return md.convert(text.split("---\n", 2)[2].lstrip("\n") if text[:4] == "---\n" else text)

    return convert


class _Nothing:
    """A tree processor that does nothing but know its file."""

    def __init__(self, page):
        self.file = page

    def run(self, root):
        return None
