"""The parser: any input gives an answer or a refusal in a sentence, in bounded time and memory."""

import base64
import json
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.questions import (
    LANGUAGES,
    MIME,
    Answer,
    Outcome,
    Refusal,
    bundle,
    encode_answer,
    judge_outputs,
    message,
    read_bundles,
)
from grader.questions.answer import MAX_BYTES
from grader.questions.parser import decode

QUESTION = "trial.means"


def outputs(*bundles, output_type="display_data"):
    return json.dumps([{"output_type": output_type, "data": {MIME: b}} for b in bundles])


def sent(answer=None, **changes):
    return bundle(QUESTION, 0, "", answer) | changes


def array(dtype="f4", shape=(1,), data=b"\0" * 4, **more):
    text = base64.b64encode(data).decode() if isinstance(data, bytes) else data
    return {"$array": {"dtype": dtype, "shape": list(shape), "data": text, **more}}


def refusal(text, question=QUESTION):
    """Return what reading `text` is refused for, after holding it in both languages."""
    with pytest.raises(Refusal) as caught:
        read_bundles(text, question)
    for language in LANGUAGES:
        said = message(caught.value.message, language)
        assert said[-1] in "。." or "：" in said or ":" in said
        assert "{" not in said
    return caught.value.key


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def test_a_plain_answer_comes_back():
    answer = read_bundles(outputs(sent({"a": [1, 2.5, "x", True, None]})), QUESTION)
    assert answer.value == {"a": [1, 2.5, "x", True, None]}
    assert (answer.variant, answer.model) == (0, "")


def test_the_same_answer_twice_is_one_answer():
    assert read_bundles(outputs(sent(1), sent(1)), QUESTION).value == 1


@pytest.mark.parametrize("second", [2, True, 1.5, [1]])
def test_different_answers_are_refused_never_the_best_of_them(second):
    assert refusal(outputs(sent(1), sent(second))) == "several"


def test_true_and_one_are_different_answers():
    assert refusal(outputs(sent([1]), sent([True]))) == "several"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[]", "nothing"),
        ("", "not_json"),
        ("{}", "not_json"),
        ("null", "not_json"),
        ("[1, null, [], {}]", "nothing"),
        ("[NaN]", "not_finite"),
        ('[{"a": 1, "a": 2}]', "same_key_twice"),
        ("[1e999]", "not_finite"),
        ("[" + "9" * 5000 + "]", "long_number"),
        ("[9223372036854775808]", "long_number"),
        ("[" * 100_000, "deep"),
        ('{"a":' * 100_000, "deep"),
        (outputs(sent(1, question="trial.other")), "another_question"),
        (outputs(sent(1), output_type="execute_result"), "nothing"),
        ('[{"output_type": "error", "ename": "NameError"}]', "cell_stopped"),
        ('[{"output_type": "error", "ename": {}}]', "cell_stopped"),
        (outputs(sent(1, schema=2)), "schema"),
        (outputs(sent(1, schema=True)), "schema"),
        (outputs(sent(1, schema="1")), "schema"),
        (outputs(sent(1, score=12)), "unknown_keys"),
        (outputs(sent(1, variant=True)), "unknown_keys"),
        (outputs(sent(1, variant=-1)), "unknown_keys"),
        (outputs(sent(1, model="XYZ")), "unknown_keys"),
        (outputs(sent(1, model=None)), "unknown_keys"),
        (outputs({"question": QUESTION}), "unknown_keys"),
        (outputs(sent(nested(17))), "deep"),
        (outputs(sent(nested(900))), "deep"),
        (outputs(sent([0] * 200_001)), "many_values"),
        (outputs(sent("x" * MAX_BYTES)), "too_large"),
        (outputs(*[sent("x" * 3_000_000)] * 3), "too_large"),
        (outputs(sent({"$evil": 1})), "unknown_keys"),
        (outputs(sent({"$array": {}, "a": 1})), "unknown_keys"),
        (outputs(sent({"$unsendable": "a module cannot be an answer"})), "unsendable"),
        (outputs(sent({"$unsendable": ["x"]})), "unsendable"),
        (outputs(sent("\ud800")), "not_unicode"),
        (outputs(sent({"\ud800": 1})), "not_unicode"),
        (outputs(sent({"$unsendable": "\ud800"})), "not_unicode"),
    ],
)
def test_what_is_no_answer_is_refused_in_a_sentence(text, key):
    assert refusal(text) == key


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (array(data=b"\0" * 8), "array_bytes"),
        (array(shape=(3,), data=b"\0" * 8), "array_bytes"),
        (array(dtype="f8", shape=(2**20,) * 8, data=b""), "array_bytes"),
        (array(shape=(2**31,), data=b""), "array_shape"),
        (array(shape=(10**18,), data=b""), "array_shape"),
        (array(shape=(-1, -1)), "array_shape"),
        (array(shape=(1.0,)), "array_shape"),
        (array(shape=(True,)), "array_shape"),
        (array(shape=(1,) * 9), "array_shape"),
        ({"$array": {"dtype": "f4", "shape": 1, "data": ""}}, "array_shape"),
        (array(dtype="|O"), "array_dtype"),
        (array(dtype="U2"), "array_dtype"),
        (array(dtype=[["a", "f4"]]), "array_dtype"),
        (array(dtype=None), "array_dtype"),
        (array(data="!!!!"), "array_form"),
        (array(data="AAAA AA=="), "array_form"),
        (array(data="é"), "array_form"),
        (array(data=5), "array_form"),
        (array(extra=1), "array_form"),
        ({"$array": []}, "array_form"),
        (array(dtype="bool", shape=(2,), data=b"\1\7"), "array_form"),
    ],
)
def test_what_is_no_array_is_refused_in_a_sentence(value, key):
    assert (
        refusal(json.dumps([{"output_type": "display_data", "data": {MIME: sent(value)}}])) == key
    )


