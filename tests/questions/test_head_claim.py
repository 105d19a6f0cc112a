"""Claims about a head, on heads whose numbers a test draws."""

import pytest

from support.one_question import Drawn, heads, one_question

TEXTS = """
[[variant]]
sentence = "I saw the man with it"
control = "I saw the man by it"
[measure.man]
weight = {text = "{sentence}", query = "with", key = "man"}
[measure.i]
weight = {text = "{sentence}", query = "with", key = "I"}
[measure.there]
weight = {text = "{control}", query = "by", key = "man"}
[measure.saw]
weight = {text = "{sentence}", query = "with", key = "saw"}
"""

CLAIM = """
measure = "man"
at_least = 0.5
half_at = 0.3
baseline = {measure = "i", above = 0.2}
control = {measure = "there", keeps = 0.5, either = [0.4, 0.6]}
outside = {measure = "saw", at_least = 0.25}
"""

MOST = 'measure = "man"\nmost = {share_of_best = 0.9, near = 0.02}\n'


def drawn(man, i=(), there=(), saw=()):
    """Return a model: what each head gives from the preposition to a word, 0 where none is said."""
    cells = {("with", "man"): man, ("with", "I"): i, ("by", "man"): there, ("with", "saw"): saw}
    return Drawn({pair: heads(dict(values)) for pair, values in cells.items()})


# L2H3 gives .6 to `man` and .123 to `I`; in the control it keeps .45, three quarters.
MODEL = drawn({(2, 3): 0.6}, {(2, 3): 0.123}, {(2, 3): 0.45})
RIGHT = {"layer": 2, "head": 3, "man": 0.6, "i": 0.123, "there": 0.45, "survives": True}


@pytest.fixture(scope="module")
def claim(tmp_path_factory):
    folder = tmp_path_factory.mktemp("claim") / "trial"
    names = ["head", "number", "baseline", "control"]
    judged = one_question(folder, "head_claim", names, CLAIM, TEXTS)
    return lambda model=MODEL, **changes: judged(RIGHT | changes, model)


@pytest.fixture(scope="module")
def most(tmp_path_factory):
    folder = tmp_path_factory.mktemp("most") / "trial"
    judged = one_question(folder, "head_claim", ["head", "number"], MOST, TEXTS)
    return lambda value, model: judged(value, model)


def test_a_head_with_its_numbers_earns_everything(claim):
    judged = claim()
    assert judged.points == {"head": 1, "number": 1, "baseline": 1, "control": 1}
    assert judged.hints == ()


@pytest.mark.parametrize(
    ("number", "points"),
    [(0.5, 1), (0.49995, 1), (0.4995, 0.5), (0.3, 0.5), (0.29995, 0.5), (0.2995, 0)],
)
def test_a_head_earns_all_from_the_threshold_and_half_from_the_lower_one(claim, number, points):
    model = drawn({(2, 3): number})
    assert claim(model, man=number).points["head"] == points


@pytest.mark.parametrize(("off", "points"), [(0.00099, 1), (-0.00099, 1), (0.0011, 0)])
def test_a_number_may_be_off_by_a_thousandth(claim, off, points):
    assert claim(man=0.6 + off).points["number"] == points


@pytest.mark.parametrize(("number", "points"), [(0.01001, 1), (0.0099, 0)])
def test_a_number_next_to_nothing_earns_nothing_by_itself(claim, number, points):
    assert claim(drawn({(2, 3): number}), man=number).points["number"] == points


@pytest.mark.parametrize(("saw", "points"), [(0.2499, 1), (0.2501, 0)])
def test_a_head_that_another_measure_explains_does_not_count(claim, saw, points):
    model = drawn({(2, 3): 0.6}, {(2, 3): 0.123}, {(2, 3): 0.45}, {(2, 3): saw})
    judged = claim(model)
    assert judged.points["head"] == points
    assert judged.points["control"] == points  # it waits for a head that does it
    assert ("positional" in judged.hints) == (points == 0)


@pytest.mark.parametrize(("i", "points"), [(0.4, 1), (0.40005, 1), (0.4005, 0.5)])
def test_a_head_must_lie_so_far_above_its_baseline(claim, i, points):
    judged = claim(drawn({(2, 3): 0.6}, {(2, 3): i}), i=i)
    assert judged.points["baseline"] == points
    assert ("below_baseline" in judged.hints) == (points < 1)


def test_a_wrong_baseline_earns_nothing_however_far_below_it_lies(claim):
    assert claim(i=0.2).points["baseline"] == 0


