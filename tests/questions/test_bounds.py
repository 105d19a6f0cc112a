"""An author's numbers: as low and as high as each may be, and what stands where none is written."""

import copy

import pytest

from grader.questions.authoring import Problems, Table
from grader.questions.kinds import KINDS
from grader.questions.kinds.base import Scope
from grader.questions.measures import read_measures

WORDS = ("sentence", "word")
ON = {"text": "{sentence}", "query": "a", "key": "b"}
ENTRY = {"text": "{sentence}", "layer": 1, "head": 2}
MEASURES = read_measures(
    Table({"measure": {"m": {"weight": ON}, "n": {"weight": ON}}}, (), Problems("a file")), WORDS
)
SCOPE = Scope(WORDS, MEASURES, False)

BOTH = {"zh": "\u4e2d", "en": "English"}
CONTROL = {"measure": "m", "keeps": 0.5, "either": [0.4, 0.6]}
OF_HEAD = {"of": "m", "against": "n"}
OWN = {"measure": {"m": {"weight": ON}}, "property": {"p": {"of": "m", "at_least": 0.5}}}
PAIR = {"asked": "who", "context": "he", "last": 5, "before": 4, "reverse": 1}
BODIES = {
    "head_claim": {"measure": "m", "at_least": 0.5},
    "head_claim, most": {"measure": "m", "most": {"share_of_best": 0.9, "near": 0.1}},
    "head_claim, more": {
        "measure": "m",
        "at_least": 0.5,
        "baseline": {"measure": "n", "above": 0.2},
        "control": CONTROL,
        "outside": {"measure": "n", "at_least": 0.3},
    },
    "head, apart": OF_HEAD | {"apart": {"at_least": 0.5, "half_at": 0.3}},
    "head, prefers": OF_HEAD | {"prefers": {"at_least": 0.5, "half_at": 0.3}},
    "head, most": OF_HEAD
    | {
        "most": {"share_of_best": 0.9, "near": 0.1},
        "outside": {"measure": "n", "at_least": 0.3},
        "control": {"of": "m", "against": "n", "keeps": 0.5, "either": [0.4, 0.6]},
    },
    "own_sentence": OWN,
    "own_sentence, most": OWN | {"property": {"p": {"of": "m", "at_most": 0.5}}},
    "own_sentence, head": OWN | {"head": {"layer": 1, "head": 2}},
    "rows": {"rows": 4, "columns": 4},
    "tokens": {"of": {"looked_at": ENTRY | {"query": "a", "at_least": 0.1}}},
    "equal, pattern": {"of": {"pattern": ENTRY}},
    "equal, row": {"of": {"row": ENTRY | {"query": "a"}}},
    "equal, received": {"of": {"received": ENTRY}},
    "equal, scores": {"of": {"scores": ENTRY}},
    "equal, products": {"of": {"products": ENTRY | {"query": "a", "key": "b"}}},
    "equal, mean": {"of": {"mean_of_heads": {"text": "{sentence}", "layer": 1}}},
    "equal, tolerance": {"of": {"pattern": ENTRY}, "because": BOTH},
    "sink": {"not_these": ["{sentence}"]},
    "influence": {"not_these": ["{sentence}"], "near": 0.1},
    "two_questions": {"not_these": ["{sentence}"]},
    "own_copy": {"not_these": ["{sentence}"], "heads": ["L1H2"]},
    "counterexample": {
        "of": "m",
        "against": "n",
        "at_least": 0.2,
        "leads_by": 0.1,
        "not_these": ["{sentence}"],
    },
    "cuts": PAIR,
    "silenced": {"text": "{sentence}", "right": "a", "wrong": "b", "at_least": 0.5},
    "sentences": {"sentences": ["one", "two"], "query": "a", "near": 0.1},
    "values": {"value": {"v": {"yes_no": {"mean": "m"}, "threshold": 0.5, "near": 0.1}}},
    "values, number": {
        "value": {"v": {"number": {"of_head": {"measure": "m", "layer": 1, "head": 2}}}}
    },
    "values, largest": {
        "value": {"v": {"largest": {"a": {"mean": "m"}, "b": {"mean": "n"}}, "near": 0.1}}
    },
}
"""Kind, and what else it is called here -> a question's table that is right."""

