"""What can be sent: plain data and arrays, everything else is a sentence."""

import sys

import numpy as np
import pytest

from grader.questions import encode_answer
from grader.questions.parser import decode


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (np.float32(0.5), 0.5),
        (np.float64(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array(2), 2),
        ((1, 2), [1, 2]),
        ({"a": (np.int32(1),)}, {"a": [1]}),
    ],
)
def test_numpy_scalars_and_tuples_go_as_plain_data(value, encoded):
    assert encode_answer(value) == encoded
    assert type(encode_answer(value)) is type(encoded)


def test_an_array_keeps_its_values_whatever_its_layout():
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    for view in (array, array.T, array[::2], array.astype(">f4"), array[:, :0]):
        np.testing.assert_array_equal(decode(encode_answer(view)), view)


def test_a_named_tuple_keeps_its_names():
    from grader.attention import HeadId

    assert encode_answer(HeadId(layer=1, head=2)) == {"layer": 1, "head": 2}


def test_an_attention_goes_as_its_weights():
    from support.fake_model import FakeModel

    attention = FakeModel().attend("a b")
    np.testing.assert_array_equal(decode(encode_answer(attention)), attention.weights)


def test_a_tensor_goes_as_an_array():
    torch = pytest.importorskip("torch", reason="torch is not installed")
    tensor = torch.ones(2, 3, requires_grad=True)
    np.testing.assert_array_equal(decode(encode_answer(tensor)), np.ones((2, 3)))
    assert encode_answer(torch.tensor(0.5)) == 0.5
    with pytest.raises(TypeError, match="work in float32"):
        encode_answer(tensor.bfloat16())


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        object(),
        sys,
        print,
        b"x",
        1j,
        float("nan"),
        -float("inf"),
        2**63,
        {1: 2},
        {"$array": 1},
        np.array(["a"]),
        np.array([object()]),
        np.array([1j]),
        np.float32("nan"),
    ],
)
def test_what_cannot_be_sent_is_a_sentence(value):
    with pytest.raises(TypeError) as caught:
        encode_answer(value)
    assert str(caught.value).endswith(".")
    assert " " in str(caught.value)


def test_a_list_that_holds_itself_is_a_sentence():
    loop = []
    loop.append(loop)
    with pytest.raises(TypeError, match="16 deep"):
        encode_answer(loop)
