"""Scissors: each state is what the reader says with that line cut, computed at the build."""

import numpy as np
import pytest

from attention_views.scissors import WORDS, read_with_cuts, scissors_html
from grader.errors import GraderError
from grader.qa.edges import Cut
from grader.qa.reader import load_reader
from support.model import need_model

QUESTION = "Who is the famous architect in Barcelona?"
CONTEXT = "Barcelona is famous for Gaudí's architecture like the Sagrada Familia."
GAUDI = ["ga", "##udi"]


@pytest.fixture(scope="module")
def readings():
    need_model()
    return read_with_cuts(QUESTION, CONTEXT, "who", GAUDI, "famous")


def test_a_cut_in_the_last_layer_changes_no_score_of_the_context_at_all(readings):
    _, _, states = readings
    assert states[1].change == 0
    assert (states[1].text, states[1].score) == (states[0].text, states[0].score)


def test_its_counterpart_takes_the_answer_away_and_the_control_does_not(readings):
    _, _, states = readings
    assert states[0].text == states[3].text == "Gaudí"
    assert states[2].text != "Gaudí"
    assert states[2].change > 10 * states[3].change > 0


def test_every_state_is_the_reader_s_own(readings):
    names, second, states = readings
    reader = load_reader()
    whole = reader.span_logits(QUESTION, CONTEXT)
    for state in states[1:]:
        logits = reader.span_logits(QUESTION, CONTEXT, Cut(state.queries, state.keys, state.layers))
        score = logits[0, names.index("ga")] + logits[1, names.index("##udi")]
        assert state.score == pytest.approx(float(score), abs=1e-6)
        change = np.abs(logits - whole)[:, second:].max()
        assert state.change == pytest.approx(float(change), abs=1e-6)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_figure_has_a_button_and_a_panel_for_every_state(readings, language):
    names, second, states = readings
    options = {"word": "who", "name": "Gaudí", "control": "famous"}
    html = scissors_html(options, names, second, states, "caption", WORDS[language])
    assert html.count("<label") == html.count("scissors__panel") == 4
    assert "<fieldset data-search-exclude>" in html  # or a search finds what no reader sees
    assert html.count('class="cut"') == 2 + 2 + 2  # both pieces of the name, none where uncut
    assert html.count(WORDS[language]["exact"]) == 2  # uncut, and the line that one sees


def test_a_token_that_is_not_there_is_said():
    need_model()
    with pytest.raises(GraderError, match="'picasso' is no token of: barcelona is famous"):
        read_with_cuts(QUESTION, CONTEXT, "who", ["picasso"], "famous")
