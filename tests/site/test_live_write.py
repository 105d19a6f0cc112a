"""The model that writes in the browser is the one that Python runs: same ids, attention, text.

Here in Node, on the sources the site is built from; tests/browser holds the page itself.
"""

import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from attention_views.bundle import SITE, assemble_kernel, find_node
from attention_views.live_write import KERNEL, PART, about_parts, export_parts
from grader.attention import HeadId
from grader.capture import load_model
from grader.network.edits import BlindToken, CutEdges, ZeroHead
from support.live_smollm2 import run_smollm2, smollm2_file
from support.strings import strange_strings

CLOSE = 2e-3
"""How far an attention weight may be off."""

CLOSE_LOGIT = 0.02

SENTENCES = Path(__file__).parents[2] / "lessons" / "data"
STORY = "When Mary and John went to the store, John gave a drink to"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    return assemble_kernel(KERNEL, tmp_path_factory.mktemp("kernel") / "kernel.wasm")


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    return export_parts(smollm2_file(), tmp_path_factory.mktemp("write"))


@pytest.fixture(scope="module")
def smollm2():
    smollm2_file()
    return load_model("smollm2")


def test_the_kernel_multiplies_as_plain_arithmetic_does(kernel):
    done = subprocess.run(
        [find_node(), Path(__file__).parents[1] / "support" / "kernel.mjs", kernel],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert set(found) == {"q4", "q4x4", "q8"}
    assert max(found.values()) < 1e-4


def test_the_kernel_is_small_and_the_same_each_time(kernel, tmp_path):
    again = assemble_kernel(KERNEL, tmp_path / "again.wasm")
    assert again.read_bytes() == kernel.read_bytes()
    assert kernel.stat().st_size < 3000


@pytest.mark.long
def test_the_parts_are_the_file_and_each_is_named_with_its_hash(parts):
    about = json.loads((parts / "model.json").read_text())
    whole = b""
    for part in about["parts"]:
        data = (parts / part["name"]).read_bytes()
        assert len(data) == part["bytes"] <= PART < 50e6
        assert hashlib.sha256(data).hexdigest() == part["sha256"]
        whole += data
    assert whole == smollm2_file().read_bytes()
    assert about_parts(parts)["bytes"] == len(whole)
    assert about_parts(parts)["last"] == about["parts"][-1]["name"]


@pytest.mark.long
def test_ids_and_what_is_shown_equal_python_s_on_strange_strings(parts, kernel, smollm2):
    texts = [*dict.fromkeys(strange_strings(8000)), STORY, "中国的首都是", "it's 2,024 <|im_end|>"]
    texts = [text for text in texts if text]
    assert len(texts) > 5000
    found = run_smollm2(parts, kernel, [{"text": text} for text in texts])
    read = [smollm2.network.reader.encode(text) for text in texts]
    different = [
        (text, one["shown"], other.names)
        for text, one, other in zip(texts, found, read, strict=True)
        if one["ids"] != other.ids.tolist() or one["shown"] != list(other.names)
    ]
    assert different == []


def test_only_what_is_there_is_cut_and_a_link_costs_no_more_than_a_text_typed():
    script = """
        const live = new URL("live/", `file://${process.argv[1]}/`);
        const { readAddress } = await import(new URL("smollm2/address.js", live));
        const { fitting } = await import(new URL("smollm2/write.js", live));
        const own = await import(new URL("address.js", live));
        const asked = readAddress("#text=a&silent=L5H11,L29H8,L30H0,L29H8&hidden=999,3&blind=4,5");
        const long = "#" + new URLSearchParams({ text: "x".repeat(5000), other: "y".repeat(5000) });
        console.log(JSON.stringify({
            fitting: fitting({ layers: 30, heads: 9 }, 5, asked),
            lengths: [readAddress(long), own.readAddress(long)].map(({ text, other }) =>
                [text.length, other?.length ?? null]),
            pair: own.readAddress("#text=a").pair,
        }));
    """
    command = [find_node(), "--input-type=module", "-e", script, SITE]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "fitting": {"silent": [[29, 8]], "hidden": [3], "blind": [4]},
        "lengths": [[1000, None], [1000, 1000]],
        "pair": None,
    }


@pytest.fixture(scope="module")
def sentences():
    """Fifty: the course's, Chinese, code, one that repeats."""
    found = []
    for name in ("varied", "short", "repeated", "ambiguous"):
        header, *rows = (SENTENCES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        column = header.split("\t").index("text")
        found += [row.split("\t")[column] for row in rows[:12]]
    others = [
        "中国的首都是北京，",
        "for i in range(10):\n    print(i)",
        "blue cat " * 12,
        "A",
        STORY,
    ]
    return [*dict.fromkeys(found), *others, STORY]


def assert_same(found, trace, text):
    pattern = trace.pattern
    for token, row in enumerate(found["rows"]):
        expected = pattern[:, :, token, : token + 1]
        assert np.abs(row.reshape(expected.shape) - expected).max() <= CLOSE, text
    assert np.abs(found["logits"] - trace.logits[-1]).max() <= CLOSE_LOGIT, text


@pytest.mark.long
def test_attention_and_logits_equal_python_s(parts, kernel, smollm2, sentences):
    assert len(sentences) >= 50
    found = run_smollm2(parts, kernel, [{"text": text, "attention": True} for text in sentences])
    for text, live in zip(sentences, found, strict=True):
        assert_same(live, smollm2.network.run(smollm2.network.encode(text)), text)


@pytest.mark.long
@pytest.mark.parametrize(
    ("asked", "edits"),
    [
        ({"silent": [[23, 3], [20, 0]]}, [ZeroHead(HeadId(23, 3)), ZeroHead(HeadId(20, 0))]),
        ({"hidden": [1]}, [CutEdges(queries=range(2, 14), keys=[1])]),
        ({"blind": [3]}, [BlindToken(3)]),
        ({"cuts": [[13, 1]]}, [CutEdges(queries=[13], keys=[1])]),
    ],
    ids=["heads silent", "a token hidden", "a token blind", "an edge cut"],
)
def test_what_is_cut_changes_the_same_as_in_python(parts, kernel, smollm2, asked, edits):
    [plain, found] = run_smollm2(
        parts, kernel, [{"text": STORY, "attention": True, **more} for more in ({}, asked)]
    )
    assert_same(found, smollm2.network.run(smollm2.network.encode(STORY), edits), STORY)
    assert np.abs(plain["logits"] - found["logits"]).max() > 0.1


@pytest.mark.long
def test_the_text_goes_on_as_in_python(parts, kernel, smollm2):
    from grader.generation import generate

    texts = [STORY, "The capital of France is", "Once upon a time there was"]
    found = run_smollm2(parts, kernel, [{"text": text, "write": 20} for text in texts])
    for text, live in zip(texts, found, strict=True):
        made = generate(text, 20)
        assert live["written"] == [guess.id for guess in made.chosen]
