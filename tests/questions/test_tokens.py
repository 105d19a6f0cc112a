"""Sets of tokens, on sentences that one can cut in the head (see support.one_question.Drawn)."""

import pytest

from grader.questions import Outcome
from support.one_question import Drawn, heads, one_question

VARIANT = '[[variant]]\nsentence = "the rabbits saw it"\nrare = "rabbits"\nword = "saw"\n'

# [CLS] the rab ##bit ##s saw it [SEP]; in L1H2 `saw` gives .3 to `it`, .2 to `the`, .5 to [CLS].
MODEL = Drawn({("saw", "it"): heads({(1, 2): 0.3}), ("saw", "the"): heads({(1, 2): 0.2})})
PIECES = ["rab", "##bit", "##s"]
SPECIAL = ["[CLS]", "[SEP]"]
EVERYTHING = ["[CLS]", "the", *PIECES, "saw", "it", "[SEP]"]


def asked_for(tmp_path_factory, of):
    folder = tmp_path_factory.mktemp("tokens") / "trial"
    judged = one_question(folder, "tokens", ["all", "only"], f"of = {{{of}}}", VARIANT)
    return lambda value: judged(value, MODEL)


@pytest.fixture(scope="module")
def special(tmp_path_factory):
    return asked_for(tmp_path_factory, 'special = {text = "{sentence}"}')


@pytest.fixture(scope="module")
def pieces(tmp_path_factory):
    return asked_for(tmp_path_factory, 'pieces = {text = "{sentence}", word = "{rare}"}')


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory):
    """Return what asks for the tokens that `saw` gives at least so much."""

    def at_least(least):
        of = f'text = "{{sentence}}", query = "{{word}}", layer = 1, head = 2, at_least = {least}'
        return asked_for(tmp_path_factory, f"looked_at = {{{of}}}")

    return at_least


@pytest.mark.parametrize(
    "value",
    [
        PIECES,
        PIECES[::-1],
        [*PIECES, *PIECES],
        [[piece] for piece in PIECES],
        [" rab", "##bit ", "##s"],
        dict(enumerate(PIECES)),
    ],
)
def test_the_right_tokens_earn_everything_in_any_order(pieces, value):
    assert pieces(value).points == {"all": 1, "only": 1}


@pytest.mark.parametrize(
    ("value", "all_of_them", "only"),
    [
        (["rab", "##bit"], 0.33, 1),  # two of three, and half of that
        (["rab"], 0.17, 1),
        ([*PIECES, "saw"], 1, 0),
        (["rab", "saw"], 0.17, 0),
        (["saw"], 0, 0),
        (["nothing"], 0, 0),
    ],
)
def test_some_tokens_earn_a_part_and_others_cost_what_only_earns(pieces, value, all_of_them, only):
    assert pieces(value).points == {"all": all_of_them, "only": only}


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (["Rab", "##bit", "##s"], "case"),
        (["rab", "##BIT", "##s"], "case"),
        (["rab", "bit", "s"], "no_marks"),
        (["rabbits"], "words"),
        (EVERYTHING, "all_of_them"),
    ],
)
def test_a_known_mistake_with_pieces_is_recognised(pieces, value, hint):
    judged = pieces(value)
    assert judged.points["all"] < 1 or judged.points["only"] < 1
    assert judged.hints[0] == hint


@pytest.mark.parametrize("value", [["rab"], [*PIECES, "saw"], ["nothing"], EVERYTHING[:-1]])
def test_what_is_no_known_mistake_gets_no_hint(pieces, value):
    assert pieces(value).hints == ()


def test_right_tokens_get_no_hint(pieces, special):
    assert pieces(PIECES).hints == ()
    assert special(SPECIAL).hints == ()


def test_special_tokens_are_those_in_brackets(special):
    assert special(SPECIAL).points == {"all": 1, "only": 1}
    assert special(["[CLS]"]).points == {"all": 0.25, "only": 1}


@pytest.mark.parametrize(
    ("value", "hint"),
    [(["[CLS]"], "no_special"), (["[cls]", "[SEP]"], "case"), (EVERYTHING, "all_of_them")],
)
def test_a_known_mistake_with_special_tokens_is_recognised(special, value, hint):
    assert special(value).hints == (hint,)


@pytest.mark.parametrize(
    ("least", "must", "may"),
    [
        (0.25, {"[CLS]", "it"}, set()),
        (0.2, {"[CLS]", "it"}, {"the"}),
        (0.196, {"[CLS]", "it"}, {"the"}),  # .2 is less than .005 above it
        (0.194, {"[CLS]", "it", "the"}, set()),
        (0.204, {"[CLS]", "it"}, {"the"}),
        (0.206, {"[CLS]", "it"}, set()),
    ],
)
def test_a_weight_near_the_threshold_may_be_named_or_not(looked_at, least, must, may):
    ask = looked_at(least)
    full = {"all": 1, "only": 1}
    assert ask(sorted(must)).points == full
    assert (ask(sorted(must | {"the"})).points == full) == ("the" in must | may)
    assert ask(sorted(must - {"it"})).points["all"] < 1


def test_all_tokens_where_some_are_looked_at_are_recognised(looked_at):
    assert looked_at(0.25)(EVERYTHING).hints == ("all_of_them",)


@pytest.mark.parametrize("value", ["rab", 3, [1, 2], [["rab", "##bit"]], ["rab", " "], ["x"] * 201])
def test_what_is_no_list_of_tokens_is_refused(pieces, value):
    assert set(pieces(value).points.values()) == {0}
    assert pieces(value).outcome == Outcome.REFUSED


def test_two_hundred_tokens_are_read(pieces):
    assert pieces((PIECES * 67)[:200]).points == {"all": 1, "only": 1}
