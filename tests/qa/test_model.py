"""The trained model as shipped: what it answers, that it is the one measured, and its papers."""

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import ModelError, TextError
from grader.models import MINILM_SHA256, fetch_model, find_model, known
from grader.models.known import MINILM_QA
from grader.qa import answer

ADAPTER, ADAPTER_SHA256 = MINILM_QA.adapter, MINILM_QA.adapter_sha256
PACKAGE = ADAPTER.parent
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
QUESTION = "Who is the famous architect in Barcelona?"
CONTEXT = "Barcelona is famous for Gaudí's architecture like the Sagrada Familia."


def stored(name):
    return json.loads((PACKAGE / name).read_text(encoding="utf-8"))


def test_the_famous_architect_in_barcelona_is_gaudi():
    assert answer(QUESTION, CONTEXT) == "Gaudí"


def test_a_question_that_the_context_does_not_answer_gets_an_empty_answer():
    assert answer("How many eggs does a heron lay?", CONTEXT) == ""


def test_an_answer_is_found_at_the_end_of_a_long_text():
    filler = "The committee met again and talked about the weather for a while. " * 60
    assert answer("Who repaired the lighthouse?", filler + "Ada repaired the lighthouse.") == "Ada"


@pytest.mark.parametrize(("question", "context"), [("", "A cat."), ("Who?", "  ")])
def test_an_empty_text_is_refused(question, context):
    with pytest.raises(TextError, match="is empty; give a sentence"):
        answer(question, context)


def test_a_question_too_long_for_the_window_is_refused():
    with pytest.raises(TextError, match="the question has 402 tokens; ask in at most 128"):
        answer("who " * 400, CONTEXT)


def test_the_adapter_is_small_and_the_known_one():
    data = ADAPTER.read_bytes()
    assert len(data) <= 1.5 * 2**20
    assert hashlib.sha256(data).hexdigest() == ADAPTER_SHA256


def test_the_models_hash_tells_the_base_and_the_adapter():
    both = hashlib.sha256(f"{MINILM_SHA256}\n{ADAPTER_SHA256}\n".encode()).hexdigest()
    assert find_model("minilm-qa").sha256 == fetch_model("minilm-qa").sha256 == both
    assert find_model("minilm-qa").path == find_model("minilm").path


def test_another_adapter_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "adapter.safetensors"
    path.write_bytes(b"other")
    changed = replace(MINILM_QA, adapter=path)
    monkeypatch.setitem(known.ADAPTED_MODELS, "minilm-qa", changed)
    with pytest.raises(ModelError, match=r"is not that of minilm-qa.*install the package again"):
        find_model("minilm-qa")


def test_its_attention_is_captured_under_its_own_hash_and_differs_from_the_base_models():
    from grader.capture import load_model

    tuned = load_model("minilm-qa").attend(QUESTION, CONTEXT)
    base = load_model("minilm").attend(QUESTION, CONTEXT)
    assert tuned.model == find_model("minilm-qa").sha256
    assert tuned.tokens == base.tokens
    assert abs(tuned.weights - base.weights).max() > 0.5


def test_cutting_who_to_the_answer_in_the_last_layer_changes_no_span_logit():
    from grader.capture import load_model
    from grader.qa.edges import Cut
    from grader.qa.reader import load_reader

    seen = load_model("minilm-qa").attend(QUESTION, CONTEXT)
    who, answer_starts = seen.tokens.index("who"), seen.tokens.index("ga")
    cut = [who], [answer_starts, answer_starts + 1], [5]
    reader = load_reader()
    whole, without = (
        reader.span_logits(QUESTION, CONTEXT),
        reader.span_logits(QUESTION, CONTEXT, Cut(*cut)),
    )
    context = slice(seen.second_start, None)
    assert abs(whole - without)[:, context].max() < 1e-4
    assert abs(whole - without)[:, who].max() > 0.01


THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")

ASK_ALL = """
import sys
from pathlib import Path
from grader.qa.training.evaluate import answer_all, from_file
from grader.qa.reader import load_reader
for record in answer_all(load_reader(), from_file(Path(sys.argv[1]))[0][:12]):
    print(record["answered"])
"""


