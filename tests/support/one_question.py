"""An exercise of one question, and a model that gives between words what a test says."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.attention import Attention
from grader.questions import Answer, Outcome, judge, load_exercise
from grader.questions.kinds import KINDS

HEAD = """
title = {zh = "试题", en = "A trial"}
minutes = 5
route = "tool"
"""


@dataclass(frozen=True)
class Judged:
    points: dict[str, float]
    """By criterion, of which each is worth 1."""
    hints: tuple[str, ...]
    outcome: Outcome


class Drawn:
    """Splits at spaces, and words of more than six letters into pieces of three.

    Args:
        cells: (query, key), words of a sentence -> layer head, the weight from the one to the
            other. What is left of a row goes to [CLS].
        shape: how many layers and heads there are.
    """

    sha256 = "d0" * 32

    def __init__(self, cells=(), shape=(8, 8)):
        self.cells, self.shape = dict(cells), shape

    def pieces(self, text, pair=None):
        return self.attend(text).tokens

    def attend(self, text, pair=None):
        words = ["[CLS]", *text.split(), "[SEP]"]
        tokens, word_of = [], []
        for place, word in enumerate(words):
            cut = len(word) > 6
            pieces = [word[i : i + 3] for i in range(0, len(word), 3)] if cut else [word]
            tokens += [pieces[0], *(f"##{piece}" for piece in pieces[1:])]
            word_of += [place] * len(pieces)
        weights = np.zeros((*self.shape, len(tokens), len(tokens)))
        for (query, key), values in self.cells.items():
            if query in tokens and key in tokens:
                weights[:, :, tokens.index(query), tokens.index(key)] = values
        weights[..., 0] += 1 - weights.sum(axis=-1)
        return Attention(
            tokens=tuple(t.lower() if t[0] != "[" else t for t in tokens),
            weights=weights.astype(np.float32),
            words=tuple(words),
            word_of=tuple(word_of),
            text=text,
            pair=pair,
            second_start=None,
            model=self.sha256,
        )


def heads(values, shape=(8, 8)):
    """Return an array, layer head, of zeros but for (layer, head) -> value."""
    found = np.zeros(shape)
    for head, value in values.items():
        found[head] = value
    return found


def one_question(folder: Path, kind: str, criteria: list[str], body: str, more: str = ""):
    """Return what judges a value as the answer to one question, on a model.

    Args:
        folder: to write the exercise to.
        kind: of the question.
        criteria: its criteria; each is worth 1 point.
        body: what the question's table says.
        more: tables before it: variants and measures.
    """
    hints = "".join(f'{hint} = {{zh = "提示", en = "A hint."}}\n' for hint in KINDS[kind].hints)
    text = f"{HEAD}points = {len(criteria)}\n{more}\n[question.q]\nkind = {kind!r}\n"
    text += f'points = {len(criteria)}\ntitle = {{zh = "题", en = "Q"}}\n{body}\n'
    for name in criteria:
        text += f"[question.q.criterion.{name}]\npoints = 1\n"
        text += 'label = {zh = "项", en = "One"}\n'
    text += f"[question.q.hint]\n{hints}" if hints else ""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "questions.toml").write_text(text, "utf-8")
    exercise = load_exercise(folder)
    question = exercise.questions["q"]

    def ask(value, model) -> Judged:
        answer = Answer(question.id, 0, model.sha256, value)
        verdict = judge(question, exercise.variants[0], answer, model)
        return Judged({c.name: c.points for c in verdict.criteria}, verdict.hints, verdict.outcome)

    return ask