NEEDED, ANY = object(), None
SHARE, PLACE = (0.0, 1.0), (0, 1000)
NUMBERS = [
    # body, key, where it is read to (None: inside a function), lowest, highest, where none stands
    ("head_claim", "at_least", "at_least", -1.0, 1.0, NEEDED),
    ("head_claim", "half_at", "half_at", -1.0, 1.0, 0.5),
    ("head_claim, most", "most.share_of_best", "most.share_of_best", *SHARE, NEEDED),
    ("head_claim, most", "most.near", "most.near", *SHARE, NEEDED),
    ("head_claim, more", "baseline.above", "baseline.above", *SHARE, NEEDED),
    ("head_claim, more", "control.keeps", "control.keeps", *SHARE, NEEDED),
    ("head_claim, more", "outside.at_least", "outside.at_least", 0.0, ANY, NEEDED),
    ("head, apart", "apart.at_least", "claim.at_least", *SHARE, NEEDED),
    ("head, apart", "apart.half_at", "claim.half_at", *SHARE, NEEDED),
    ("head, prefers", "prefers.at_least", "claim.at_least", *SHARE, NEEDED),
    ("head, most", "most.share_of_best", "claim.share_of_best", *SHARE, NEEDED),
    ("head, most", "most.near", "claim.near", *SHARE, NEEDED),
    ("head, most", "outside.at_least", "outside.at_least", 0.0, ANY, NEEDED),
    ("head, most", "control.keeps", "control.keeps", *SHARE, NEEDED),
    ("own_sentence", "max_pieces", "max_pieces", 4, 510, 64),
    ("own_sentence", "property.p.at_least", "properties.p.at_least", -1.0, 100.0, NEEDED),
    ("own_sentence", "property.p.half_at", "properties.p.half_at", ANY, ANY, 0.5),
    ("own_sentence, most", "property.p.at_most", "properties.p.at_most", -1.0, 1.0, NEEDED),
    ("own_sentence, head", "head.layer", "head.layer", *PLACE, NEEDED),
    ("own_sentence, head", "head.head", "head.head", *PLACE, NEEDED),
    ("rows", "rows", "rows", 1, 64, NEEDED),
    ("rows", "columns", "columns", 1, 64, NEEDED),
    ("tokens", "of.looked_at.layer", None, *PLACE, NEEDED),
    ("tokens", "of.looked_at.head", None, *PLACE, NEEDED),
    ("tokens", "of.looked_at.at_least", None, *SHARE, NEEDED),
    *(
        (f"equal, {form}", f"of.{form}.{key}", None, *PLACE, NEEDED)
        for form in ("pattern", "row", "received", "scores", "products")
        for key in ("layer", "head")
    ),
    ("equal, mean", "of.mean_of_heads.layer", None, *PLACE, NEEDED),
    ("equal, tolerance", "tolerance", "tolerance", 0.0, ANY, 0.001),
    ("sink", "fewest", "fewest", 6, 100, 7),
    ("sink", "max_pieces", "max_pieces", 6, 64, 32),
    ("sink", "first", "first", 1, 5, 4),
    ("influence", "fewest", "fewest", 4, 100, 6),
    ("influence", "max_pieces", "max_pieces", 6, 64, 24),
    ("influence", "near", "near", *SHARE, NEEDED),
    ("two_questions", "max_pieces", "max_pieces", 16, 300, 160),
    ("own_copy", "fewest", "fewest", 2, 10, 3),
    ("own_copy", "max_pieces", "max_pieces", 6, 64, 64),
    ("own_copy", "most", "most", *SHARE, 0.5),
    ("counterexample", "at_least", "at_least", *SHARE, NEEDED),
    ("counterexample", "leads_by", "leads_by", *SHARE, NEEDED),
    ("counterexample", "max_pieces", "max_pieces", 4, 510, 64),
    ("cuts", "last", "last", 0, 5, NEEDED),
    ("cuts", "before", "before", 0, 5, NEEDED),
    ("cuts", "reverse", "reverse", 0, 5, NEEDED),
    ("silenced", "at_least", "at_least", *SHARE, NEEDED),
    ("sentences", "max_pieces", "max_pieces", 4, 510, 64),
    ("sentences", "near", "near", *SHARE, NEEDED),
    ("values", "value.v.threshold", "v.threshold", ANY, ANY, NEEDED),
    ("values", "value.v.near", "v.near", 0.0, ANY, NEEDED),
    ("values, largest", "value.v.near", "v.near", 0.0, ANY, NEEDED),
    ("values, number", "value.v.tolerance", "v.tolerance", 0.0, ANY, 0.001),
    ("values, number", "value.v.number.of_head.layer", "v.quantity.head.layer", *PLACE, NEEDED),
    ("values, number", "value.v.number.of_head.head", "v.quantity.head.head", *PLACE, NEEDED),
]

every = pytest.mark.parametrize(
    ("body", "key", "place", "low", "high", "default"),
    NUMBERS,
    ids=[f"{body}: {key}" for body, key, *_ in NUMBERS],
)


def read(body, key, value):
    """Return what a question's table is read to, and its problems, with one key changed."""
    data = copy.deepcopy(BODIES[body])
    *above, last = key.split(".")
    table = data
    for name in above:
        table = table[name]
    table.pop(last, None)
    if value is not None:
        table[last] = value
    if last == "tolerance":
        table["because"] = BOTH
    problems = Problems("questions.toml")
    kind = KINDS[body.partition(",")[0]]
    below = Table(data, ("question", "q"), problems)
    found = kind.read(below, SCOPE)
    below.finish()
    return found, [said for _, _, said in problems.found]


def at(parameters, place):
    for name in place.split("."):
        parameters = parameters[name] if isinstance(parameters, dict) else getattr(parameters, name)
    return parameters


@every
def test_a_number_may_be_as_low_and_as_high_as_that(body, key, place, low, high, default):
    for value in (low, high, 0.25 if low is ANY else None):
        if value is not None:
            parameters, problems = read(body, key, value)
            assert problems == []
            assert place is None or at(parameters, place) == value


@every
def test_a_number_lower_or_higher_is_told(body, key, place, low, high, default):
    step = 1 if isinstance(low, int) else 0.001
    beyond = [low - step] if low is not ANY else []
    beyond += [high + step] if high is not ANY else []
    for value in [*beyond, float("inf"), "0.5", True]:
        _, problems = read(body, key, value)
        assert len(problems) == 1, value
        assert problems[0].startswith(f"{key.rpartition('.')[2]!r} in [question.q")


@every
def test_where_no_number_stands_another_is_meant_or_it_is_asked_for(
    body, key, place, low, high, default
):
    parameters, problems = read(body, key, None)
    if default is NEEDED:
        assert len(problems) == 1
        assert "; add " in problems[0]
    else:
        assert problems == []
        assert at(parameters, place) == default


def test_a_key_that_is_not_known_is_told():
    for body in BODIES:
        _, problems = read(body, "not_known", 1)
        assert len(problems) == 1
        assert "'not_known' in [question.q] is not known" in problems[0]
