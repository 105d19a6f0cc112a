"""The ``quiz`` fence: a question, options with feedback each, a verdict that needs no script.

Choosing a radio button shows the feedback that stands beside it (``:checked ~`` in quiz.css);
where scripts run, quiz.js also says it to screen readers. Nothing is stored or sent.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import yaml

from attention_views.problems import MarkError
from grader.errors import known

FEWEST, MOST = 2, 6
_OPTIONS = {"text", "feedback", "right", "misconception"}
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

WORDS = {
    "zh": {
        "label": "小测",
        "right": "对。",
        "wrong": "不对。",
        "misconception": "误解：{name}。",
    },
    "en": {
        "label": "Quiz",
        "right": "Right.",
        "wrong": "Not quite.",
        "misconception": "Misconception: {name}.",
    },
}


@dataclass(frozen=True)
class Option:
    """One answer that a reader may choose."""

    text: str
    """Inline Markdown, as the other texts."""
    feedback: str
    """What the reader learns by having chosen it."""
    misconception: str | None
    """A short name of the wrong idea behind it; None for the right option."""

    @property
    def right(self) -> bool:
        """Whether it is the right one."""
        return self.misconception is None


@dataclass(frozen=True)
class Quiz:
    """One question with its options."""

    id: str
    """``telescope-1``; the same in both languages."""
    ask: str
    options: tuple[Option, ...]
    line: int
    """Line of the id within the fence, from 0."""


def read_quiz(source: str) -> Quiz:
    """Read the content of a fence.

    Raises:
        MarkError: with the line within the fence.
    """
    try:
        root = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise MarkError(
            f"not YAML: {error.problem}; put the text into double quotes", mark.line if mark else 0
        ) from error
    table = _table(root, 0, "this quiz", {"id", "ask", "options"})
    name = _text(table, "id", "this quiz", 0)
    line = table["id"].start_mark.line
    if not _ID.fullmatch(name):
        raise MarkError(
            f"id: {name!r} is no id; write lower-case letters, digits and hyphens, "
            "the page and a number: telescope-1",
            line,
        )
    return Quiz(name, _text(table, "ask", "this quiz", 0), _read_options(table), line)


def draw_quiz(source: str, md) -> str:
    """Return the HTML of a ``quiz`` fence.

    Raises:
        MarkError: with the line within the fence.
    """
    quiz = read_quiz(source)
    if quiz.id in md.lesson.quizzes:  # their buttons would be one group
        raise MarkError(
            f"id {quiz.id!r} is taken by another quiz of this page; give each its own number",
            quiz.line,
        )
    md.lesson.quizzes.add(quiz.id)
    views = md.attention_views
    return quiz_html(quiz, inline=lambda text: views.inline(text, md), language=views.language)


def quiz_html(quiz: Quiz, *, inline: Callable[[str], str], language: str) -> str:
    """Return the quiz as a group of radio buttons.

    Args:
        quiz: what it asks.
        inline: inline Markdown in, HTML out.
        language: zh or en.
    """
    words = WORDS[language]
    name = f"quiz-{quiz.id}"
    options = "".join(
        f'<div class="quiz__option">'
        f'<input type="radio" autocomplete="off" name="{name}" id="{name}-{number}">'
        f'<label for="{name}-{number}">{inline(option.text)}</label>'
        f"{_feedback(option, inline, words)}</div>"
        for number, option in enumerate(quiz.options, 1)
    )
    return (
        f'<fieldset class="quiz" id="{name}" data-quiz="{quiz.id}">'
        f'<legend class="quiz__ask"><span class="quiz__label">{words["label"]}</span> '
        f"{inline(quiz.ask)}</legend>"
        # Not a div: the search index takes the end of an inner div for the end of this one.
        f'<section class="quiz__options" data-search-exclude>{options}</section>'
        f'<p class="quiz__status" role="status"></p></fieldset>'
    )


def _read_options(table: dict[str, yaml.Node]) -> tuple[Option, ...]:
    node = table.get("options")
    if not isinstance(node, yaml.SequenceNode):
        raise MarkError(
            "this quiz has no list of options; write options: and below it lines like - text: ...",
            node.start_mark.line if node else 0,
        )
    line = node.start_mark.line
    if not FEWEST <= len(node.value) <= MOST:
        raise MarkError(f"{len(node.value)} options; give {FEWEST} to {MOST}", line)
    options = tuple(_read_option(item, i) for i, item in enumerate(node.value, 1))
    rights = sum(option.right for option in options)
    if rights != 1:
        raise MarkError(f"{rights} options are right; mark exactly one with right: true", line)
    texts = [option.text for option in options]
    for i, item in enumerate(node.value):
        if texts[i] in texts[:i]:
            raise MarkError(f"option {i + 1} says the same as another", item.start_mark.line)
    return options


def _read_option(node: yaml.Node, number: int) -> Option:
    who = f"option {number}"
    line = node.start_mark.line
    table = _table(node, line, who, _OPTIONS)
    text, feedback = (_text(table, key, who, line) for key in ("text", "feedback"))
    right = "right" in table and _truth(table["right"])
    if right and "misconception" in table:
        raise MarkError(
            f"{who} is right and names a misconception; take one of them away",
            table["misconception"].start_mark.line,
        )
    if not right and "misconception" not in table:
        raise MarkError(
            f"{who} is wrong and names no misconception; add misconception: the wrong idea "
            "behind it, or right: true",
            line,
        )
    return Option(text, feedback, None if right else _text(table, "misconception", who, line))


def _table(node: yaml.Node | None, line: int, who: str, allowed: set[str]) -> dict[str, yaml.Node]:
    """Return a mapping's values by name."""
    if not isinstance(node, yaml.MappingNode):
        raise MarkError(f"{who} has no entries; {known(allowed)}", line)
    table: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.value in table:
            raise MarkError(f"{key.value!r} stands twice; keep one", key.start_mark.line)
        if key.value not in allowed:
            raise MarkError(
                f"no entry is called {key.value!r}; {known(allowed)}", key.start_mark.line
            )
        table[key.value] = value
    return table


def _text(table: dict[str, yaml.Node], key: str, who: str, line: int) -> str:
    node = table.get(key)
    if node is None:
        raise MarkError(f"{who} has no {key}; add {key}: ...", line)
    if not isinstance(node, yaml.ScalarNode):
        raise MarkError(
            f"{key}: is no text for YAML; put it into double quotes", node.start_mark.line
        )
    text = re.sub(r"\s+", " ", node.value).strip()
    if not text:
        raise MarkError(f"'{key}:' is empty; give a text", node.start_mark.line)
    return text


def _truth(node: yaml.Node) -> bool:
    if not (isinstance(node, yaml.ScalarNode) and node.tag.endswith(":bool")):
        raise MarkError("right: is neither true nor false; write right: true", node.start_mark.line)
    return yaml.constructor.SafeConstructor.bool_values[node.value.lower()]


def _feedback(option: Option, inline: Callable[[str], str], words: dict[str, str]) -> str:
    kind = "right" if option.right else "wrong"
    said = ""
    if option.misconception:
        before, after = words["misconception"].split("{name}")
        name = f"{escape(before)}{inline(option.misconception)}{escape(after)}"
        said = f' <span class="quiz__misconception">{name}</span>'
    return (
        f'<div class="quiz__feedback quiz__feedback--{kind}">'
        f"<strong>{words[kind]}</strong>{said} {inline(option.feedback)}</div>"
    )
