"""A sentence that an exercise or a lesson gives is nobody's own, however it is disguised."""

import re
from functools import cache
from pathlib import Path

import pytest

from grader.questions import Answer, judge, load_exercise
from grader.questions.kinds import KINDS
from grader.questions.messages import fill
from support.right_answers import right_answers

ROOT = Path(__file__).parents[2]
OWN_TEXT = (
    *("own_sentence", "sentences", "counterexample", "two_questions", "influence"),
    *("sink", "own_copy"),
)
ASKED = [
    (path.parent, question)
    for path in sorted(ROOT.glob("exercises/*/questions.toml"))
    for question in load_exercise(path.parent).questions.values()
    if question.kind in OWN_TEXT
]
every = pytest.mark.parametrize(
    ("folder", "question"), ASKED, ids=lambda v: getattr(v, "name", None)
)

DISGUISES = {
    "as it is": lambda s: s,
    "capitals": str.upper,
    "accents": lambda s: s.replace("a", "á").replace("o", "ö").replace("e", "ê"),
    "combining accents": lambda s: s.replace("a", "a\u0301"),
    "zero-width": lambda s: s.replace("a", "a\u200b").replace(" ", "\u200c "),
    "soft hyphens": lambda s: s.replace("e", "e\u00ad"),
    "control characters": lambda s: s.replace("e", "e\x07"),
    "full width": lambda s: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in s),
    "one word full width": lambda s: re.sub(
        r"(?<=\s)[a-z]{2,}", lambda m: "".join(chr(ord(c) + 0xFEE0) for c in m[0]), s, count=1
    ),
    "no-break spaces": lambda s: s.replace(" ", "\u00a0"),
    "wide spaces": lambda s: s.replace(" ", "\u3000"),
    "two spaces": lambda s: "  " + s.replace(" ", "  "),
    "tabs and lines": lambda s: s.replace(" ", "\t\n", 1),
    "no end": lambda s: s.rstrip("."),
    "other ends": lambda s: s.rstrip(".") + "!",
    "Chinese end": lambda s: s.rstrip(".") + "。",
    "dots": lambda s: s.rstrip(".") + " . . .",
    "ellipsis": lambda s: s.rstrip(".") + "…",
    "quotes": lambda s: f"“{s}”",
    "other quotes": lambda s: f"'{s}'",
    "commas": lambda s: s.replace(" ", ", ", 2),
    "hyphens": lambda s: s.replace(" ", "-", 1),
    "unknown words": lambda s: f"{s} 🦄",
    "unknown words inside": lambda s: s.replace(" ", " 🦄 ", 1),
    "ligature": lambda s: s.replace("fi", "ﬁ"),
    "a word twice": lambda s: s.replace(" ", f" {s.split()[1]} ", 1),
    "said twice": lambda s: f"{s} {s}",
}


@cache
def lesson_texts(model: str = "minilm") -> list[str]:
    """Return the texts of all figures of the lessons that show a model."""
    found = []
    for page in sorted(ROOT.glob("lessons/en/*.md")):
        for fence in re.findall(r"(?ms)^```attention\n(.+?)^```", page.read_text("utf-8")):
            if ("view: generation" in fence) == (model == "smollm2"):
                found += re.findall(r"(?m)^(?:text|pair|text_b): (.+)$", fence)
    return list(dict.fromkeys(found))


def with_text(question, value: dict, text: str) -> dict:
    """Return an answer whose own text is another one."""
    if question.kind == "sentences":
        first = question.parameters.sentences[0]
        return value | {first: value[first] | {"text": text}}
    return value | {"context" if question.kind == "two_questions" else "text": text}


def verdict(question, variant, value, model):
    return judge(question, variant, Answer(question.id, 0, model.sha256, value), model)


def is_given(found) -> bool:
    return any(c.reason.key == "sentence.given" for c in found.criteria) and found.points < (
        found.max_points
    )


def given_texts(folder, question, variant) -> list[str]:
    """Return the student's own given texts, another student's, and those of the lessons."""
    asked = load_exercise(folder)
    own = question.parameters.given.templates[0]
    return [fill(own, v) for v in (variant, asked.variants[-1])] + lesson_texts()[:1]


@every
def test_no_disguise_makes_a_given_sentence_ones_own(folder, question, model):
    """What the model reads decides: nothing that it does not read makes a sentence new."""
    answers, variant = right_answers(folder)
    for text in given_texts(folder, question, variant):
        for name, disguise in DISGUISES.items():
            value = with_text(question, answers[question.name], disguise(text))
            assert is_given(verdict(question, variant, value, model)), (name, disguise(text))


@every
def test_every_text_of_the_lessons_and_of_all_variants_is_given(folder, question):
    given = question.parameters.given
    spelled = given.spelled
    assert all(
        "".join(filter(str.isalnum, t.lower().replace("í", "i"))) in spelled
        for t in lesson_texts(load_exercise(folder).model)
    )
    variants = load_exercise(folder).variants
    assert len(spelled) >= len(variants)


@every
def test_one_word_changed_is_a_sentence_of_ones_own(folder, question, model):
    """A minimal pair is good work."""
    answers, variant = right_answers(folder)
    given = fill(question.parameters.given.templates[0], variant)
    words = given.split()
    for place in (1, len(words) - 2):
        changed = " ".join([*words[:place], "green", *words[place + 1 :]])
        value = with_text(question, answers[question.name], changed)
        assert not is_given(verdict(question, variant, value, model)), changed


def test_every_kind_that_takes_a_text_of_ones_own_knows_the_given_ones():
    """A new kind with a text of one's own must ask, too."""
    assert {q.kind for _, q in ASKED} == {k for k in KINDS if k in OWN_TEXT}
    for _, question in ASKED:
        assert question.parameters.given.templates
