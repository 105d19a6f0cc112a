"""SmolLM2 in numpy and in transformers, on texts of every kind."""

import random

import numpy as np
import pytest

from grader.decoder.figures import rows, texts
from grader.models import find_model
from grader.network import load_network
from support.torch_llama import TorchLlama

PATTERN, LOGITS, KEPT = 1e-4, 1e-2, 1e-5
N_TEXTS, LENGTHS = 300, (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 256)
GOES_ON = 20
NEAR_TIE = 0.02
"""Logits: two tokens this close may change places in another order of adding up."""
CODE = """def mean(values):
    total = 0
    for value in values:  # 都加起来
        total += value
    return total / len(values) if values else None
print({"a": [1, 2.5e-3], 'b': "x\\n\\t"})
"""
ODD = (
    "🙂👍🏽 café naïve ﬁne الانتباه x² 10,000.50 \u200bzero -- "
    "<|im_start|>user\nHi<|im_end|>\n\n  \ttabs"
)

pytestmark = pytest.mark.long


def several(n: int) -> list[str]:
    """Texts in English, Chinese, code and oddities, of 1 to 256 tokens or nearly."""
    draw = random.Random(0)
    pool = texts("writer-sentences") + [row["text"] for row in rows("writer-stories")]
    pools = (pool, texts("writer-chinese"), CODE.splitlines(), [ODD, *ODD.split()], pool)
    found = []
    for number in range(n):
        parts = pools[number % len(pools)]
        found.append(" ".join(draw.choices(parts, k=1 + LENGTHS[number % len(LENGTHS)] // 8)))
    return found


@pytest.fixture(scope="module")
def both():
    folder = find_model("smollm2").path
    return load_network(folder), TorchLlama(folder)


def test_smollm2_says_what_transformers_says(both, capsys):
    ours, theirs = both
    most = {"pattern": 0.0, "logits": 0.0}
    for number, text in enumerate(several(N_TEXTS)):
        tokens = ours.encode(text)
        assert tokens.ids.tolist() == theirs.ids(text)
        tokens = tokens.take(range(min(len(tokens), LENGTHS[number % len(LENGTHS)])))
        trace = ours.run(tokens)
        pattern, _, logits = theirs.run(tokens.ids)
        most["pattern"] = max(most["pattern"], float(np.abs(trace.pattern - pattern).max()))
        most["logits"] = max(most["logits"], float(np.abs(trace.logits - logits).max()))
    with capsys.disabled():
        print(f"\n{N_TEXTS} texts: patterns within {most['pattern']:.1e}", end="")
        print(f", logits within {most['logits']:.1e}", end="")
    assert most["pattern"] <= PATTERN
    assert most["logits"] <= LOGITS


def test_smollm2_goes_on_as_in_transformers(both, capsys):
    ours, theirs = both
    beginnings = [text for text in several(50) if len(ours.encode(text)) <= 40]
    same, ties = 0, 0
    for text in beginnings:
        tokens = ours.encode(text)
        told = theirs.written(tokens.ids, GOES_ON)
        reading, found = ours.continued(tokens, (), GOES_ON), []
        read = next(reading)
        while len(found) < GOES_ON:
            found.append(int(read.logits.argmax()))
            if found != told[: len(found)]:
                top = np.sort(read.logits)[-2:]
                ties += bool(top[1] - top[0] < NEAR_TIE)
                break
            if found[-1] in ours.ends:
                break
            read = reading.send(found[-1])
        same += found == told
    with capsys.disabled():
        print(
            f"\n{same} of {len(beginnings)} go on alike, {ties} of the others by a near tie", end=""
        )
    assert same >= 0.98 * len(beginnings)
    assert same + ties == len(beginnings)


def test_smollm2_with_what_it_keeps_is_smollm2_without(both, capsys):
    ours, _ = both
    most = 0.0
    for text in several(5):
        tokens = ours.encode(text)
        tokens = tokens.take(range(min(len(tokens), 40)))
        whole, half = ours.run(tokens), max(1, len(tokens) // 2)
        reading = ours.continued(tokens.take(range(half)), (), len(tokens) - half)
        read = next(reading)
        for at in range(half, len(tokens)):
            read = reading.send(int(tokens.ids[at]))
            row = whole.pattern[:, :, at, : at + 1]
            most = max(most, float(np.abs(read.pattern[:, :, 0] - row).max()))
    with capsys.disabled():
        print(f"\nrows with and without what is kept: within {most:.1e}", end="")
    assert most <= KEPT
