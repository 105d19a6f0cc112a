"""A sentence of one's own that shows something, on heads whose numbers a test draws."""

import pytest

from support.one_question import Drawn, heads, one_question

VARIANT = '[[variant]]\nsentence = "she saw the old man"\nheld = "saw"\n'

SHOWS = """
words = ["who", "right", "wrong"]
last = "who"
holds = ["{held}"]
not_these = ["{sentence}", "she saw a cat"]
max_pieces = 8
[question.q.measure.to_right]
weight = {text = "{text}", query = "{who}", key = "{right}"}
[question.q.measure.to_wrong]
weight = {text = "{text}", query = "{who}", key = "{wrong}"}
[question.q.property.decoy]
of = "to_wrong"
against = "to_right"
at_least = 0.3
half_at = 0.1
[question.q.property.little]
of = "to_right"
at_most = 0.2
"""

FIXED = """
words = ["one", "two"]
neighbours = ["one", "two"]
head = {layer = 1, head = 2}
[question.q.measure.back]
weight = {text = "{text}", query = "{two}", key = "{one}"}
[question.q.property.looks]
of = "back"
at_least = 0.5
"""

PIECES = """
words = ["long"]
[question.q.property.pieces]
pieces_of = "long"
at_least = 3
"""

# In L2H3 `they` gives .55 to `cats` and .123 to `dogs`.
MODEL = Drawn({("they", "cats"): heads({(2, 3): 0.55}), ("they", "dogs"): heads({(2, 3): 0.123})})
RIGHT = {
    "text": "dogs saw cats as they ran",
    "who": "they",
    "right": "dogs",
    "wrong": "cats",
    "layer": 2,
    "head": 3,
    "to_right": 0.123,
    "to_wrong": 0.55,
}
EVERYTHING = {"sentence": 1, "decoy": 1, "little": 1, "numbers": 1}
NOTHING = dict.fromkeys(EVERYTHING, 0)


def drawn(to_wrong, to_right):
    """Return a model whose L2H3 gives so much from `they` to `cats` and to `dogs`."""
    given = {"cats": to_wrong, "dogs": to_right}
    return Drawn({("they", word): heads({(2, 3): weight}) for word, weight in given.items()})


@pytest.fixture(scope="module")
def shows(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shows") / "trial"
    judged = one_question(folder, "own_sentence", list(EVERYTHING), SHOWS, VARIANT)
    return lambda model=MODEL, **changes: judged(RIGHT | changes, model)


@pytest.fixture(scope="module")
def fixed(tmp_path_factory):
    """The head is L1H2, which the answer does not name; the words are neighbours."""
    folder = tmp_path_factory.mktemp("fixed") / "trial"
    return one_question(folder, "own_sentence", ["sentence", "looks", "numbers"], FIXED, VARIANT)


@pytest.fixture(scope="module")
def pieces(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pieces") / "trial"
    judged = one_question(folder, "own_sentence", ["sentence", "pieces"], PIECES, VARIANT)
    return lambda value: judged(value, Drawn())


def test_a_sentence_that_shows_it_earns_everything(shows):
    judged = shows()
    assert judged.points == EVERYTHING
    assert judged.hints == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "she saw the old man"},  # given to anybody
        {"text": "She saw a cat!"},
        {"text": "dogs saw cats as they ran far and long"},  # nine pieces
        {"text": "dogs met cats as they ran"},  # without `saw`
        {"text": "dogs saw cats and saw as they ran"},
        {"text": "dogs saw cats and cats as they ran"},
        {"text": "they saw cats as dogs ran"},  # `they` is not last
        {"text": "dogs saw them as they ran"},
        {"wrong": "cat"},
        {"wrong": "dogs"},
        {"wrong": "saw cats"},
        {"wrong": ""},
        {"text": None},
        {"layer": 8},
        {"head": None},
    ],
)
def test_a_sentence_that_is_not_as_asked_earns_nothing(shows, changes):
    assert shows(**changes).points == NOTHING


def test_a_sentence_may_have_as_many_pieces_as_allowed(shows):
    assert shows(text="dogs saw cats as they ran so far").points == EVERYTHING


def test_words_of_the_sentence_may_be_written_in_any_case(shows):
    assert shows(who="They", wrong="CATS").points == EVERYTHING


@pytest.mark.parametrize(
    ("to_wrong", "points"),
    [(0.42, 1), (0.41995, 1), (0.4195, 0.5), (0.22, 0.5), (0.21995, 0.5), (0.2195, 0)],
)
def test_a_difference_earns_all_from_the_threshold_and_half_from_the_lower_one(
    shows, to_wrong, points
):
    judged = shows(drawn(to_wrong, 0.12), to_wrong=to_wrong, to_right=0.12)
    assert judged.points["decoy"] == points
    assert judged.hints == (() if points == 1 else ("property",))