def ask_all(threads):
    command = [sys.executable, "-c", ASK_ALL, str(PACKAGE / "questions.toml")]
    environment = os.environ | dict.fromkeys(THREADS, str(threads))
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    return ran.stdout.splitlines()


def test_answers_do_not_depend_on_threads():
    one = ask_all(1)
    assert len(one) == 12
    assert one == ask_all(2)


def test_answers_to_the_questions_written_here_are_the_measured_ones():
    from grader.qa.reader import load_reader
    from grader.qa.training.evaluate import answer_all, from_file, summary

    wrong = []
    for path in (PACKAGE / "questions.toml", HERE / "hand_1.toml", HERE / "hand_2.toml"):
        records = answer_all(load_reader(), from_file(path)[0])
        assert summary(records) == stored("results.json")[path.stem]
        wrong += [(r["question"], r["answered"]) for r in records if not r["exact"]]
    assert wrong == [(f["question"], f["answered"]) for f in stored("failures.json")]


def test_the_measured_figures_reach_what_is_asked_of_the_model():
    results = stored("results.json")
    assert results["adapter_sha256"] == ADAPTER_SHA256
    assert results["qamr_sentences"]["exact"] >= 0.72
    assert results["qamr_sentences"]["f1"] >= 0.80
    assert round(results["hand_1"]["exact"] * 24) >= 18
    assert round(results["hand_2"]["exact"] * 20) >= 15


def test_what_the_study_measured_is_an_exact_zero():
    last_layer = stored("study.json")["last_layer"]
    assert last_layer["n"] == stored("study.json")["looking"]["n"] > 300
    assert last_layer["who_to_answer"] == last_layer["question_to_context"] == 0.0


def test_the_card_says_what_was_measured():
    """Each figure of the card stands beside the place of its value: `.74 <!-- results: a.b -->`."""
    card = (PACKAGE / "card.md").read_text(encoding="utf-8")
    cited = re.findall(r"(-?[\d.,]+)(%?) <!-- ([\w/]+): ([\w.]+) -->", card)
    assert len(cited) >= 15
    for shown, percent, file, place in cited:
        value = stored(f"{file}.json")
        for key in place.split("."):
            value = value[int(key)] if isinstance(value, list) else value[key]
        decimals = len(shown.partition(".")[2])
        assert float(shown) == pytest.approx(
            round(value * (100 if percent else 1), decimals), abs=1e-9
        ), place
    assert f"`{ADAPTER_SHA256}`" in card


@pytest.mark.parametrize("language", ["zh", "en"])
def test_card_failures_and_lesson_agree(language):
    """What the card quotes and what the lesson's table lists are entries of failures.json."""
    failed = {f["question"]: f for f in stored("failures.json")}
    card = (PACKAGE / "card.md").read_text(encoding="utf-8")
    quoted = re.findall(r'"([^"]+\?)" got "([^"]+)", wanted (?:"([^"]+)"|none)', card)
    lesson = (ROOT / "lessons" / language / "question-answering.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| ([A-Z][^|]+\?) \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", lesson)
    assert len(quoted) == len(re.findall(" got ", card)) >= 5
    assert len(rows) >= 5
    for question, answered, wanted in quoted + rows:
        failure = failed[question]
        assert answered == failure["answered"]
        assert wanted in failure["answers"] or not failure["answers"]


def test_every_run_of_training_reaches_what_is_asked():
    for folder in sorted((PACKAGE / "seeds").iterdir()):
        results = stored(f"seeds/{folder.name}/results.json")
        assert results["adapter_sha256"] != ADAPTER_SHA256
        assert results["qamr_sentences"]["exact"] >= 0.72
        assert results["qamr_sentences"]["f1"] >= 0.80
        assert stored(f"seeds/{folder.name}/study.json")["last_layer"]["question_to_context"] == 0.0


def test_the_card_names_every_kind_of_failure():
    card = (PACKAGE / "card.md").read_text(encoding="utf-8")
    for kind in {failure["kind"] for failure in stored("failures.json")}:
        assert f"*{kind}*" in card
