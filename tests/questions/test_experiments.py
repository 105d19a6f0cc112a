"""The kinds that ask for experiments: a counterexample, a span, cuts, two questions, influence.

Each criterion passes a right answer and refuses one that just misses, with its hint.
"""

import numpy as np
import pytest

from grader.questions import Answer, judge, load_exercise
from grader.questions.kinds import KINDS
from grader.questions.reading import agreement, letters
from support.fake_model import FakeModel

HEAD = """
title = {zh = "试题", en = "A trial"}
minutes = 5
route = "tool"
points = 12
[[variant]]
sentence = "I saw the man because it rained"
asked = "Who came ?"
context = "the man came late"
[measure.man]
weight = {text = "{sentence}", query = "it", key = "man"}
[measure.i]
weight = {text = "{sentence}", query = "it", key = "I"}
"""

QUESTIONS = {
    "counterexample": (
        ["sentence", "fooled", "weights"],
        'of = "man"\nagainst = "i"\nat_least = 0.2\nleads_by = 0.1\n'
        'not_these = ["{sentence}"]\nmax_pieces = 12\n',
    ),
    "span": (["span", "margin"], 'asked = "{asked}"\ncontext = "{context}"\n'),
    "cuts": (
        ["zero", "reverse"],
        'asked = "{asked}"\ncontext = "{context}"\nlast = 5\nbefore = 4\nreverse = 1\n',
    ),
    "two_questions": (["right", "wrong", "said"], 'not_these = ["{context}"]\nmax_pieces = 40\n'),
    "influence": (
        ["received", "embedding", "better"],
        'not_these = ["{sentence}"]\nfewest = 5\nmax_pieces = 12\nnear = 0.03\n',
    ),
}


class Reader(FakeModel):
    """It marks the word after "the"; a cut in layer 5 changes the question's scores alone."""

    def attend(self, text, pair=None):
        seen = super().attend(text if pair is None else f"{text} | {pair}")
        if pair is None:
            return seen
        object.__setattr__(seen, "second_start", seen.tokens.index("|") + 1)
        return seen

    def pieces(self, text, pair=None):
        return super().pieces(text if pair is None else f"{text} | {pair}")

    def reader_weights(self, text, pair):
        return self.attend(text, pair).weights

    def reader_logits(self, text, pair):
        seen = self.attend(text, pair)
        logits = np.zeros((2, seen.n_tokens), np.float32)
        logits[:, 0] = 1, 0.5
        marked = seen.tokens.index("the", seen.second_start) + 1
        logits[0, marked], logits[1, marked] = 4, 3
        return logits

    def reader_cuts(self, text, pair):
        logits = self.reader_logits(text, pair)
        cuts = np.tile(logits, (3, 6, 1, 1))
        cuts[1, 5, :, 1] += 2
        cuts[1, 4, 0, -2] -= 0.25
        cuts[2, 1] -= 1.5
        return cuts

    def leave_one_out(self, text, pair=None):
        return np.array([0.1, 0.5, 0.2, 0.4, 0.3], np.float32)

    def embedding(self, text, pair=None):
        lengths = np.array([9, 1, 5, 2, 4, 3, 9], np.float32)
        return lengths[:, None]


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kinds") / "trial"
    folder.mkdir()
    text = HEAD
    for kind, (names, more) in QUESTIONS.items():
        hints = "".join(f'{hint} = {{zh = "提示", en = "A hint."}}\n' for hint in KINDS[kind].hints)
        text += f'[question.{kind}]\nkind = "{kind}"\ntitle = {{zh = "题", en = "Q"}}\n'
        text += f"points = {len(names)}\n{more}[question.{kind}.hint]\n{hints}"
        for name in names:
            text += f"[question.{kind}.criterion.{name}]\npoints = 1\n"
            text += 'label = {zh = "项", en = "One"}\n'
    text = text.replace("points = 12", "points = 13")
    (folder / "questions.toml").write_text(text, "utf-8")
    exercise, model = load_exercise(folder), Reader()

    def asked(kind, **changes):
        value = RIGHT[kind] | changes
        question = exercise.questions[kind]
        answer = Answer(question.id, 0, model.sha256, value)
        verdict = judge(question, exercise.variants[0], answer, model)
        return {c.name: c.points for c in verdict.criteria}, set(verdict.hints)

    return asked


