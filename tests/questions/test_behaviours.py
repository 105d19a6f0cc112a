"""The judge counts a behaviour as the function of the same name does that a student calls."""

from dataclasses import replace

import numpy as np
import pytest

from grader import heads
from grader.questions.authoring import Problems, Table
from grader.questions.behaviours import BEHAVIOURS, Induction, read_behaviour
from grader.questions.facts import Facts
from support.fake_model import FakeModel

TEXTS = ["I saw the man with it.", "one two three"]


def measure(name, **more):
    problems = Problems("a file")
    found = read_behaviour(name, Table({"texts": TEXTS, **more}, (), problems), ())
    problems.stop()
    return found


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("previous_token", heads.previous_token_scores),
        ("next_token", heads.next_token_scores),
        ("local", heads.local_scores),
        ("delimiter", heads.delimiter_scores),
    ],
)
def test_it_counts_as_the_students_function_does(name, function):
    model = FakeModel()
    facts = Facts({}, model, {})
    counted = measure(name).values(facts)
    assert np.allclose(counted, function([model.attend(text) for text in TEXTS]))


def test_an_even_share_is_one_over_the_tokens_of_each_text():
    facts = Facts({}, FakeModel(), {})
    assert np.allclose(measure("even").values(facts), (1 / 9 + 1 / 5) / 2)


@pytest.mark.parametrize("name", [*BEHAVIOURS, "local"])
def test_mistakes_have_a_number_for_every_head(name):
    for values in measure(name).mistakes(Facts({}, FakeModel(), {})).values():
        assert all(one.shape == (2, 3) for one in values)


def test_a_mean_with_the_first_token_of_the_second_time_is_known_as_a_mistake():
    class Twice(FakeModel):
        def attend(self, text, pair=None):
            seen = super().attend(text)
            n = seen.n_tokens
            weights = np.random.default_rng(n).random((2, 3, n, n), np.float32)
            return replace(seen, weights=weights / weights.sum(-1, keepdims=True))

    facts = Facts({"list": "a b c"}, Twice(), {})
    n, weights = 3, facts.attend("a b c a b c").weights  # [CLS] a b c a b c [SEP]
    behind = weights.shape[-1] - facts.attend("a b c").n_tokens
    assert behind == n
    rows = np.arange(weights.shape[-1] - n, weights.shape[-1])
    asked = Induction("{list}")
    mistaken = weights[:, :, rows, rows - n + 1].mean(axis=-1)
    assert any(np.allclose(mistaken, wrong) for wrong in asked.mistakes(facts)["every_query"])
    assert not np.allclose(mistaken, asked.values(facts))