@given(
    hnp.arrays(
        st.sampled_from(["bool", "i4", "i8", "f4", "f8", "f2", "u1", "i2"]).map(np.dtype),
        hnp.array_shapes(min_dims=1, max_dims=4, max_side=4),
    )
)
def test_an_array_comes_back_as_it_went(sent_array):
    back = decode(json.loads(json.dumps(encode_answer(sent_array))))
    np.testing.assert_array_equal(back, sent_array)
    assert not back.flags.writeable


def test_an_array_without_values_costs_nothing():
    assert decode(array(shape=(0, 2**20), data=b"")).shape == (0, 2**20)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(
                lambda key: not key.startswith("$")
            ),
            below,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_plain_data_comes_back_as_it_went(value):
    answer = read_bundles(outputs(sent(encode_answer(value))), QUESTION)
    assert json.dumps(answer.value) == json.dumps(value)


HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\ud800", "$array", "f4", "display_data", MIME, QUESTION, "x" * 300]),
    lambda below: (
        st.lists(below, max_size=5)
        | st.dictionaries(
            st.sampled_from(
                [
                    "$array",
                    "dtype",
                    "shape",
                    "data",
                    "$unsendable",
                    "answer",
                    "output_type",
                    "layer",
                ]
            )
            | st.text(max_size=5),
            below,
            max_size=5,
        )
    ),
    max_leaves=20,
)

SHAPED = st.builds(
    lambda answer, changes, kind: [
        {"output_type": kind, "data": {MIME: {**sent(answer), **changes}}}
    ],
    HOSTILE
    | st.fixed_dictionaries(
        {"$array": st.fixed_dictionaries({"dtype": HOSTILE, "shape": HOSTILE, "data": HOSTILE})}
    ),
    st.just({}) | st.dictionaries(st.sampled_from(["schema", "variant", "x"]), HOSTILE, max_size=2),
    st.sampled_from(["display_data", "error"]),
)


