"""Each measure on a model small enough to compute in the head: see support.small_model."""

import pytest

from grader.ledger import claim_measures
from grader.ledger.claim_measures import MEASURES, MeasureError

CAT = "The cat sat."  # six tokens: [CLS] the cat sat . [SEP]


@pytest.mark.parametrize(
    ("name", "arguments", "value"),
    [
        ("n_layers", {"sentence": CAT}, 2),
        ("n_heads", {"sentence": CAT}, 3),
        ("n_all_heads", {"sentence": CAT}, 6),
        ("n_tokens", {"sentence": CAT}, 6),
        ("n_words", {"sentence": CAT}, 6),
        ("n_pieces", {"sentence": CAT, "word": "cat"}, 1),
        ("n_weights", {"sentence": CAT}, 2 * 3 * 6 * 6),
        ("weight", {"sentence": CAT, "head": "L0H0", "query": "sat", "key": "cat"}, 1.0),
        ("weight", {"sentence": CAT, "head": "L1H0", "query": "cat", "key": "cat"}, 0.75),
        (
            "difference",
            {"sentence": CAT, "head": "L1H1", "query": "cat", "key": "cat", "other": "sat"},
            0.7,
        ),
        (
            "mean_over_heads",
            {"sentence": CAT, "query": "sat", "key": "cat"},
            (1 + 0 + 1 / 6 + 3 * 0.05) / 6,
        ),
        (
            "heads_favouring",
            {"sentence": CAT, "query": "sat", "key": "cat", "other": "the"},
            1,
        ),
        (
            "largest_difference",
            {"sentence": CAT, "query": "sat", "key": "cat", "other": "sat"},
            1.0,
        ),
        (
            "largest_difference_head",
            {"sentence": CAT, "query": "sat", "key": "cat", "other": "sat"},
            "L0H0",
        ),
        (
            "largest_difference_head",
            {"sentence": CAT, "query": "sat", "key": "sat", "other": "cat"},
            "L1H0",
        ),
        (
            "largest_difference_head",
            {
                "sentence": CAT,
                "query": "sat",
                "key": "cat",
                "other": "the",
                "max_previous_token": 0.25,
            },
            "L0H1",
        ),
        (
            "heads_changing_side",
            {
                "sentences": [CAT, "The sat cat."],
                "query": ".",
                "key": "sat",
                "other": "cat",
            },
            1,
        ),
        (
            "largest_change",
            {"sentences": [CAT, "The sat cat."], "head": "L0H0", "query": ".", "key": "sat"},
            1.0,
        ),
        ("strongest_head", {"sentence": CAT, "query": "sat", "key": "cat"}, "L0H0"),
        ("strongest_weight", {"sentence": CAT, "query": "sat", "key": "cat"}, 1.0),
        ("strongest_key", {"sentence": CAT, "head": "L0H1", "query": "sat"}, "[CLS]"),
        ("strongest_key", {"sentence": CAT, "head": "L0H0", "query": "sat"}, "cat"),
        ("rank_of_head", {"sentence": CAT, "head": "L0H2", "query": "sat", "key": "cat"}, 2),
        ("previous_token_score", {"sentences": [CAT], "head": "L0H0"}, 1.0),
        ("previous_token_score", {"sentences": [CAT, CAT], "head": "L0H2"}, 1 / 6),
        ("previous_token_head", {"sentences": [CAT]}, "L0H0"),
        ("heads_previous_token", {"sentences": [CAT], "threshold": 0.25}, 1),
        ("heads_previous_token", {"sentences": [CAT], "threshold": 0.15}, 3),
        ("offset_score", {"sentences": [CAT], "head": "L0H0", "offset": -1}, 1.0),
        ("offset_score", {"sentences": [CAT], "head": "L0H2", "offset": 1}, 1 / 6),
        ("special_weight", {"sentence": CAT, "head": "L0H1"}, 1.0),
        ("special_weight", {"sentence": CAT, "head": "L0H2"}, 2 / 6),
        ("row_sum", {"sentence": CAT, "head": "L1H2", "query": "cat"}, 1.0),
    ],
)
def test_a_measure_gives_what_one_computes_by_hand(attend, name, arguments, value):
    found = MEASURES[name].compute(attend, **arguments)
    assert type(found) is type(value)
    assert found == (pytest.approx(value, abs=1e-6) if isinstance(value, float) else value)


def test_every_measure_of_this_module_has_a_case_above():
    cases = test_a_measure_gives_what_one_computes_by_hand.pytestmark[0].args[1]
    ours = {
        name for name, one in MEASURES.items() if one.compute.__module__ == claim_measures.__name__
    }
    assert {name for name, *_ in cases} == ours


def test_special_weight_is_the_mean_of_all_heads_where_none_is_named(attend):
    compute = MEASURES["special_weight"].compute
    heads = [f"L{layer}H{head}" for layer in range(2) for head in range(3)]
    each = [compute(attend, sentence=CAT, head=head) for head in heads]
    assert compute(attend, sentence=CAT) == pytest.approx(sum(each) / 6, abs=1e-6)


def test_a_comparison_needs_two_sentences(attend):
    with pytest.raises(MeasureError, match="compares two sentences, got 1; name two"):
        MEASURES["largest_change"].compute(
            attend, sentences=[CAT], head="L0H0", query=".", key="sat"
        )