@pytest.mark.parametrize(("to_right", "points"), [(0.2, 1), (0.20005, 1), (0.2005, 0)])
def test_a_number_may_be_asked_to_be_at_most_so_much(shows, to_right, points):
    judged = shows(drawn(0.55, to_right), to_right=to_right)
    assert judged.points["little"] == points
    assert ("property" in judged.hints) == (points == 0)


@pytest.mark.parametrize(("off", "points"), [(0.00099, 1), (0.0011, 0.5), (-0.0011, 0.5)])
def test_a_number_may_be_off_by_a_thousandth_and_the_other_alone_earns_its_part(shows, off, points):
    assert shows(to_wrong=0.55 + off).points["numbers"] == points


def test_a_right_number_next_to_nothing_earns_no_part(shows):
    assert shows(drawn(0.55, 0.0099), to_right=0, to_wrong=0.3).points["numbers"] == 0
    judged = shows(drawn(0.55, 0.0099), to_right=0.0099, to_wrong=0.3)
    assert judged.points["numbers"] == 0
    assert shows(drawn(0.55, 0.0101), to_right=0.0101, to_wrong=0.3).points["numbers"] == 0.5


def test_numbers_that_are_all_next_to_nothing_earn_nothing(shows):
    small = {"to_wrong": 0.0099, "to_right": 0.0099}
    assert shows(drawn(**small), **small).points["numbers"] == 0
    small = {"to_wrong": 0.0101, "to_right": 0.0099}
    assert shows(drawn(**small), **small).points["numbers"] == 1


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"to_wrong": 0.123, "to_right": 0.55}, "swapped"),
        ({"to_wrong": 55}, "percent"),
        ({"to_wrong": 0.327}, "special_token"),  # what is left goes to [CLS]
    ],
)
def test_a_number_that_a_known_mistake_leads_to_is_recognised(shows, changes, hint):
    judged = shows(**changes)
    assert judged.points["numbers"] < 1
    assert judged.hints == (hint,)


def test_the_number_of_another_head_is_recognised(shows):
    cells = {("they", "cats"): heads({(2, 3): 0.55, (1, 2): 0.427}), ("they", "dogs"): heads({})}
    assert shows(Drawn(cells), to_right=0, to_wrong=0.427).hints == ("counted_from_one",)
    cells[("they", "cats")] = heads({(2, 3): 0.55, (7, 5): 0.427})
    assert shows(Drawn(cells), to_right=0, to_wrong=0.427).hints == ("other_head",)


def test_where_the_head_is_given_the_answer_names_none(fixed):
    model = Drawn({("old", "the"): heads({(1, 2): 0.5, (0, 0): 0.9})})
    judged = fixed({"text": "the old dog", "one": "the", "two": "old", "back": 0.5}, model)
    assert judged.points == {"sentence": 1, "looks": 1, "numbers": 1}


@pytest.mark.parametrize("text", ["the very old dog", "old the dog", "the oldish old dog"])
def test_neighbours_stand_side_by_side_in_their_order(fixed, text):
    model = Drawn({("old", "the"): heads({(1, 2): 0.5})})
    judged = fixed({"text": text, "one": "the", "two": "old", "back": 0.5}, model)
    assert judged.points == {"sentence": 0, "looks": 0, "numbers": 0}


def test_without_a_lower_threshold_there_is_no_half(fixed):
    model = Drawn({("old", "the"): heads({(1, 2): 0.4995})})
    judged = fixed({"text": "the old dog", "one": "the", "two": "old", "back": 0.4995}, model)
    assert judged.points == {"sentence": 1, "looks": 0, "numbers": 1}


@pytest.mark.parametrize(
    ("word", "given", "points", "hint"),
    [
        ("rabbits", ["rab", "##bit", "##s"], 1, None),
        ("Rabbits", ["rab", " ##bit", "##s "], 1, None),
        ("rabbits", {"a": "rab", "b": "##bit", "c": "##s"}, 1, None),
        ("rabbits", ["rab", "bit", "s"], 0.5, "no_marks"),
        ("rabbits", ["##s", "##bit", "rab"], 0.5, None),
        ("rabbits", ["rab", "##bit"], 0.5, None),
        ("rabbits", None, 0.5, None),
        ("cat", ["cat"], 0, "few_pieces"),
    ],
)
def test_a_word_in_many_pieces_earns_half_and_its_pieces_in_order_the_rest(
    pieces, word, given, points, hint
):
    judged = pieces({"text": f"the {word} ran", "long": word, "pieces": given})
    assert judged.points == {"sentence": 1, "pieces": points}
    assert judged.hints == (() if hint is None else (hint,))


def test_as_many_pieces_as_asked_are_enough(pieces):
    assert pieces({"text": "seven rabbits", "long": "seven", "pieces": []}).points["pieces"] == 0
    assert pieces({"text": "one rabbits", "long": "rabbits", "pieces": []}).points["pieces"] == 0.5