RIGHT = {
    "counterexample": {
        "layer": 1,
        "head": 0,
        "text": "The man sold the houses because they leaked",
        "pronoun": "they",
        "right": "houses",
        "wrong": "man",
        "weight_right": 0.0,
        "weight_wrong": 0.75,
    },
    "span": {"start": 6, "end": 6, "margin": 5.5},
    "cuts": {"last": 0, "before": 0.25, "reverse": 3.0},
    "two_questions": {
        "context": "after dinner the cook went home with his two brothers",
        "right_question": "Who went home?",
        "right_answer": "Cook",
        "wrong_question": "Who walked with him?",
        "wrong_answer": "his two brothers",
        "model_answer": "cook",
    },
    "influence": {
        "text": "we met them there today",
        "received": 0.0,
        "embedding": 1.0,
        "better": "embedding",
    },
}


@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_right_answer_earns_everything(ask, kind):
    points, hints = ask(kind)
    assert set(points.values()) == {1}
    assert hints == set()


@pytest.mark.parametrize(
    ("kind", "changes", "lost", "hint"),
    [
        # Number does not decide, or the other way round.
        ("counterexample", {"right": "man", "wrong": "houses"}, "sentence", "number"),
        ("counterexample", {"layer": 1, "head": 2}, "fooled", None),
        ("counterexample", {"layer": 1, "head": 1}, "fooled", None),
        ("counterexample", {"weight_wrong": 0.7489}, "weights", None),
        ("counterexample", {"weight_wrong": 75.0}, "weights", "percent"),
        ("counterexample", {"text": "I saw the man because it rained!"}, "sentence", None),
        ("counterexample", {"right": "house"}, "sentence", None),
        ("span", {"end": 7}, "span", "end_exclusive"),
        ("span", {"start": 1, "end": 1}, "span", "in_context"),
        ("span", {"start": 5, "end": 5}, "span", "without_cls"),
        ("span", {"margin": 5.51}, "margin", None),
        ("span", {"margin": 7.0}, "margin", "best_alone"),
        ("cuts", {"last": 2.0}, "zero", "all_tokens"),
        ("cuts", {"last": 1e-4}, "zero", "not_zero"),
        ("cuts", {"before": 0}, "zero", None),
        ("cuts", {"reverse": -3.0}, "reverse", "sign"),
        ("cuts", {"reverse": 1.5}, "reverse", "start_alone"),
        ("cuts", {"reverse": 2.99}, "reverse", None),
        ("two_questions", {"right_answer": "the cook"}, "right", "not_answered"),
        ("two_questions", {"wrong_answer": "the cook"}, "wrong", "answered"),
        ("two_questions", {"wrong_answer": "her sister"}, "wrong", "not_in_context"),
        (
            "two_questions",
            {"wrong_question": "Who are his two brothers?"},
            "wrong",
            "in_question",
        ),
        ("two_questions", {"model_answer": "his two brothers"}, "said", "copied"),
        ("two_questions", {"right_question": "Who went home"}, "right", None),
        ("two_questions", {"context": "the man came late"}, "right", None),
        ("influence", {"embedding": 0.97}, "embedding", None),
        ("influence", {"better": "received"}, "better", "better"),
        ("influence", {"text": "I saw the man because it rained."}, "better", None),
        ("influence", {"text": "we met there"}, "embedding", None),
    ],
)
def test_an_answer_that_just_misses_is_refused(ask, kind, changes, lost, hint):
    points, hints = ask(kind, **changes)
    assert points[lost] < 1
    assert hint is None or hint in hints


def test_a_zero_alone_earns_nothing(ask):
    assert set(ask("cuts", last=0, before=0, reverse=0)[0].values()) == {0}


def test_values_that_are_no_answers_are_refused_with_a_sentence(ask):
    for kind, right in RIGHT.items():
        for field in right:
            for wrong in (True, [], "?" * 2000, {"a": 1}, float("inf"), 2**70):
                points, _ = ask(kind, **{field: wrong})
                assert min(points.values()) < 1, (kind, field, wrong)


def test_answers_are_compared_without_accents_case_and_commas():
    assert letters("Gaudí's, House") == letters("gaudi s house")
    assert agreement(["the", "Gaudí"], ["gaudi"]) == pytest.approx(2 / 3)
    assert agreement(["nine"], ["ten"]) == 0