def reads(text):
    try:
        found = read_bundles(text, QUESTION)
    except Refusal as refused:
        found = refused
    assert isinstance(found, Answer) or all(message(found.message, x) for x in LANGUAGES)


@settings(max_examples=150)
@given(st.text())
def test_any_text_gives_an_answer_or_a_refusal(text):
    reads(text)


@settings(max_examples=200)
@given(HOSTILE | st.lists(HOSTILE) | SHAPED)
def test_any_data_gives_an_answer_or_a_refusal(value):
    reads(json.dumps(value))


@settings(max_examples=150)
@given(HOSTILE, st.sampled_from(["array", "means", "clear", "best", "own", "claim"]))
def test_judging_any_data_ends_in_a_verdict_that_is_the_students(exercise, value, name):
    from support.fake_model import FakeModel

    question = exercise.questions[name]
    found = bundle(question.id, 0, "", value)
    text = json.dumps([{"output_type": "display_data", "data": {MIME: found}}])
    verdict = judge_outputs(question, 0, exercise.variants[0], text, FakeModel())
    assert verdict.outcome in (Outcome.GRADED, Outcome.REFUSED, Outcome.NO_ANSWER)
    assert 0 <= verdict.points < question.points


FIELDS = st.none() | st.booleans() | st.integers(-3, 20) | st.floats(0, 1) | st.text(max_size=9)


@settings(max_examples=150)
@given(st.data())
def test_judging_nearly_right_data_ends_in_a_verdict_that_is_the_students(exercise, data):
    from support.fake_model import FakeModel

    keys = {
        "means": ["mean_noun", "most", "larger"],
        "clear": ["layer", "head", "noun", "subject", "survives", "noun_control"],
        "best": ["layer", "head", "noun", "verb"],
        "own": ["layer", "head", "sides"],
    }
    name = data.draw(st.sampled_from(sorted(keys)))
    value = {key: data.draw(FIELDS | HOSTILE) for key in keys[name]}
    if name == "own":
        words = st.sampled_from(["I", "saw", "man", "with", "[CLS]", "it", "‮"])
        sentence = st.lists(words, max_size=20).map(" ".join)
        one = st.fixed_dictionaries(
            {"text": sentence, "words": st.lists(words, max_size=3), "weights": HOSTILE}
        )
        value |= {"first": data.draw(one | HOSTILE), "second": data.draw(one)}
    question = exercise.questions[name]
    found = json.dumps(
        [{"output_type": "display_data", "data": {MIME: bundle(question.id, 0, "", value)}}]
    )
    verdict = judge_outputs(question, 0, exercise.variants[0], found, FakeModel())
    assert verdict.outcome in (Outcome.GRADED, Outcome.REFUSED, Outcome.NO_ANSWER)
    assert 0 <= verdict.points <= question.points


@pytest.mark.parametrize(
    "text",
    [
        "[" * 4_000_000,
        '{"a":' * 1_000_000,
        pytest.param(json.dumps([{"a": 1}] * 300_000), marks=pytest.mark.long),
        pytest.param(outputs(*[sent(i) for i in range(20_000)]), marks=pytest.mark.long),
        outputs(sent(["x" * 20] * 150_000)),
        outputs(sent(array(shape=(1 << 19,), data=b"\0" * (1 << 21)))),
        '["' + "\\u0000" * 1_000_000 + '"]',
        pytest.param("[" + "1," * 4_000_000 + "1]", marks=pytest.mark.long),
        "[" + "-" * 4_000_000 + "]",
        "[0." + "1" * 4_000_000 + "]",
        "x" * 50_000_000,
    ],
)
def test_large_inputs_are_done_with_in_bounded_time_and_memory(text):
    began = time.process_time()
    reads(text)
    seconds = time.process_time() - began
    tracemalloc.start()  # by itself: it takes several times as long as what it watches
    reads(text)
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 10
    assert memory < 300 * 1024 * 1024
