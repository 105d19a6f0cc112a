"""The guess fence: options without a verdict, what was found folded, mistakes said."""

import markdown
import pytest

from attention_views import format_fence, validate_fence
from support.small_model import attention_of

GUESS = """```guess
id: page-a
ask: "Where will the line from `it` go?"
options:
  - "to `cat`"
  - "to `mat`"
found: "To `cat`."
```
"""


@pytest.fixture
def draw(tmp_path, monkeypatch):
    """draw(text, language=) -> its HTML."""
    monkeypatch.chdir(tmp_path)

    def draw(text, language="en"):
        fence = {"class": "guess", "format": format_fence, "validator": validate_fence}
        return markdown.markdown(
            text,
            extensions=["attention_views", "pymdownx.superfences"],
            extension_configs={
                "attention_views": {"language": language, "capture": attention_of},
                "pymdownx.superfences": {"custom_fences": [{"name": "guess", **fence}]},
            },
        )

    return draw


@pytest.mark.parametrize(
    ("language", "found"), [("zh", "这一课找到的"), ("en", "What the lesson found")]
)
def test_a_guess_has_its_options_and_what_was_found_folded(draw, language, found):
    html = draw(GUESS, language)
    assert html.count('type="radio"') == 2
    assert 'id="guess-page-a"' in html
    assert f"<summary>{found}</summary><p>To <code>cat</code>.</p>" in html
    assert "<details open" not in html


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (GUESS.replace("id: page-a\n", ""), "this guess has no id"),
        (GUESS.replace('  - "to `mat`"\n', ""), "no list of 2 to 5 texts"),
        (GUESS + "\n" + GUESS, "is taken on this page"),
        (GUESS.replace('found: "To `cat`."\n', ""), "this guess has no found"),
    ],
)
def test_a_mistake_is_said(draw, said, wrong, reason):
    draw(wrong)
    [sentence] = said()
    assert reason in sentence
