"""Which texts of a code cell are somebody's words."""

import pytest

from grader.grading.intake.prose import _values, _words

CHINESE = "看的是前一个词.因为它是代词"
LONG = '"The head looks back at the noun that the pronoun stands for, "'


def words(source, *, answer=True):
    return _words(source, lambda line: False, _values(source) if answer else set())


@pytest.mark.parametrize(
    "source",
    [
        'own_answer = {"text": "The cat slept on the warm mat."}',
        'text = f"The farmer named his goat {name}."\nshow(capture(text))',
        'plot_heads(capture("The doctor met my brother there."))',
        'print("telescope.claim: 0.5 / 0.5")',
        "# numpy.linalg.norm 0.25",
    ],
)
def test_what_code_works_with_is_no_essay(source):
    assert words(source) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('"Because the sentence does not say who."', "Because the sentence does not say who."),
        ('print("I think the man has it.")', "I think the man has it."),
        ("x = 1  # because exp overflows", "because exp overflows"),
        (f"# L5H11{CHINESE}", f"L5H11{CHINESE}"),
        ('def f():\n    """Because it looks back."""', "Because it looks back."),
        ('print(f"I think {name} has it.")', "I think {name} has it."),
        ("x = 5，  # because exp overflows", "because exp overflows"),
    ],
)
def test_what_is_merely_said_is_an_essay(source, said):
    assert words(source) == [said]


def test_a_long_text_is_an_essay_in_however_many_parts_it_is_written():
    assert len(words(f"why = ({LONG}\n" * 1 + f"  {LONG}  # on\n  {LONG}\n  {LONG})")) == 5
    assert len(words(f"why = ({LONG}\n f{LONG}\n {LONG} f{LONG})")) == 4
    assert words(f"why = [{LONG}, {LONG}, {LONG}, {LONG}]") == []


def test_in_a_cell_that_answers_nothing_every_text_is_an_essay():
    assert words('answer = "The man has it, I think."', answer=False) == [
        "The man has it, I think."
    ]


@pytest.mark.parametrize(
    "source", ['"a b" ' * 10_000, '"a b"' * 12_000, '"""' + "a b\n" * 15_000 + '"""']
)
def test_a_line_is_asked_after_once_however_many_texts_stand_on_it(source):
    """By the square of their number it would take minutes."""
    asked = []
    _words(source, lambda line: asked.append(len(line)) or False, set())
    assert sum(asked) <= 4 * len(source)


@pytest.mark.parametrize("sign", ["a", "a.", "_", "1.", "看", '"" '])
def test_a_line_of_sixty_thousand_signs_is_read_at_once(sign):
    """By the square of its length it would take minutes, and the time limit of a test ends it."""
    source = f"# {sign * (60_000 // len(sign))}\nx = 1  # because"
    assert words(source)[-1] == "because"
    assert words("x = (" + '"" ' * 15_000 + ")") == []