@pytest.mark.parametrize(
    ("there", "survives", "points"),
    [
        (0.45, False, 0.5),  # three quarters are left
        (0.37, False, 0.5),
        (0.35, False, 1),  # between .4 and .6 of it either is right
        (0.35, True, 1),
        (0.25, True, 1),
        (0.25, False, 1),
        (0.23, True, 0.5),
        (0.23, False, 1),
    ],
)
def test_what_is_left_in_the_control_decides_whether_it_survives(claim, there, survives, points):
    model = drawn({(2, 3): 0.6}, {(2, 3): 0.123}, {(2, 3): there})
    judged = claim(model, there=there, survives=survives)
    assert judged.points["control"] == points
    assert ("half" in judged.hints) == (points < 1)


def test_what_survives_is_no_answer_without_its_number(claim):
    assert claim(there=0.3).points["control"] == 0
    assert claim(there=None).points["control"] == 0
    assert claim(survives="perhaps").points["control"] == 0


def test_the_control_waits_for_a_head_that_does_it(claim):
    model = drawn({(2, 3): 0.29}, {(2, 3): 0.02}, {(2, 3): 0.2})
    assert claim(model, man=0.29, i=0.02, there=0.2).points["control"] == 0


@pytest.mark.parametrize(
    ("value", "points"), [(0, 1), (0.0, 1), (0.0014, 1), (0.0016, 0), (False, 0), ("none", 0)]
)
def test_next_to_nothing_left_in_the_control_is_a_finding(claim, value, points):
    model = drawn({(2, 3): 0.6}, {(2, 3): 0.123}, {(2, 3): 0.0005})
    assert claim(model, there=value, survives=False).points["control"] == points


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"there": 0.6}, "other_sentence"),
        ({"man": 0.123}, "other_measure"),
        ({"man": 60}, "percent"),
        ({"i": 0.6}, "other_measure"),
    ],
)
def test_a_number_that_a_known_mistake_leads_to_is_recognised(claim, changes, hint):
    judged = claim(**changes)
    assert hint in judged.hints
    assert judged.points["head"] == 1


def test_a_number_that_no_known_mistake_leads_to_gets_no_hint(claim):
    assert claim(man=0.777).hints == ()


def test_the_number_of_the_head_before_is_one_counted_from_one(claim):
    model = drawn({(2, 3): 0.6, (1, 2): 0.237}, {(2, 3): 0.123}, {(2, 3): 0.45})
    assert claim(model, man=0.237).hints == ("counted_from_one",)


@pytest.mark.parametrize(
    ("layer", "head", "hint"), [(3, 4, "counted_from_one"), (3, 2, "swapped_numbers")]
)
def test_a_wrong_head_that_is_another_name_of_the_right_one_is_recognised(claim, layer, head, hint):
    judged = claim(layer=layer, head=head, man=0, i=0, there=0)
    assert judged.points["head"] == 0
    assert hint in judged.hints


def test_a_head_that_there_is_not_costs_everything(claim):
    judged = claim(layer=8, head=3)
    assert set(judged.points.values()) == {0}
    assert judged.hints == ()


def test_a_head_that_there_is_not_with_the_numbers_of_the_one_before_is_counted_from_one(claim):
    model = drawn({(7, 7): 0.6})
    judged = claim(model, layer=8, head=8)
    assert set(judged.points.values()) == {0}
    assert judged.hints == ("counted_from_one",)


def test_the_head_of_another_measure_is_recognised(claim):
    model = drawn({(2, 3): 0.6}, {(5, 1): 0.7})
    judged = claim(model, layer=5, head=1, man=0, i=0.7)
    assert judged.points["head"] == 0
    assert "other_measure" in judged.hints


def test_a_head_that_is_right_for_the_transposed_pattern_is_recognised(claim):
    model = Drawn({("with", "man"): heads({(2, 3): 0.6}), ("man", "with"): heads({(5, 1): 0.7})})
    judged = claim(model, layer=5, head=1, man=0, i=0)
    assert "transposed" in judged.hints


@pytest.mark.parametrize(
    ("number", "points"),
    [(0.6, 1), (0.5401, 1), (0.5398, 0)],  # nine tenths of .6
)
def test_the_most_is_what_comes_near_the_best(most, number, points):
    model = drawn({(2, 3): 0.6, (5, 1): number})
    assert most({"layer": 5, "head": 1, "man": number}, model).points["head"] == points


@pytest.mark.parametrize(("number", "points"), [(0.0801, 1), (0.0798, 0)])
def test_near_the_best_is_also_what_lies_so_far_below_it(most, number, points):
    """Of a best of .1 nine tenths are .09, and .02 below it is .08: the lower one decides."""
    model = drawn({(2, 3): 0.1, (5, 1): number})
    assert most({"layer": 5, "head": 1, "man": number}, model).points["head"] == points


def test_a_claim_without_baseline_and_control_has_head_and_number_alone(most):
    judged = most({"layer": 2, "head": 3, "man": 0.6}, MODEL)
    assert judged.points == {"head": 1, "number": 1}
