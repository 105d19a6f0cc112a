"""A packed view holds the numbers it promises, in the bytes it promises, the same each time."""

import base64
import dataclasses
import gzip
import json
import re

import numpy as np
import pytest

from attention_views.pack import (
    DRAWN_ERROR,
    EXACT_ERROR,
    VECTOR_ERROR,
    neuron_key,
    pack_neuron,
    pack_view,
    packed_key,
)
from grader.attention import Attention
from grader.capture import capture
from support.live_smollm2 import smollm2_file

CAT = "The cat sat on the mat because it was tired."


def attention_of(tokens, weights, second=None):
    return Attention(
        tokens=tuple(tokens),
        weights=weights,
        words=tuple(tokens),
        word_of=tuple(range(len(tokens))),
        text="",
        pair=None,
        second_start=second,
        model="random",
    )


def random_attention(n=9, layers=2, heads=3, seed=0):
    weights = np.random.default_rng(seed).dirichlet(np.full(n, 0.3), (layers, heads, n))
    return attention_of([f"t{i}" for i in range(n)], weights.astype(np.float32))


def unpack(packed):
    """Read a data file back, by its documented format and no code of ours."""
    key, text = re.fullmatch(
        r'SeeingAttention\.data\("([0-9a-f]{16})",(\{.*\})\);\n', packed.decode("ascii")
    ).groups()
    payload = json.loads(text)
    planes = gzip.decompress(base64.b64decode(payload["weights"]))
    values = np.frombuffer(planes, np.uint8).astype(float)
    if payload["coding"] == "u16":
        high, low = values.reshape(2, -1)
        weights = (high * 256 + low) / 65535
    else:
        weights = values / 255
    if payload.get("triangle"):
        layers, heads, n, _ = payload["shape"]
        square = np.zeros((layers, heads, n, n))
        square[:, :, *np.tril_indices(n)] = weights.reshape(layers, heads, -1)
        return key, payload, square
    return key, payload, weights.reshape(payload["shape"])


@pytest.mark.parametrize(("exact", "error"), [(False, DRAWN_ERROR), (True, EXACT_ERROR)])
def test_weights_come_back_within_the_promised_error(exact, error):
    attention = random_attention()
    key, payload, weights = unpack(pack_view(attention, exact=exact))
    assert np.abs(weights - attention.weights).max() <= error
    assert payload["tokens"] == list(attention.tokens)
    assert payload["second"] is None
    assert key == packed_key(attention, exact=exact)


@pytest.mark.parametrize(("exact", "error"), [(False, DRAWN_ERROR), (True, EXACT_ERROR)])
def test_of_a_model_that_looks_back_only_the_lower_triangle_is_packed(exact, error):
    full = random_attention()
    weights = np.tril(full.weights)
    weights /= weights.sum(axis=-1, keepdims=True)
    attention = dataclasses.replace(full, weights=weights, causal=True)
    _, payload, back = unpack(pack_view(attention, exact=exact))
    assert payload["triangle"] is True
    assert np.abs(back - attention.weights).max() <= error
    assert len(pack_view(attention, exact=exact)) < 0.8 * len(pack_view(full, exact=exact))


@pytest.mark.long
def test_forty_tokens_of_270_heads_are_packed_in_110_kb():
    smollm2_file()
    text = "The quick brown fox jumps over the lazy dog, then sleeps in the sun. " * 4
    attention = capture(text[:190], model="smollm2")
    assert 38 <= attention.n_tokens <= 48
    packed = gzip.compress(pack_view(attention, exact=False), mtime=0)
    assert len(packed) * (40 / attention.n_tokens) ** 2 <= 110_000


def test_zero_and_one_and_a_hair_more_than_one_stay_what_they_are():
    weights = np.zeros((1, 1, 2, 2), np.float32)
    weights[0, 0] = [[1, 0], [1 + 2e-7, 0]]
    for exact in (True, False):
        _, _, back = unpack(pack_view(attention_of(["a", "b"], weights), exact=exact))
        assert back.tolist() == [[[[1.0, 0.0], [1.0, 0.0]]]]


def test_the_same_attention_gives_the_same_bytes():
    assert pack_view(random_attention(), exact=True) == pack_view(random_attention(), exact=True)


@pytest.mark.parametrize(
    "other",
    [
        random_attention(seed=1),
        attention_of([f"u{i}" for i in range(9)], random_attention().weights),
        attention_of([f"t{i}" for i in range(9)], random_attention().weights, second=4),
    ],
    ids=["weights", "tokens", "second"],
)
def test_another_attention_has_another_name(other):
    assert packed_key(other, exact=True) != packed_key(random_attention(), exact=True)
    assert packed_key(other, exact=True) != packed_key(other, exact=False)


def test_hostile_and_foreign_tokens_leave_plain_ascii_that_ends_no_script():
    tokens = ["</script>", "猫", "\u2028", '"\\']
    attention = attention_of(tokens, random_attention(n=4).weights)
    packed = pack_view(attention, exact=False)
    assert packed.isascii()
    assert b"<" not in packed
    assert unpack(packed)[1]["tokens"] == tokens


@pytest.mark.parametrize(("exact", "most"), [(False, 12_000), (True, 30_000)])
def test_a_sentence_of_thirteen_tokens_fits_its_budget(exact, most):
    attention = capture(CAT)
    assert attention.weights.shape == (6, 12, 13, 13)
    packed = pack_view(attention, exact=exact)
    assert len(gzip.compress(packed, 9)) <= most
    _, _, weights = unpack(packed)
    assert np.abs(weights - attention.weights).max() <= (EXACT_ERROR if exact else DRAWN_ERROR)


@pytest.fixture(scope="module")
def thinking():
    """The default model's attention on thirteen tokens, with queries and keys."""
    return capture(CAT, queries_keys=True, cache=None)


def test_attention_is_the_softmax_of_queries_times_keys(thinking):
    scores = thinking.queries @ thinking.keys.swapaxes(-1, -2) / np.sqrt(thinking.keys.shape[-1])
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    assert np.abs(weights - thinking.weights).max() <= 1e-6


def test_queries_and_keys_of_a_layer_come_back_within_the_promised_error(thinking):
    key, payload, weights = unpack(pack_neuron(thinking, 5))
    assert key == neuron_key(thinking, 5)
    assert payload["first"] == 5
    assert np.abs(weights[0] - thinking.weights[5]).max() <= EXACT_ERROR
    planes = gzip.decompress(base64.b64decode(payload["vectors"]["numbers"]))
    halves = np.frombuffer(planes, np.uint8).astype(float).reshape(2, 2, -1)
    for half, step, truth in zip(
        halves, payload["vectors"]["steps"], (thinking.queries[5], thinking.keys[5]), strict=True
    ):
        found = (half[0] * 256 + half[1] - 32768) * step
        error = np.abs(found.reshape(truth.shape) - truth).max()
        assert error <= 1.001 * VECTOR_ERROR * np.abs(truth).max()


def test_a_neuron_view_of_a_layer_fits_its_budget(thinking):
    assert len(gzip.compress(pack_neuron(thinking, 5), 9)) <= 35_000


def test_neuron_views_of_two_layers_have_two_names(thinking):
    assert neuron_key(thinking, 4) != neuron_key(thinking, 5)
    assert pack_neuron(thinking, 5) == pack_neuron(thinking, 5)
