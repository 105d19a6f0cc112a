"""A small model and a converter: what every test of the lessons' marks stands on."""

import logging

import markdown
import numpy as np
import pytest

from attention_views import format_fence, validate_fence
from attention_views.claims import forget_ledgers
from grader.attention import Attention
from grader.errors import TextError

N_LAYERS, N_HEADS = 2, 3


def attention_of(text, pair=None):
    """Attention of 2 layers with 3 heads, made by rule.

    L0H0 looks one step back, L0H1 at [CLS], L0H2 at all tokens alike; in layer 1 every head gives
    .7 to the token itself and shares the rest.
    """
    if not text.strip():
        raise TextError("the text is empty; give a sentence.")
    words = text.replace(".", " .").split()
    if len(words) > 20:
        raise TextError("the text has too many tokens; shorten it.")
    tokens = ["[CLS]", *(word.lower() for word in words), "[SEP]"]
    second = None
    if pair:
        second = len(tokens)
        tokens += [*pair.lower().split(), "[SEP]"]
        words += ["[SEP]", *pair.split()]
    n = len(tokens)
    back = np.eye(n, k=-1)
    back[0, 0] = 1
    first = np.zeros((n, n))
    first[:, 0] = 1
    even = np.full((n, n), 1 / n)
    itself = 0.7 * np.eye(n) + 0.3 / n
    weights = np.array([[back, first, even], [itself, itself, itself]], dtype=np.float32)
    return Attention(
        tokens=tuple(tokens),
        weights=weights,
        words=("[CLS]", *words, "[SEP]"),
        word_of=tuple(range(n)),
        text=text,
        pair=pair,
        second_start=second,
        model="by rule",
    )


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
    """Stands for the link processor from which a lesson takes its path."""

    def __init__(self, path):
        self.file = self
        self.abs_src_path = str(path)


@pytest.fixture
def convert(tmp_path, monkeypatch):
    """convert(text, language=, claims=, name=) -> HTML of a lesson that stands in a file."""
    monkeypatch.chdir(tmp_path)

    def convert(text, *, language="en", claims="", name="lessons/en/page.md", extensions=()):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        ledger = tmp_path / "lessons" / "claims.toml"
        ledger.write_text(claims, encoding="utf-8")
        fence = {"class": "attention", "format": format_fence, "validator": validate_fence}
        ours = ["attention_views", "pymdownx.superfences"]
        md = markdown.Markdown(
            extensions=[*"admonition attr_list tables toc".split(), *ours, *extensions],
            extension_configs={
                "attention_views": {"language": language, "capture": attention_of},
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
