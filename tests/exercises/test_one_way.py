"""A word in front is judged by the tokens that it has itself."""

import pytest

from grader.capture import load_model
from grader.network import BlindToken
from grader.questions import Answer, judge, load_exercise
from support.built_site import ROOT
from support.model import need_model

pytestmark = pytest.mark.long


@pytest.mark.parametrize("front", ["Today", "Unexpectedly"])
@pytest.mark.parametrize("first", ["Sailors", "Butterflies", "The sailors", "Fishermen"])
def test_the_first_word_may_be_cut_otherwise_behind_a_word(model, first, front):
    need_model()
    writer = load_model("smollm2")
    text = f"{first} sleep in the warm afternoon sun quietly."
    plain, moved = (writer.attend(one).weights for one in (text, f"{front} {text}"))
    k = writer.attend(front).n_tokens
    blind = writer.trace(text, edits=[BlindToken(3)]).pattern
    value = {
        "text": text,
        "share": plain[:, :, 4:, 0].mean(),
        "front": front,
        "front_share": moved[:, :, 4 + k :, 0].mean(),
        "left": moved[:, :, 4 + k :, k].mean(),
        "token": 3,
        "plain": plain[:, :, 4:, 3].mean(),
        "blind": blind[:, :, 4:, 3].mean(),
    }
    exercise = load_exercise(ROOT / "exercises" / "one-way")
    question = exercise.questions["sink"]
    value = {k: v if isinstance(v, str | int) else float(v) for k, v in value.items()}
    answer = Answer(question.id, 0, "", value)
    assert judge(question, exercise.variants[0], answer, model).points == question.points
